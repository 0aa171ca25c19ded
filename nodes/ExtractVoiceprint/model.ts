/** Which model makes the voiceprint: the bundled one, or one of the user's own on n8n's machine. */
import type { IExecuteFunctions } from 'n8n-workflow';
import { hostFile } from '../common/hostFile';
import { choice, read } from '../common/read';
import { MODEL, MODEL_FILE } from './parameters';

/** Path of the description of the user's own model; undefined for the bundled one. */
export async function readModelFile(ctx: IExecuteFunctions, itemIndex: number): Promise<string | undefined> {
	if (choice(MODEL, read(ctx, itemIndex, MODEL)) === 'bundled') return undefined;
	return await hostFile(ctx, MODEL_FILE, read(ctx, itemIndex, MODEL_FILE));
}
