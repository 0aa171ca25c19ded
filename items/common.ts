/** What the output forms share, so that a field has the same name, place and meaning in each of them. */
import type { Segment, VadChannel, Warning } from '../engine/client/protocol';
import { seconds } from './seconds';
import type { Origin, Provenance } from './types';

type Fields = { [field: string]: unknown };

/** Copies the fields that have a value: an absent field is absent in the output, not `undefined`. */
export function present(fields: Fields): Fields {
	return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** The first fields of every item: which file this is about and who says so. */
export function head(result: Provenance, origin: Origin): Fields {
	const { engine, model, runtime, task_id, correlation_id, state } = result;
	return present({ file_name: origin.fileName, engine, model, runtime, task_id, correlation_id, state });
}

/** The last fields of every item where `simplify` is off: how the result came about. */
export function details(result: Provenance, origin: Origin): Fields {
	return present({ media: result.media, settings: origin.settings });
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

/** Seconds of media, where the result says so. */
export function roundDuration({ duration }: Provenance): number | undefined {
	return duration === undefined ? undefined : seconds(duration);
}

/** The warnings of one channel and of the file as a whole. */
export function warningsOf(result: Provenance, channelNumber: number): Warning[] {
	return (result.warnings ?? []).filter(
		({ channel_number: about }) => about === undefined || about === channelNumber,
	);
}
