/** One item in, its voiceprints' items out, whichever engine is chosen. */
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toVoiceprintItems, type VoiceprintForm, type VoiceprintResult } from '../../items';
import { itemsOf, type Answer } from '../common/answer';
import { SIMPLIFY } from '../common/engineParameters';
import type { Hints } from '../common/hints';
import { boolean, choice, read, readCollection } from '../common/read';
import { extractByApi } from './api';
import { extractLocally } from './local';
import { ENGINE, OPTIONS, OUTPUT } from './parameters';

type Extract = (ctx: IExecuteFunctions, itemIndex: number) => Promise<Answer<VoiceprintResult>>;

/** By value of the parameter Engine. */
const ENGINES: Record<string, Extract | undefined> = { local: extractLocally, api: extractByApi };

export async function extract(ctx: IExecuteFunctions, itemIndex: number, hints: Hints): Promise<INodeExecutionData[]> {
	const form = choice<VoiceprintForm>(OUTPUT, read(ctx, itemIndex, OUTPUT));
	const simplify = boolean(SIMPLIFY, readCollection(ctx, itemIndex, OPTIONS).simplify);
	const engine = ENGINES[choice(ENGINE, read(ctx, itemIndex, ENGINE))]!;

	const answer = await engine(ctx, itemIndex);

	return itemsOf(ctx, itemIndex, answer, form === 'file', (result, origin) => {
		hints.add(itemIndex, result.warnings);
		return toVoiceprintItems(result, form, origin, { simplify });
	});
}
