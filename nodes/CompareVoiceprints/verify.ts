/** Verify: whether two voiceprints are of the same speaker. */
import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { runForEachItem } from '../common/itemLoop';
import { choice, read } from '../common/read';
import { readWish, rounded, type Decision } from './decision';
import { asSide, checkSameModel, sideOf, type Entries, type KnownSide } from './drivers/driver';
import { SECOND_FIELD, SECOND_INPUT_FIELD, VOICEPRINT_FIELD } from './fieldParameters';
import { COMPARE_WITH } from './parameters';
import type { Session } from './session';
import { findVoiceprint, readPath, withNeighbours, type Given } from './voiceprints';
import { littleSpeech, outsideOfBoth } from './warnings';

interface Compared {
	decision: Decision;
	score: number;
	/** Only where the driver knows it. */
	cosine?: number;
	model: string | null;
	sides: [KnownSide, KnownSide];
}

const NAMES: [string, string] = ['The first voiceprint', 'The second voiceprint'];

type Pair = [Given, Given];

/** The second voiceprint is a gallery of one. */
export async function verify(session: Session): Promise<INodeExecutionData[]> {
	const { ctx, driver, pace } = session;
	const entriesOf = entriesFor(session);
	return await runForEachItem(ctx, async (itemIndex) => {
		if (pace.isDue) await pace.rest();
		const compared = await compareOne(session, itemIndex, entriesOf);
		const [one, other] = compared.sides;
		const warnings = [
			...littleSpeech([one.speechLength, other.speechLength], NAMES),
			...outsideOfBoth(compared.decision.calibration, [asSide(one), asSide(other)], NAMES),
		];
		return [session.item(itemIndex, { ...fieldsOf(compared), ...(await driver.provenance()) }, warnings)];
	});
}

async function compareOne(
	session: Session,
	itemIndex: number,
	entriesOf: (itemIndex: number, other: Given) => Entries,
): Promise<Compared> {
	const { ctx, driver } = session;
	const wish = readWish(ctx, itemIndex);
	const [one, other] = pairOf(session, itemIndex);
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
	};
}

/** Items that are all compared with one and the same voiceprint share it, and go to a server together. */
function entriesFor(session: Session): (itemIndex: number, other: Given) => Entries {
	const { ctx, driver } = session;
	const probeOf = (itemIndex: number) => pairOf(session, itemIndex)[0];
	let shared: { other: Given; entries: Entries } | undefined;
	return (itemIndex, other) => {
		const isShared = comparesWithInput(session, itemIndex) && ctx.getInputData(1).length === 1;
		// Which field of the one item it is may be said by an expression, and so differ from item to item.
		if (isShared && shared && isSame(shared.other, other)) return shared.entries;
		const entries = driver.entries(1, probeOf, isShared ? ctx.getInputData().keys() : [itemIndex]);
		entries.add(other);
		if (isShared) shared ??= { other, entries };
		return entries;
	};
}

function fieldsOf({ decision, score, cosine: raw, model, sides }: Compared): object {
	const [one, other] = sides;
	const { falseAccept, falseReject } = decision.expected(asSide(one), asSide(other));
	return {
		same_speaker: score >= decision.threshold,
		score: rounded(score),
		...decision.fields,
		probability: rounded(decision.probability(score)),
		...(raw === undefined ? {} : { cosine: rounded(raw) }),
		expected_false_accept_rate: rounded(falseAccept),
		expected_false_reject_rate: rounded(falseReject),
		speech_lengths: sides.map(({ speechLength }) => rounded(speechLength)),
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

function pairOf(session: Session, itemIndex: number): Pair {
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
