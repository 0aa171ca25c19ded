/** One item in, its voiceprints' items out, whichever engine is chosen. */
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isTaskReference, taskItem, toVoiceprintItems, type VoiceprintForm, type VoiceprintResult } from '../../results';
import { originOf, toOutput, type Answer } from '../common/answer';
import { SIMPLIFY } from '../common/engineParameters';
import type { Hints } from '../common/hints';
import { BINARY_PROPERTY_NAME } from '../common/mediaParameters';
import { boolean, choice, read, readCollection } from '../common/read';
import { extractByApi } from './api';
import { ENGINE, OPTIONS, OUTPUT } from './parameters';

type Extract = (ctx: IExecuteFunctions, itemIndex: number) => Promise<Answer<VoiceprintResult>>;

/** By value of the parameter Engine. */
const ENGINES: Record<string, Extract | undefined> = { api: extractByApi };

export async function extract(ctx: IExecuteFunctions, itemIndex: number, hints: Hints): Promise<INodeExecutionData[]> {
	const form = choice<VoiceprintForm>(OUTPUT, read(ctx, itemIndex, OUTPUT));
	const simplify = boolean(SIMPLIFY, readCollection(ctx, itemIndex, OPTIONS).simplify);
	const engine = ENGINES[choice(ENGINE, read(ctx, itemIndex, ENGINE))]!;

	const answer = await engine(ctx, itemIndex);

	const { result } = answer;
	const origin = originOf(answer, itemIndex);
	const field = read(ctx, itemIndex, BINARY_PROPERTY_NAME);
	if (isTaskReference(result)) return toOutput([taskItem(result, origin)], true, answer, field);
	hints.add(itemIndex, result.warnings);
	return toOutput(toVoiceprintItems(result, form, origin, { simplify }), form === 'file', answer, field);
}
