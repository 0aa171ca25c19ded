/** What a picture's columns show: how much of each column's time which voice has. */
import type { FoundSegment } from '../../../client/protocol';

export interface Columns {
	count: number;
	/** Seconds of the file's timeline. */
	start: number;
	/** Seconds. */
	duration: number;
}

/**
 * Share of each column that each voice covers, 0 to 1.
 * @param voiceOf index of a segment's voice
 */
export function coverageOf(segments: readonly FoundSegment[], voices: number, voiceOf: (segment: FoundSegment) => number, { count, start, duration }: Columns): Float32Array[] {
	const coverage = Array.from({ length: voices }, () => new Float32Array(count));
	const place = (time: number) => Math.min(count, Math.max(0, ((time - start) / duration) * count));
	for (const segment of segments) {
		const own = coverage[voiceOf(segment)]!;
		const [from, to] = [place(segment.start_time), place(segment.end_time)];
		for (let column = Math.floor(from); column < to; column++) {
			own[column] = Math.min(1, own[column]! + Math.min(to, column + 1) - Math.max(from, column));
		}
	}
	return coverage;
}

/** Where a voice's colour is in each column: from one share of the height to another, 0 at the top; nothing where both are the same. */
export interface Layer {
	top: Float32Array;
	bottom: Float32Array;
}

/**
 * The layers of the voices, around the middle of the height: as high as the share of the column's time in which anybody
 * speaks, divided among those who do. So a long recording, whose columns hold many segments, is not all colour.
 */
export function layersOf(coverage: readonly Float32Array[], count: number): Layer[] {
	const layers = coverage.map((): Layer => ({ top: new Float32Array(count), bottom: new Float32Array(count) }));
	for (let column = 0; column < count; column++) {
		const total = coverage.reduce((sum, own) => sum + own[column]!, 0);
		const scale = total > 1 ? 1 / total : 1;
		let edge = 0.5 - (total * scale) / 2;
		for (const [voice, { top, bottom }] of layers.entries()) {
			top[column] = edge;
			edge += coverage[voice]![column]! * scale;
			bottom[column] = edge;
		}
	}
	return layers;
}

/** A stretch of columns in which a layer is the same. */
export interface Block {
	from: number;
	to: number;
	top: number;
	bottom: number;
}

const round = (share: number) => Math.round(share * 100) / 100;

export function blocksOf({ top, bottom }: Layer): Block[] {
	const blocks: Block[] = [];
	for (let column = 0; column < top.length; column++) {
		const [upper, lower] = [round(top[column]!), round(bottom[column]!)];
		if (lower <= upper) continue;
		const last = blocks.at(-1);
		if (last && last.to === column && last.top === upper && last.bottom === lower) last.to++;
		else blocks.push({ from: column, to: column + 1, top: upper, bottom: lower });
	}
	return blocks;
}
