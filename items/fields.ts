/** What the output forms share, so that a field has the same name, place and meaning in each of them. */
import type { Segment, VadChannel, Warning } from '../engine/client/protocol';
import type { Origin, Provenance, ResultItem, TaskReference } from './result';

/** Of an item's JSON. */
export type Fields = { [field: string]: unknown };

/** Neither a list nor nothing. */
export const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Copies the fields that have a value: an absent field is absent in the output, not `undefined`. */
function present(fields: Fields): Fields {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The last fields: the task that the result is of, and how it came about. */
function tail({ engine, model, runtime, task_id, correlation_id, state, media }: Provenance, { settings }: Origin, simplify: boolean): Fields {
	return present({ state, task_id, correlation_id, ...(simplify ? {} : { engine, model, runtime, media, settings }) });
}

/** Items of these fields, each paired with its input item; the last fields say how the result came about. */
export function asItems(all: Fields[], result: Provenance, origin: Origin, simplify: boolean): ResultItem[] {
	const last = tail(result, origin, simplify);
	return all.map((fields) => ({ json: { ...fields, ...last }, pairedItem: { item: origin.item } }));
}

/** One item for a task that has no result yet, in every output form: with it, the result can be fetched later. */
export function taskItem(task: TaskReference, origin: Origin): ResultItem {
	const { state, task_id, correlation_id, engine } = task;
	return { json: present({ state, task_id, file_name: origin.fileName, correlation_id, engine }), pairedItem: { item: origin.item } };
}

/** Seconds at millisecond precision without floating-point noise: 0.1 + 0.2 gives 0.3. */
export function seconds(value: number): number {
	// `+ 0` turns -0, which rounding a tiny negative number gives, into 0.
	return Math.round(value * 1000) / 1000 + 0;
}

export function roundSegment(segment: Segment): Segment {
	return { ...segment, start_time: seconds(segment.start_time), end_time: seconds(segment.end_time) };
}

export function roundChannel(channel: VadChannel): VadChannel {
	return {
		...channel,
		speech_length: seconds(channel.speech_length),
		segments: channel.segments.map(roundSegment),
	};
}

/** The warnings of one channel and of the file as a whole. */
export function warningsOf(result: Provenance, channelNumber: number): Warning[] {
	return (result.warnings ?? []).filter(
		({ channel_number: about }) => about === undefined || about === channelNumber,
	);
}
