/** What Verify compares with what: by the second input, within an item, or among the items, as Compare With says. */
import type { INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { readPath, valueAt, type FieldPath } from '../common/path';
import { choice, read } from '../common/read';
import { wiresTo } from '../common/wiring';
import { SECOND_FIELD, SECOND_INPUT_FIELD, VOICEPRINT_FIELD } from './fieldParameters';
import { readPairs, type Pairs } from './pairs';
import { COMPARE_WITH } from './parameters';
import { memberText, recordingsIn } from './recordings';
import type { Session } from './session';
import { findVoiceprint, findVoiceprints, withNeighbours, type Given } from './voiceprints';
import type { CompareWarning } from './warnings';

export interface Pair {
	/** Item of the first input. */
	itemIndex: number;
	one: Given;
	/** Pairs with one and the same of the second input have one and the same object. */
	other: Given;
	/** The second voiceprint's item, in the input that it comes from. */
	place: number;
	matchedBy: string | null;
	/** The second voiceprint is of another item of the first input. */
	isOfFirstInput: boolean;
	/** What was left out beside it. */
	warnings: CompareWarning[];
}

/** By item of the first input: its pairs, or why it has none. */
export type Plan = Array<{ pairs: Pair[] } | { error: unknown }>;

type Mode = 'field' | 'input' | 'items';

/** Pairs that are compared at most where each is compared with each. */
const MOST_PAIRS = 1000;

/** @throws VoiceprintError INVALID_PARAMETER, PAIRS_UNCLEAR */
export async function planPairs(session: Session): Promise<Plan> {
	const { ctx, pace } = session;
	const mode = modeOf(session);
	const pairsOf = { field: () => withinItem(session), input: () => withSecondInput(session), items: () => amongItems(session) }[mode]();
	const plan: Plan = [];
	for (const itemIndex of ctx.getInputData().keys()) {
		if (pace.isDue) await pace.rest();
		try {
			plan.push({ pairs: pairsOf(itemIndex) });
		} catch (error) {
			plan.push({ error });
		}
	}
	return plan;
}

function modeOf(session: Session): Mode {
	const { ctx } = session;
	const given = choice<Mode | 'auto'>(COMPARE_WITH, read(ctx, 0, COMPARE_WITH));
	if (given !== 'auto') return given;
	// A mistake in it shows, whatever is connected.
	const paths = ctx.getInputData().map((_, itemIndex) => readPath(ctx, itemIndex, SECOND_FIELD));
	if ((wiresTo(ctx, 1) ?? []).length > 0) return 'input';
	return ctx.getInputData().some((item, itemIndex) => has(session, item, paths[itemIndex]!)) ? 'field' : 'items';
}

function has({ files }: Session, item: INodeExecutionData, path: FieldPath): boolean {
	try {
		return (valueAt(item.json, path) ?? files.textOf(item, path.text)) !== undefined;
	} catch {
		// There is a file, which says what is wrong with it where it is read.
		return true;
	}
}

function withinItem({ ctx, files }: Session): (itemIndex: number) => Pair[] {
	return (itemIndex) => {
		const item = ctx.getInputData()[itemIndex]!;
		const given = (parameter: INodeProperties) => {
			const path = readPath(ctx, itemIndex, parameter);
			return withNeighbours(item, findVoiceprint(item, path, files), path);
		};
		const one = given(VOICEPRINT_FIELD);
		const other = orElsewhere(() => given(SECOND_FIELD));
		return [{ itemIndex, one, other, place: itemIndex, matchedBy: null, isOfFirstInput: false, warnings: [] }];
	};
}

/** A second voiceprint is rarely in the same item. */
function orElsewhere(second: () => Given): Given {
	try {
		return second();
	} catch (error) {
		throw error instanceof VoiceprintError && error.code === 'VOICEPRINT_MISSING' ? elsewhere(error) : error;
	}
}

function elsewhere({ code, message, description }: VoiceprintError): VoiceprintError {
	const ways = `Where it comes from another item or node, set '${COMPARE_WITH.displayName}' to Automatic. ${TWO_WAYS}`;
	return new VoiceprintError(code, message, [description, ways].filter(Boolean).join(' '));
}

/** What was said in Automatic of the first input holds for the second too. */
function secondFieldOf({ ctx }: Session, itemIndex: number): FieldPath {
	const isAutomatic = read(ctx, itemIndex, COMPARE_WITH) === 'auto';
	return readPath(ctx, itemIndex, isAutomatic ? VOICEPRINT_FIELD : SECOND_INPUT_FIELD);
}

function withSecondInput(session: Session): (itemIndex: number) => Pair[] {
	const { ctx } = session;
	const input = ctx.getInputData();
	const known = new Map<string, Given[]>();
	let pairs: Pairs | undefined;
	const firsts = new Map<number, Given[]>();
	const ofFirst = (itemIndex: number) => {
		const found = firsts.get(itemIndex) ?? voicesOf(session, input[itemIndex]!, readPath(ctx, itemIndex, VOICEPRINT_FIELD));
		firsts.set(itemIndex, found);
		return found;
	};
	const told = new Set<Given>();
	return (itemIndex) => {
		const ones = ofFirst(itemIndex);
		pairs ??= readPairs(session);
		const path = secondFieldOf(session, itemIndex);
		const others = pairs.partnersOf(itemIndex).flatMap(({ item, index, matchedBy }) => {
			const key = JSON.stringify([index, path.text]);
			const found = known.get(key) ?? voicesOf(session, item, path);
			known.set(key, found);
			return found.map((other) => ({ other, place: index, matchedBy }));
		});
		const recording = pairs.recordingOf(itemIndex).filter((one) => one !== itemIndex);
		const beside = recording.flatMap((one) => withoutFault(() => ofFirst(one).map((given) => ({ given, item: one }))));
		const left = chosen(session, told, ones.map((given) => ({ given, item: itemIndex })), beside);
		const right = chosen(session, told, others.map(({ other, place }) => ({ given: other, item: place })), []);
		const warnings = [...left.warnings, ...right.warnings];
		const speaking = others.filter(({ other }) => right.voices.some(({ given }) => given === other));
		return left.voices.flatMap(({ given: one }) => speaking.map((rest) => ({ itemIndex, one, ...rest, isOfFirstInput: false, warnings })));
	};
}

interface Voice {
	given: Given;
	item: number;
}

/**
 * Of the channels of a recording, those in which somebody speaks; all of them where nobody does, which is then said of
 * the first.
 * @param told of what was left out before
 * @param beside further channels of the recording, which are no answer here
 */
function chosen(session: Session, told: Set<Given>, voices: Voice[], beside: Voice[]): { voices: Voice[]; warnings: CompareWarning[] } {
	const all = [...voices, ...beside];
	const silent = all.length < 2 ? [] : all.filter(({ given }) => isSilent(session, given));
	if (silent.length === 0 || silent.length === all.length) return { voices: silent.length === 0 ? voices : voices.slice(0, 1), warnings: [] };
	const warnings = silent.map(({ given, item }) => leftOut(item, given));
	for (const [i, { given, item }] of silent.entries()) {
		if (!told.has(given)) session.hint(item, warnings[i]!);
		told.add(given);
	}
	return { voices: voices.filter((voice) => !silent.includes(voice)), warnings };
}

function leftOut(item: number, { recording }: Given): CompareWarning {
	return { code: 'NO_SPEECH_LEFT_OUT', message: `There is no speech in item ${memberText(item, recording)}, so it was not compared` };
}

function isSilent({ driver }: Session, given: Given): boolean {
	return withoutFault(() => [driver.read(given)]).some((reading) => reading.isSilent);
}

/** What cannot be read says so itself where it is its turn. */
function withoutFault<T>(found: () => T[]): T[] {
	try {
		return found();
	} catch {
		return [];
	}
}

function voicesOf({ files }: Session, item: INodeExecutionData, path: FieldPath): Given[] {
	return findVoiceprints(item, path, files).map((found) => withNeighbours(item, found, path));
}

/** Each recording with each other one; of a single one, each channel with each other. */
function amongItems(session: Session): (itemIndex: number) => Pair[] {
	const { ctx } = session;
	const input = ctx.getInputData();
	const recordings = new Map(recordingsIn(input).flatMap((items, recording) => items.map((item) => [item, recording] as const)));
	const faults = new Map<number, unknown>();
	const voices = input.flatMap((item, itemIndex) => {
		try {
			const path = readPath(ctx, itemIndex, VOICEPRINT_FIELD);
			return voicesOf(session, item, path).map((given) => ({ given, item: itemIndex, recording: recordings.get(itemIndex)! }));
		} catch (error) {
			faults.set(itemIndex, error);
			return [];
		}
	});
	const silent = voices.filter(({ given }) => isSilent(session, given));
	const speaking = voices.filter((voice) => !silent.includes(voice));
	const pairs = speaking.length > 2 * MOST_PAIRS ? undefined : pairsAmong(speaking, silent);
	if (!pairs || pairs.length > MOST_PAIRS) throw tooMany(speaking.length);
	for (const { item, given } of pairs.length > 0 ? silent : []) session.hint(item, leftOut(item, given));
	return (itemIndex) => {
		if (faults.has(itemIndex)) throw faults.get(itemIndex);
		if (pairs.length === 0) throw voices.length < 2 ? onlyOne() : nobodySpeaks(silent);
		return pairs.filter((pair) => pair.itemIndex === itemIndex);
	};
}

type VoiceOfRecording = Voice & { recording: number };

function pairsAmong(speaking: VoiceOfRecording[], silent: VoiceOfRecording[]): Pair[] {
	const heard = new Set(speaking.map(({ recording }) => recording));
	const areSeveral = heard.size > 1;
	return speaking.flatMap((one, place) =>
		speaking
			.slice(place + 1)
			.filter((other) => !areSeveral || other.recording !== one.recording)
			.map((other): Pair => {
				// Of a recording in which nobody speaks, no other item tells.
				const beside = silent.filter(({ recording }) => recording === one.recording || recording === other.recording || !heard.has(recording));
				const warnings = beside.map(({ item, given }) => leftOut(item, given));
				return { itemIndex: one.item, one: one.given, other: other.given, place: other.item, matchedBy: null, isOfFirstInput: true, warnings };
			}),
	);
}

const TWO_WAYS =
	'Let Extract Voiceprint take both recordings, as two items, or connect the other recording through an Extract Voiceprint of its own ' +
	"to the second input, 'Compare With'.";

function onlyOne(): VoiceprintError {
	return new VoiceprintError('VOICEPRINT_MISSING', 'Only one voiceprint came, and there is no other to compare it with', TWO_WAYS);
}

/** Names in a message. */
const MOST_NAMED = 5;

function nobodySpeaks(silent: Voice[]): VoiceprintError {
	const named = silent.slice(0, MOST_NAMED).map(({ given, item }) => memberText(item, given.recording));
	const items = `${named.join(', ')}${silent.length > MOST_NAMED ? ` and ${silent.length - MOST_NAMED} more` : ''}`;
	return new VoiceprintError(
		'EMPTY_VOICEPRINT',
		`There is no speech behind the voiceprint of item ${items}, so there are no two voiceprints to compare`,
		`Give recordings in which somebody speaks. ${TWO_WAYS}`,
	);
}

function tooMany(count: number): VoiceprintError {
	return new VoiceprintError(
		'PAIRS_UNCLEAR',
		`${count} voiceprints came, and each with each would be more than ${MOST_PAIRS} comparisons`,
		"To find out which are of the same speaker, use the operation Group; to look them up among known speakers, use Identify. To compare each with its own, connect the others to the second input, 'Compare With'.",
	);
}
