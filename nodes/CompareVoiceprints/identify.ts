/** Identify: whose voiceprint it is, of all in a gallery of known speakers. */
import type { INodeExecutionData } from 'n8n-workflow';
import { bestEntries } from '../../voiceprints/gallery';
import { readPath } from '../common/path';
import { runForEachItem } from '../common/itemLoop';
import { number, readCollection, shortValue } from '../common/read';
import { readWish, rounded, type Decision } from './decision';
import { asSide, checkSameModel, sideOf, type Entries, type KnownSide, type Scores } from './drivers/driver';
import { VOICEPRINT_FIELD } from './fieldParameters';
import { MAXIMUM_MATCHES, OPTIONS } from './parameters';
import { isOneRecording, sameVoiceprint } from './recordings';
import type { Session } from './session';
import { readSpeakers, type Speakers } from './speakers';
import { findVoiceprint, withNeighbours, type Given } from './voiceprints';
import { littleSpeech, outside, outsideOfBoth, type CompareWarning } from './warnings';

/** A voiceprint beside all entries of the gallery. */
interface Compared extends Scores {
	decision: Decision;
	speakers: Speakers;
	probe: KnownSide;
	model: string | null;
	/** Strangers in the gallery that would be taken for this speaker; null where nobody knows. */
	falseMatches: number | null;
	given: Given;
}

/** The gallery is read when the first item needs it, and what is wrong with it is wrong for all items. */
export async function identify(session: Session): Promise<INodeExecutionData[]> {
	const { ctx, driver, pace } = session;
	let reading: Promise<Speakers> | undefined;
	const speakersOf = async () => await (reading ??= readSpeakers(session, (itemIndex) => probeOf(session, itemIndex)));
	return await runForEachItem(ctx, async (itemIndex) => {
		if (pace.isDue) await pace.rest();
		const most = Math.floor(number(MAXIMUM_MATCHES, readCollection(ctx, itemIndex, OPTIONS).maximumMatches));
		const compared = await lookUp(session, itemIndex, speakersOf);
		const best = bestEntries(compared.scores, compared.speakers.labels, most);
		const fields = { ...fieldsOf(compared, best), ...(await driver.provenance()) };
		return [session.item(itemIndex, fields, warningsOf(compared, best[0]))];
	});
}

function probeOf({ ctx, files }: Session, itemIndex: number): Given {
	const path = readPath(ctx, itemIndex, VOICEPRINT_FIELD);
	const item = ctx.getInputData()[itemIndex]!;
	return withNeighbours(item, findVoiceprint(item, path, files), path);
}

async function lookUp(session: Session, itemIndex: number, speakersOf: () => Promise<Speakers>): Promise<Compared> {
	const { ctx, driver } = session;
	const wish = readWish(ctx, itemIndex);
	const given = probeOf(session, itemIndex);
	const probe = driver.readProbe(given);
	const speakers = await speakersOf();
	const { entries } = speakers;
	checkSameModel(entries.model, probe.model);
	const model = probe.model ?? entries.model;
	const decision = await driver.decide(wish, model, itemIndex);
	const scores = entries.size === 0 ? NONE : await entries.compare(itemIndex, probe, decision);
	const side = sideOf(probe);
	const falseMatches = await expectedFalseMatches(session, decision, side, entries.sides);
	return { decision, speakers, ...scores, probe: side, model, falseMatches, given };
}

/** Of an empty gallery, which no server need be asked about. */
const NONE: Scores = { scores: [], cosines: [] };

/** Of the entries, only the best one is spoken of: the answer hangs on it. */
function warningsOf(compared: Compared, best: number | undefined): CompareWarning[] {
	const { decision, speakers, probe } = compared;
	const { calibration } = decision;
	const others = [...speakers.warnings, ...itself(compared)];
	const little = littleSpeech([probe.speechLength], ['The voiceprint']);
	if (best === undefined) return [...little, ...outside(calibration, asSide(probe), 'The voiceprint'), ...others];
	const entry = asSide(speakers.entries.sides[best]!);
	const beyond = outsideOfBoth(calibration, [asSide(probe), entry], ['The voiceprint', `That of the best match, item ${speakers.items[best]!} of the gallery,`]);
	return [...little, ...beyond, ...others];
}

/** Where the gallery has this very voiceprint, as it has where a recording was stored before it is looked up. */
function itself({ speakers, given, cosines }: Compared): CompareWarning[] {
	let entry = speakers.entryOf.get(given.voiceprint);
	for (let i = 0; cosines && entry === undefined && i < cosines.length; i++) {
		if (isOneRecording(undefined, given.voiceprint, cosines[i])) entry = i;
	}
	if (entry === undefined) return [];
	const name = shortValue(speakers.names[speakers.labels[entry]!]!);
	return [sameVoiceprint(`The voiceprint of item ${speakers.items[entry]!} of the gallery ('${name}')`)];
}

function fieldsOf(compared: Compared, bestOnes: number[]): object {
	const { decision, speakers, probe, model, falseMatches, given } = compared;
	const size = speakers.items.length;
	const matches = bestOnes.map((entry) => matchOf(compared, entry));
	const best = matches[0]?.same_speaker ? matches[0] : null;
	return {
		...given.recording,
		identified: best !== null,
		speaker: best ? best.name : 'unknown',
		best_match: best,
		matches,
		gallery_size: size,
		...decision.fields,
		expected_false_accept_rate: rounded(falseMatches === null || size === 0 ? null : falseMatches / size),
		expected_false_matches: rounded(falseMatches),
		speech_length: rounded(probe.speechLength),
		model,
	};
}

function matchOf({ decision, speakers, scores, cosines }: Compared, entry: number) {
	const score = scores[entry]!;
	return {
		name: speakers.names[speakers.labels[entry]!]!,
		same_speaker: score >= decision.threshold,
		score: rounded(score),
		probability: rounded(decision.probability(score)),
		...(cosines ? { cosine: rounded(cosines[entry]!) } : {}),
		speech_length: rounded(speakers.entries.sides[entry]!.speechLength),
		gallery_item: speakers.items[entry]!,
	};
}

/** The sum over the entries, as each pair has its own amount of speech; what is known stands for what is not. */
async function expectedFalseMatches(
	{ pace }: Session,
	decision: Decision,
	probe: KnownSide,
	others: Entries['sides'],
): Promise<number | null> {
	const one = asSide(probe);
	let [sum, known] = [0, 0];
	for (let entry = 0; entry < others.length; entry++) {
		if ((entry & 255) === 0 && pace.isDue) await pace.rest();
		const { falseAccept } = decision.expected(one, asSide(others[entry]!));
		if (falseAccept === null) continue;
		sum += falseAccept;
		known += 1;
	}
	return known === 0 ? null : (sum / known) * others.length;
}
