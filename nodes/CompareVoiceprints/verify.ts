/** Verify: whether two voiceprints are of the same speaker. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { runForEachItem } from '../common/itemLoop';
import { readWish, rounded, type Decision } from './decision';
import { asSide, checkSameModel, sideOf, type Entries, type KnownSide } from './drivers/driver';
import { isOneRecording, recordingText, sameVoiceprint } from './recordings';
import type { Session } from './session';
import { planPairs, type Pair, type Plan } from './verifyPairs';
import type { Given } from './voiceprints';
import { littleSpeech, outsideOfBoth } from './warnings';

interface Compared {
	decision: Decision;
	score: number;
	/** Only where the driver knows it. */
	cosine?: number;
	model: string | null;
	sides: [KnownSide, KnownSide];
	isOneRecording: boolean;
}

const NAMES: [string, string] = ['The first voiceprint', 'The second voiceprint'];

/** The second voiceprint is a gallery of one. */
export async function verify(session: Session): Promise<INodeExecutionData[]> {
	const { ctx, pace } = session;
	const plan = await planPairs(session);
	const entriesOf = entriesFor(session, plan);
	return await runForEachItem(ctx, async (itemIndex) => {
		const planned = plan[itemIndex]!;
		if ('error' in planned) throw planned.error;
		const items: INodeExecutionData[] = [];
		for (const pair of planned.pairs) {
			if (pace.isDue) await pace.rest();
			items.push(await itemOf(session, pair, await compareOne(session, pair, entriesOf)));
		}
		return items;
	});
}

async function itemOf(session: Session, pair: Pair, compared: Compared): Promise<INodeExecutionData> {
	const [one, other] = compared.sides;
	const warnings = [
		...littleSpeech([one.speechLength, other.speechLength], NAMES),
		...outsideOfBoth(compared.decision.calibration, [asSide(one), asSide(other)], NAMES),
		...(compared.isOneRecording ? [sameVoiceprint('The second voiceprint')] : []),
		...pair.warnings,
	];
	const others = pair.isOfFirstInput && pair.place !== pair.itemIndex ? [pair.place] : [];
	const fields = { ...fieldsOf(pair, compared), ...(await session.driver.provenance()) };
	return session.item(pair.itemIndex, fields, warnings, others);
}

async function compareOne(
	session: Session,
	pair: Pair,
	entriesOf: (pair: Pair) => { key: number; entries: Entries },
): Promise<Compared> {
	const { ctx, driver } = session;
	const { one, other, itemIndex } = pair;
	const wish = readWish(ctx, itemIndex);
	const probe = ofWhich('first', one, () => driver.readProbe(one));
	const { key, entries } = ofWhich('second', other, () => entriesOf(pair));
	checkSameModel(probe.model, entries.model);
	const model = probe.model ?? entries.model;
	const decision = await driver.decide(wish, model, itemIndex);
	const { scores, cosines } = await entries.compare(key, probe, decision);
	return {
		decision,
		score: scores[0]!,
		...(cosines ? { cosine: cosines[0]! } : {}),
		model,
		sides: [sideOf(probe), entries.sides[0]!],
		isOneRecording: isOneRecording(one.voiceprint, other.voiceprint, cosines?.[0]),
	};
}

/** What is compared with one and the same voiceprint shares it, and goes to a server together. */
function entriesFor({ driver }: Session, plan: Plan): (pair: Pair) => { key: number; entries: Entries } {
	const all = plan.flatMap((planned) => ('pairs' in planned ? planned.pairs : []));
	const keys = new Map(all.map((pair, key) => [pair, key]));
	const sharing = new Map<Given, number[]>();
	for (const [key, { other }] of all.entries()) {
		const known = sharing.get(other);
		if (known) known.push(key);
		else sharing.set(other, [key]);
	}
	const opened = new Map<Given, Entries>();
	return (pair) => {
		const { other } = pair;
		const key = keys.get(pair)!;
		const known = opened.get(other);
		if (known) return { key, entries: known };
		const entries = driver.entries(1, (probe) => all[probe]!.one, sharing.get(other)!);
		entries.add(other);
		opened.set(other, entries);
		return { key, entries };
	};
}

/** The answer and how sure it is; then what was compared; then what it was judged by. */
function fieldsOf(pair: Pair, { decision, score, cosine: raw, model, sides }: Compared): IDataObject {
	const [one, other] = sides;
	const { falseAccept, falseReject } = decision.expected(asSide(one), asSide(other));
	return {
		same_speaker: score >= decision.threshold,
		probability: rounded(decision.probability(score)),
		score: rounded(score),
		...pair.one.recording,
		second_file_name: pair.other.recording.file_name,
		second_channel_number: pair.other.recording.channel_number,
		matched_by: pair.matchedBy,
		// Filled in with the item.
		warnings: '',
		speech_length: rounded(one.speechLength),
		second_speech_length: rounded(other.speechLength),
		...decision.fields,
		...(raw === undefined ? {} : { cosine: rounded(raw) }),
		expected_false_accept_rate: rounded(falseAccept),
		expected_false_reject_rate: rounded(falseReject),
		item: pair.itemIndex,
		second_item: pair.place,
		model,
	};
}

/** Which of the two it is belongs into the message, and which recording; messages begin with `The voiceprint`. */
function ofWhich<T>(which: 'first' | 'second', { recording }: Given, read: () => T): T {
	try {
		return read();
	} catch (error) {
		throw error instanceof VoiceprintError ? named(error, which, recordingText(recording)) : error;
	}
}

function named({ code, message, description }: VoiceprintError, which: string, recording: string): VoiceprintError {
	const name = `The ${which} voiceprint${recording === '' ? '' : ` (${recording})`}`;
	return new VoiceprintError(code, message.replace('The voiceprint', name), description);
}
