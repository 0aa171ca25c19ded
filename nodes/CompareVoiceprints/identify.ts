/** Identify: whose voiceprint it is, of all in a gallery of known speakers. */
import type { INodeExecutionData } from 'n8n-workflow';
import { decodeVoiceprint } from '../../voiceprints/encoding';
import { bestEntries, ModelsDiffer, noSpeechBehind } from '../../voiceprints/gallery';
import { runForEachItem } from '../common/itemLoop';
import { number, readCollection } from '../common/read';
import { decideByApi, decideLocally, readWish, rounded, type Decision } from './decision';
import { VOICEPRINT_FIELD } from './fieldParameters';
import { localSpeakers, serverSpeakers, type Speakers } from './gallery';
import { ItemScores, sendable } from './itemScores';
import { MAXIMUM_MATCHES, OPTIONS } from './parameters';
import type { Session } from './session';
import { findVoiceprint, readPath, textForServer, withNeighbours, type Given } from './voiceprints';
import { littleSpeech } from './warnings';

/** A voiceprint beside all entries of the gallery. */
interface Compared {
	decision: Decision;
	speakers: Speakers;
	/** By entry. */
	scores: ArrayLike<number>;
	/** By entry; local engine only. */
	cosines?: ArrayLike<number>;
	speechLength: number | null;
	speechLengths: ArrayLike<number | null>;
	model: string | null;
	/** Strangers in the gallery that would be taken for this speaker; null where nobody knows. */
	falseMatches: number | null;
}

type Compare = (itemIndex: number) => Promise<Compared>;

export async function identify(session: Session): Promise<INodeExecutionData[]> {
	const compare = session.engine === 'local' ? localComparison(session) : serverComparison(session);
	return await runForEachItem(session.ctx, async (itemIndex) => {
		if (session.pace.isDue) await session.pace.rest();
		const most = Math.floor(number(MAXIMUM_MATCHES, readCollection(session.ctx, itemIndex, OPTIONS).maximumMatches));
		const compared = await compare(itemIndex);
		const warnings = [...littleSpeech([compared.speechLength], ['The voiceprint']), ...compared.speakers.warnings];
		return [session.item(itemIndex, { ...fieldsOf(compared, most), ...(await session.provenance()) }, warnings)];
	});
}

function fieldsOf(compared: Compared, most: number): object {
	const { decision, speakers, scores, speechLength, model, falseMatches } = compared;
	const size = speakers.items.length;
	const matches = bestEntries(scores, speakers.labels, most).map((entry) => matchOf(compared, entry));
	const best = matches[0]?.same_speaker ? matches[0] : null;
	return {
		speaker: best ? best.name : 'unknown',
		best_match: best,
		matches,
		gallery_size: size,
		...decision.fields,
		expected_false_accept_rate: rounded(falseMatches === null ? null : falseMatches / size),
		expected_false_matches: rounded(falseMatches),
		speech_length: rounded(speechLength),
		model,
	};
}

function matchOf({ decision, speakers, scores, cosines, speechLengths }: Compared, entry: number) {
	const score = scores[entry]!;
	return {
		name: speakers.names[speakers.labels[entry]!]!,
		same_speaker: score >= decision.threshold,
		score: rounded(score),
		probability: rounded(decision.probability(score)),
		...(cosines ? { cosine: rounded(cosines[entry]!) } : {}),
		speech_length: rounded(speechLengths[entry]!),
		gallery_item: speakers.items[entry]!,
	};
}

/** The gallery is read when the first item needs it, and what is wrong with it is wrong for all items. */
function localComparison(session: Session): Compare {
	let reading: ReturnType<typeof localSpeakers> | undefined;
	return async (itemIndex) => {
		const wish = readWish(session.ctx, itemIndex);
		const probe = decodeVoiceprint(given(session, itemIndex).voiceprint);
		if (probe.vector.length === 0) throw noSpeechBehind();
		const speakers = await (reading ??= localSpeakers(session));
		const { gallery } = speakers;
		if (speakers.model !== null && probe.model !== speakers.model) throw new ModelsDiffer(speakers.model, probe.model);
		const decision = decideLocally(wish, await session.calibration(probe.model, itemIndex), probe.model);
		const { cosines, scores } = await gallery.compare(probe, decision.score, session.pace);
		const { speechLength, model } = probe;
		const speechLengths = gallery.speechLengths.subarray(0, gallery.size);
		const falseMatches = await expectedFalseMatches(session, decision, speechLength, speechLengths);
		return { decision, speakers, scores, cosines, speechLength, speechLengths, model, falseMatches };
	};
}

/** The sum over the entries, as each pair has its own amount of speech; what is known stands for what is not. */
async function expectedFalseMatches(
	{ pace }: Session,
	decision: Decision,
	speechLength: number,
	others: Float64Array,
): Promise<number | null> {
	let [sum, known] = [0, 0];
	for (let entry = 0; entry < others.length; entry++) {
		if ((entry & 255) === 0 && pace.isDue) await pace.rest();
		const { falseAccept } = decision.expected(speechLength, others[entry]!);
		if (falseAccept === null) continue;
		sum += falseAccept;
		known += 1;
	}
	return known === 0 ? null : (sum / known) * others.length;
}

function serverComparison(session: Session): Compare {
	let reading: ReturnType<typeof serverSpeakers> | undefined;
	let scores: ItemScores | undefined;
	return async (itemIndex) => {
		const wish = readWish(session.ctx, itemIndex);
		const probe = given(session, itemIndex);
		textForServer(probe); // refuses
		const speakers = await (reading ??= serverSpeakers(session));
		if (probe.model !== null && speakers.model !== null && probe.model !== speakers.model) {
			throw new ModelsDiffer(speakers.model, probe.model);
		}
		scores ??= new ItemScores(await session.server(), await textsOf(session, speakers.model), speakers.texts);
		return {
			decision: decideByApi(wish),
			speakers,
			scores: await scores.of(itemIndex),
			speechLength: probe.speechLength,
			speechLengths: speakers.speechLengths,
			model: probe.model ?? speakers.model,
			falseMatches: null,
		};
	};
}

/** What the items have to send; nothing for those that will be refused when it is their turn. */
async function textsOf(session: Session, model: string | null): Promise<Array<string | undefined>> {
	return await sendable(session, model, (itemIndex) => given(session, itemIndex));
}

function given({ ctx }: Session, itemIndex: number): Given {
	const path = readPath(ctx, itemIndex, VOICEPRINT_FIELD);
	return withNeighbours(findVoiceprint(ctx.getInputData()[itemIndex]!, path), path);
}
