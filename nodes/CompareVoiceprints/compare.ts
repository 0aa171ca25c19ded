/** The operations by name. They look at all items at once or share what they read, so each has the loop it needs. */
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { errorItemOfAll } from '../common/itemLoop';
import type { Hints } from '../common/hints';
import { choice, read } from '../common/read';
import { group } from './group';
import { identify } from './identify';
import { merge } from './merge';
import { ENGINE, OPERATION, OPERATION_OF_API } from './parameters';
import { openSession, type EngineName } from './session';
import { verify } from './verify';

const OPERATIONS = { verify, identify, merge, group };

export async function compare(ctx: IExecuteFunctions, hints: Hints): Promise<INodeExecutionData[]> {
	if (ctx.getInputData().length === 0) return [];
	try {
		const engine = choice<EngineName>(ENGINE, read(ctx, 0, ENGINE));
		const operations = engine === 'local' ? OPERATION : OPERATION_OF_API;
		const operation = choice<keyof typeof OPERATIONS>(operations, read(ctx, 0, OPERATION));
		return await OPERATIONS[operation](await openSession(ctx, engine, hints));
	} catch (error) {
		return [errorItemOfAll(ctx, error)];
	}
}
