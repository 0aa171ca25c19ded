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

/** A stretch of columns that look the same: from one height to another, 0 at the top, 1 at the bottom. */
export interface Block {
	from: number;
	to: number;
	top: number;
	bottom: number;
}

const round = (share: number) => Math.round(share * 100) / 100;

/**
 * The fields of colour of each voice, around the middle of the height: as high as the share of the column's time in which
 * anybody speaks, divided among those who do. So a long recording, whose columns hold many segments, is not all colour.
 */
export function blocksOf(coverage: readonly Float32Array[], count: number): Block[][] {
	const blocks = coverage.map((): Block[] => []);
	for (let column = 0; column < count; column++) {
		const shares = coverage.map((own) => own[column]!);
		const total = shares.reduce((sum, share) => sum + share, 0);
		const scale = total > 1 ? 1 / total : 1;
		let top = 0.5 - (total * scale) / 2;
		for (const [voice, share] of shares.entries()) {
			const bottom = top + share * scale;
			if (round(bottom) > round(top)) append(blocks[voice]!, { from: column, to: column + 1, top: round(top), bottom: round(bottom) });
			top = bottom;
		}
	}
	return blocks;
}

function append(blocks: Block[], block: Block): void {
	const last = blocks.at(-1);
	if (last && last.to === block.from && last.top === block.top && last.bottom === block.bottom) last.to = block.to;
	else blocks.push(block);
}

/** The voice that has most of each column; -1 where most of it is nobody's. */
export function mainVoices(coverage: readonly Float32Array[], count: number): Int16Array {
	const main = new Int16Array(count).fill(-1);
	for (let column = 0; column < count; column++) {
		const shares = coverage.map((own) => own[column]!);
		const most = Math.max(...shares);
		if (shares.reduce((sum, share) => sum + share, 0) >= 0.5) main[column] = shares.indexOf(most);
	}
	return main;
}
