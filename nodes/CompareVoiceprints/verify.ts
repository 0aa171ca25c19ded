/** Verify: whether two voiceprints are of the same speaker. */
import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { decodeVoiceprint } from '../../voiceprints/encoding';
import { ModelsDiffer, noSpeechBehind } from '../../voiceprints/gallery';
import { clampCosine } from '../../voiceprints/scoring';
import { cosine } from '../../voiceprints/vector';
import type { Voiceprint } from '../../voiceprints/voiceprint';
import { runForEachItem } from '../common/itemLoop';
import { choice, read } from '../common/read';
import { decideByApi, decideLocally, readWish, rounded, type Decision } from './decision';
import { SECOND_FIELD, SECOND_INPUT_FIELD, VOICEPRINT_FIELD } from './fieldParameters';
import { ItemScores, sendable } from './itemScores';
import { COMPARE_WITH } from './parameters';
import type { Session } from './session';
import { findVoiceprint, readPath, textForServer, withNeighbours, type Given } from './voiceprints';
import { littleSpeech } from './warnings';

interface Compared {
	decision: Decision;
	score: number;
	/** Local engine only. */
	cosine?: number;
	model: string | null;
	speechLengths: [number | null, number | null];
}

export async function verify(session: Session): Promise<INodeExecutionData[]> {
	const compare = session.engine === 'local' ? compareLocally : comparisonByApi(session);
	return await runForEachItem(session.ctx, async (itemIndex) => {
		if (session.pace.isDue) await session.pace.rest();
		const compared = await compare(session, itemIndex);
		const warnings = littleSpeech(compared.speechLengths, ['The first voiceprint', 'The second voiceprint']);
		return [session.item(itemIndex, { ...fieldsOf(compared), ...(await session.provenance()) }, warnings)];
	});
}

function fieldsOf({ decision, score, cosine: raw, model, speechLengths }: Compared): object {
	const [one, other] = speechLengths;
	const { falseAccept, falseReject } = decision.expected(one ?? 0, other ?? 0);
	return {
		same_speaker: score >= decision.threshold,
		score: rounded(score),
		...decision.fields,
		probability: rounded(decision.probability(score)),
		...(raw === undefined ? {} : { cosine: rounded(raw) }),
		expected_false_accept_rate: rounded(falseAccept),
		expected_false_reject_rate: rounded(falseReject),
		speech_lengths: speechLengths.map(rounded),
		model,
	};
}

async function compareLocally(session: Session, itemIndex: number): Promise<Compared> {
	const wish = readWish(session.ctx, itemIndex);
	const [one, other] = pairOf(session, itemIndex).map(({ voiceprint }, index) => decode(voiceprint, index)) as [Voiceprint, Voiceprint];
	if (one.model !== other.model || one.vector.length !== other.vector.length) throw new ModelsDiffer(one.model, other.model);
	const decision = decideLocally(wish, await session.calibration(one.model, itemIndex), one.model);
	const value = clampCosine(cosine(one.vector, other.vector));
	return {
		decision,
		score: decision.score(value, one.speechLength, other.speechLength),
		cosine: value,
		model: one.model,
		speechLengths: [one.speechLength, other.speechLength],
	};
}

/** Which of the two it is belongs into the message. */
function decode(voiceprint: unknown, index: number): Voiceprint {
	try {
		const decoded = decodeVoiceprint(voiceprint);
		if (decoded.vector.length === 0) throw noSpeechBehind();
		return decoded;
	} catch (error) {
		throw error instanceof VoiceprintError ? ofWhich(error, index) : error;
	}
}

/** Messages begin with `The voiceprint`. */
function ofWhich({ code, message, description }: VoiceprintError, index: number): VoiceprintError {
	return new VoiceprintError(code, message.replace('The voiceprint', `The ${index === 0 ? 'first' : 'second'} voiceprint`), description);
}

/** Items that are all compared with one and the same voiceprint go to the server together. */
function comparisonByApi(session: Session): (session: Session, itemIndex: number) => Promise<Compared> {
	let shared: ItemScores | undefined;
	return async ({ ctx }, itemIndex) => {
		const wish = readWish(ctx, itemIndex);
		const pair = pairOf(session, itemIndex);
		const [one, other] = pair.map(textForServer) as [string, string];
		if (pair[0].model !== null && pair[1].model !== null && pair[0].model !== pair[1].model) {
			throw new ModelsDiffer(pair[0].model, pair[1].model);
		}
		const server = await session.server();
		const isShared = comparesWithInput(session, itemIndex) && ctx.getInputData(1).length === 1;
		const scores = isShared
			? await (shared ??= new ItemScores(server, await textsOf(session, pair[1]), [other])).of(itemIndex)
			: await new ItemScores(server, [one], [other]).of(0);
		return {
			decision: decideByApi(wish),
			score: scores[0]!,
			model: pair[0].model ?? pair[1].model,
			speechLengths: [pair[0].speechLength, pair[1].speechLength],
		};
	};
}

/** What the items have to send; nothing for those that will be refused when it is their turn. */
async function textsOf(session: Session, { model }: Given): Promise<Array<string | undefined>> {
	return await sendable(session, model, (itemIndex) => pairOf(session, itemIndex)[0]);
}

function comparesWithInput({ ctx }: Session, itemIndex: number): boolean {
	return choice(COMPARE_WITH, read(ctx, itemIndex, COMPARE_WITH)) === 'input';
}

function pairOf(session: Session, itemIndex: number): [Given, Given] {
	const { ctx } = session;
	const item = ctx.getInputData()[itemIndex]!;
	const given = (from: INodeExecutionData, parameter: INodeProperties) => {
		const path = readPath(ctx, itemIndex, parameter);
		return withNeighbours(findVoiceprint(from, path), path);
	};
	const one = given(item, VOICEPRINT_FIELD);
	if (!comparesWithInput(session, itemIndex)) return [one, given(item, SECOND_FIELD)];
	const others = ctx.getInputData(1);
	const other = others[others.length === 1 ? 0 : itemIndex];
	if (other) return [one, given(other, SECOND_INPUT_FIELD)];
	throw new VoiceprintError(
		'VOICEPRINT_MISSING',
		others.length === 0 ? 'No item came to the second input' : `The second input has no item ${itemIndex} to compare with`,
		'Items are compared in their order, the first with the first. A single item at the second input is compared with all.',
	);
}
