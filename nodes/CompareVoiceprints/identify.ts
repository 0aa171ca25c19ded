/** Identify: whose voiceprint it is, of all in a gallery of known speakers. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
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
import { emptyVoiceprint, littleSpeech, outside, outsideOfBoth, type CompareWarning } from './warnings';

/** A voiceprint beside all entries of the gallery. */
interface Compared extends Scores {
	decision: Decision;
	speakers: Speakers;
	probe: KnownSide;
	model: string | null;
	/** Strangers in the gallery that would be taken for this speaker; null where nobody knows. */
	falseMatches: number | null;
	given: Given;
	/** No speech is behind the voiceprint. */
	isSilent: boolean;
	/** Cosines are known. */
	isLocal: boolean;
}

/** The gallery is read when the first item needs it, and what is wrong with it is wrong for all items. */
export async function identify(session: Session): Promise<INodeExecutionData[]> {
	const { ctx, driver, pace } = session;
	let reading: Promise<Speakers> | undefined;
	const speakersOf = async () => await (reading ??= readSpeakers(session, (itemIndex) => probeOf(session, itemIndex)));
	return await runForEachItem(ctx, async (itemIndex) => {
		if (pace.isDue) await pace.rest();
		const { maximumMatches } = readCollection(ctx, itemIndex, OPTIONS);
		const withMatches = maximumMatches !== undefined;
		const most = Math.floor(number(MAXIMUM_MATCHES, maximumMatches));
		const compared = await lookUp(session, itemIndex, speakersOf);
		// The second best stands beside the best also where no list is asked for.
		const best = bestEntries(compared.scores, compared.speakers.labels, Math.max(2, most));
		const fields = { ...fieldsOf(compared, best, most, withMatches), ...(await driver.provenance()) };
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
	const probe = driver.read(given);
	const speakers = await speakersOf();
	const { entries } = speakers;
	checkSameModel(entries.model, probe.model);
	const model = probe.model ?? entries.model;
	const decision = await driver.decide(wish, model, itemIndex);
	const isNobody = entries.size === 0 || probe.isSilent;
	const scores = isNobody ? NONE : await entries.compare(itemIndex, probe, decision);
	const side = sideOf(probe);
	const falseMatches = isNobody ? null : await expectedFalseMatches(session, decision, side, entries.sides);
	return { decision, speakers, ...scores, isSilent: probe.isSilent, isLocal: driver.name === 'local', probe: side, model, falseMatches, given };
}

/** Of an empty gallery, and of a voiceprint without speech: no server need be asked about them. */
const NONE: Scores = { scores: [], cosines: [] };

/** Of the entries, only the best one is spoken of: the answer hangs on it. */
function warningsOf(compared: Compared, best: number | undefined): CompareWarning[] {
	const { decision, speakers, probe } = compared;
	const { calibration } = decision;
	if (compared.isSilent) return [emptyVoiceprint('it is of nobody'), ...speakers.warnings];
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

/** The answer and how sure it is; then what was looked up; then what it was judged by. */
function fieldsOf(compared: Compared, bestOnes: number[], most: number, withMatches: boolean): IDataObject {
	const { decision, speakers, probe, model, falseMatches, given } = compared;
	const size = speakers.items.length;
	const matches = bestOnes.map((entry) => matchOf(compared, entry));
	const [best, next] = matches;
	const isIdentified = best?.same_speaker === true;
	return {
		identified: isIdentified,
		speaker: isIdentified ? best.name : 'unknown',
		probability: best?.probability ?? null,
		score: best?.score ?? null,
		...(compared.isLocal ? { cosine: best?.cosine ?? null } : {}),
		...given.recording,
		// Filled in with the item.
		warnings: '',
		// The most similar speaker, also where nobody is identified.
		best_match: best?.name ?? null,
		best_match_file_name: best?.file_name ?? null,
		best_match_channel_number: best?.channel_number ?? null,
		second_match: next?.name ?? null,
		second_match_score: next?.score ?? null,
		...(withMatches ? { matches: matches.slice(0, most) } : {}),
		speech_length: rounded(probe.speechLength),
		best_match_speech_length: best?.speech_length ?? null,
		gallery_item: best?.gallery_item ?? null,
		gallery_size: size,
		...decision.fields,
		expected_false_accept_rate: rounded(falseMatches === null || size === 0 ? null : falseMatches / size),
		expected_false_matches: rounded(falseMatches),
		model,
	};
}

interface Match extends IDataObject {
	name: string;
	same_speaker: boolean;
	score: number;
	probability: number | null;
	/** Only where the driver knows it. */
	cosine?: number;
	speech_length: number | null;
	gallery_item: number;
}

function matchOf({ decision, speakers, scores, cosines }: Compared, entry: number): Match {
	const score = scores[entry]!;
	return {
		name: speakers.names[speakers.labels[entry]!]!,
		same_speaker: score >= decision.threshold,
		score: rounded(score),
		probability: rounded(decision.probability(score)),
		...(cosines ? { cosine: rounded(cosines[entry]!) } : {}),
		speech_length: rounded(speakers.entries.sides[entry]!.speechLength),
		...speakers.recordings[entry]!,
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
