/**
 * Times in audio from which silence was cut, as times in the recording. Two stretches meet at one moment of the cut audio,
 * and what begins there belongs to the later one, what ends there to the earlier.
 */
import { countWhile } from '../search';
import type { TimeMapEntry } from '../engine/client/protocol';
import { isObject } from './fields';

/** What a time is of a word or sentence. */
export type Side = 'start' | 'end';

/** The list of stretches, in the order of time. */
export type TimeMap = readonly TimeMapEntry[];

/** Seconds by which times may lie outside of the cut audio: they are rounded, and so is its length. */
export const TOLERANCE = 0.02;

/** Seconds by which a stretch may be longer in the one than in the other. */
const ROUNDING = 0.005;

const NAMES = ['start_time', 'end_time', 'cut_start_time', 'cut_end_time'] as const;

function isEntry(value: unknown): value is TimeMapEntry {
	if (!isObject(value) || !NAMES.every((name) => Number.isFinite(value[name]))) return false;
	const { start_time: start, end_time: end, cut_start_time: cutStart, cut_end_time: cutEnd } = value as unknown as TimeMapEntry;
	return start >= 0 && end > start && cutStart >= 0 && Math.abs(end - start - (cutEnd - cutStart)) <= ROUNDING;
}

/** A clip is one stretch. */
export function mapOfClip({ clip_index: index, start_time: start, end_time: end }: Record<string, unknown>): TimeMap | undefined {
	if (typeof index !== 'number' || typeof start !== 'number' || typeof end !== 'number') return undefined;
	return [{ start_time: start, end_time: end, cut_start_time: 0, cut_end_time: end - start }];
}

/** @param value the list, or an item of cut audio or of a clip; undefined where there is no map in it, or a wrong one */
export function timeMapIn(value: unknown): TimeMap | undefined {
	if (isObject(value)) return value.time_map === undefined ? mapOfClip(value) : timeMapIn(value.time_map);
	if (!Array.isArray(value) || value.length === 0 || !value.every(isEntry)) return undefined;
	const isOrdered = value.every((entry, i) => i === 0 || (entry.cut_start_time >= value[i - 1]!.cut_end_time - ROUNDING && entry.start_time >= value[i - 1]!.end_time - ROUNDING));
	return isOrdered ? value : undefined;
}

/** Seconds of cut audio. */
export const cutLength = (map: TimeMap): number => map.at(-1)!.cut_end_time;

/** Seconds beyond which a number is no time of the cut audio, however bad the service is at its end. */
export const farthest = (map: TimeMap): number => 1.5 * cutLength(map) + 1;

/** Whether a time lies within the cut audio. @param time seconds */
export const isWithin = (map: TimeMap, time: number): boolean => time >= -TOLERANCE && time <= cutLength(map) + TOLERANCE;

/**
 * The time in the recording; what lies outside of the cut audio is taken to its beginning or end.
 * @param time seconds of the cut audio
 */
export function timeInRecording(map: TimeMap, time: number, side: Side): number {
	// The times of the map are milliseconds, those of a join may differ by as much.
	const isBefore = side === 'start' ? (entry: TimeMapEntry) => entry.cut_end_time <= time + HALF : (entry: TimeMapEntry) => entry.cut_end_time < time - HALF;
	const entry = map[countWhile(map.length - 1, (i) => isBefore(map[i]!))]!;
	return Math.max(entry.start_time, Math.min(entry.end_time, entry.start_time + time - entry.cut_start_time));
}

/** Half a millisecond, in seconds. */
const HALF = 0.0005;
