/** Verify: whether two voiceprints are of the same speaker. */
import type { IDataObject, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { readPath } from '../common/path';
import { runForEachItem } from '../common/itemLoop';
import { choice, read } from '../common/read';
import { readWish, rounded, type Decision } from './decision';
import { asSide, checkSameModel, sideOf, type Entries, type KnownSide } from './drivers/driver';
import { SECOND_FIELD, SECOND_INPUT_FIELD, VOICEPRINT_FIELD } from './fieldParameters';
import { readPairs, type Pairs } from './pairs';
import { COMPARE_WITH } from './parameters';
import { isOneRecording, sameVoiceprint } from './recordings';
import type { Session } from './session';
import { findVoiceprint, withNeighbours, type Given } from './voiceprints';
import { littleSpeech, outsideOfBoth } from './warnings';

interface Compared {
	decision: Decision;
	score: number;
	/** Only where the driver knows it. */
	cosine?: number;
	model: string | null;
	sides: [KnownSide, KnownSide];
	/** What was compared with what. */
	places: IDataObject;
	isOneRecording: boolean;
}

const NAMES: [string, string] = ['The first voiceprint', 'The second voiceprint'];

interface Pair {
	one: Given;
	other: Given;
	/** Of the second voiceprint. */
	place: number;
	matchedBy: string | null;
}

/** The second voiceprint is a gallery of one. */
export async function verify(session: Session): Promise<INodeExecutionData[]> {
	const { ctx, driver, pace } = session;
	let pairs: Pairs | undefined;
	const pairsOf = () => (pairs ??= readPairs(session));
	const pairAt = (itemIndex: number) => pairOf(session, itemIndex, pairsOf);
	const isShared = (itemIndex: number) => comparesWithInput(session, itemIndex) && pairsOf().isShared;
	const entriesOf = entriesFor(session, pairAt, isShared);
	return await runForEachItem(ctx, async (itemIndex) => {
		if (pace.isDue) await pace.rest();
		const compared = await compareOne(session, itemIndex, pairAt(itemIndex), entriesOf);
		const [one, other] = compared.sides;
		const warnings = [
			...littleSpeech([one.speechLength, other.speechLength], NAMES),
			...outsideOfBoth(compared.decision.calibration, [asSide(one), asSide(other)], NAMES),
			...(compared.isOneRecording ? [sameVoiceprint('The second voiceprint')] : []),
		];
		return [session.item(itemIndex, { ...fieldsOf(compared), ...(await driver.provenance()) }, warnings)];
	});
}

async function compareOne(
	session: Session,
	itemIndex: number,
	{ one, other, place, matchedBy }: Pair,
	entriesOf: (itemIndex: number, other: Given) => Entries,
): Promise<Compared> {
	const { ctx, driver } = session;
	const wish = readWish(ctx, itemIndex);
	const probe = ofWhich('first', () => driver.readProbe(one));
	const entries = ofWhich('second', () => entriesOf(itemIndex, other));
	checkSameModel(probe.model, entries.model);
	const model = probe.model ?? entries.model;
	const decision = await driver.decide(wish, model, itemIndex);
	const { scores, cosines } = await entries.compare(itemIndex, probe, decision);
	return {
		decision,
		score: scores[0]!,
		...(cosines ? { cosine: cosines[0]! } : {}),
		model,
		sides: [sideOf(probe), entries.sides[0]!],
		places: {
			item: itemIndex,
			...one.recording,
			second_item: place,
			second_file_name: other.recording.file_name,
			second_channel_number: other.recording.channel_number,
			matched_by: matchedBy,
		},
		isOneRecording: isOneRecording(one.voiceprint, other.voiceprint, cosines?.[0]),
	};
}

/** Items that are all compared with one and the same voiceprint share it, and go to a server together. */
function entriesFor(
	{ ctx, driver }: Session,
	pairAt: (itemIndex: number) => Pair,
	isSharedAt: (itemIndex: number) => boolean,
): (itemIndex: number, other: Given) => Entries {
	const probeOf = (itemIndex: number) => pairAt(itemIndex).one;
	let shared: { other: Given; entries: Entries } | undefined;
	return (itemIndex, other) => {
		const isShared = isSharedAt(itemIndex);
		// Which field of the one item it is may be said by an expression, and so differ from item to item.
		if (isShared && shared && isSame(shared.other, other)) return shared.entries;
		const entries = driver.entries(1, probeOf, isShared ? ctx.getInputData().keys() : [itemIndex]);
		entries.add(other);
		if (isShared) shared ??= { other, entries };
		return entries;
	};
}

function fieldsOf({ decision, score, cosine: raw, model, sides, places }: Compared): object {
	const [one, other] = sides;
	const { falseAccept, falseReject } = decision.expected(asSide(one), asSide(other));
	return {
		...places,
		same_speaker: score >= decision.threshold,
		score: rounded(score),
		...decision.fields,
		probability: rounded(decision.probability(score)),
		...(raw === undefined ? {} : { cosine: rounded(raw) }),
		expected_false_accept_rate: rounded(falseAccept),
		expected_false_reject_rate: rounded(falseReject),
		speech_length: rounded(one.speechLength),
		second_speech_length: rounded(other.speechLength),
		model,
	};
}

function isSame(one: Given, other: Given): boolean {
	return one.voiceprint === other.voiceprint && one.model === other.model && one.speechLength === other.speechLength;
}

/** Which of the two it is belongs into the message; messages begin with `The voiceprint`. */
function ofWhich<T>(which: 'first' | 'second', read: () => T): T {
	try {
		return read();
	} catch (error) {
		throw error instanceof VoiceprintError ? named(error, which) : error;
	}
}

function named({ code, message, description }: VoiceprintError, which: string): VoiceprintError {
	return new VoiceprintError(code, message.replace('The voiceprint', `The ${which} voiceprint`), description);
}

function comparesWithInput({ ctx }: Session, itemIndex: number): boolean {
	return choice(COMPARE_WITH, read(ctx, itemIndex, COMPARE_WITH)) === 'input';
}

function pairOf(session: Session, itemIndex: number, pairsOf: () => Pairs): Pair {
	const { ctx } = session;
	const item = ctx.getInputData()[itemIndex]!;
	const given = (from: INodeExecutionData, parameter: INodeProperties) => {
		const path = readPath(ctx, itemIndex, parameter);
		return withNeighbours(from, findVoiceprint(from, path, session.files), path);
	};
	const one = given(item, VOICEPRINT_FIELD);
	if (!comparesWithInput(session, itemIndex)) return { one, other: given(item, SECOND_FIELD), place: itemIndex, matchedBy: null };
	const partner = pairsOf().partnerOf(itemIndex);
	return { one, other: given(partner.item, SECOND_INPUT_FIELD), place: partner.index, matchedBy: partner.matchedBy };
}
