/** Compare Voiceprints on voiceprints without voices. */
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { HarnessItem, RunOptions, RunResult } from '../../../tools/n8n/harness.mts';
import { calibrationOf } from '../../../dist/models/calibrations.js';
import { scoreWith } from '../../../dist/voiceprints/scoring.js';
import { BUNDLED, near, randomNumbers, textOf, unitVector } from '../../voiceprints/support/vectors.mts';
import { harness } from './node.mts';

export { BUNDLED, near, NOBODY, textOf, unitVector } from '../../voiceprints/support/vectors.mts';

export const COMPARE = 'compareVoiceprints';

export async function compare(
	parameters: INodeParameters,
	items: HarnessItem[],
	rest: Partial<RunOptions> = {},
): Promise<RunResult> {
	return await harness.run({ node: COMPARE, parameters, items, ...rest });
}

export const itemOf = (json: IDataObject): HarnessItem => ({ json });

/** Items with a voiceprint each. */
export const items = (...voiceprints: unknown[]): HarnessItem[] =>
	voiceprints.map((voiceprint) => itemOf({ voiceprint: voiceprint as string }));

/** Three voices that have nothing in common, and what two recordings of each sound like. */
export function voices(seed: number) {
	const random = randomNumbers(seed);
	const [anna, ben, cleo] = [unitVector(random), unitVector(random), unitVector(random)];
	const like = (voice: Float32Array, speechLength = 10, cosine = 0.9) => textOf(near(voice, cosine, random), speechLength);
	return { anna, ben, cleo, like, random };
}

/** Score of the bundled model, by its own formula. */
export const bundledScore = scoreWith(await calibrationOf(BUNDLED));

/** Error of a run, in short. */
export const faultOf = ({ error }: RunResult) => ({
	code: error?.context.code,
	message: error?.message ?? '',
	description: error?.description ?? '',
	itemIndex: error?.itemIndex,
});

/** What the items say: their error's code, or what `pick` takes from them. */
export const summary = (run: RunResult, pick: (json: IDataObject) => unknown) =>
	run.output.map(({ json }) => (json.error as IDataObject | undefined)?.code ?? pick(json));
