/** Whether anybody else talks beside one person, as far as windows of a recording tell. */
import { SAMPLE_RATE } from '../audio';
import { STEP, WINDOW } from './segmentation';
import type { Tracks } from './tracks';

/** Half a window. */
const BLOCK = WINDOW / 2 / STEP;

/** Seconds that each track talks, by block. */
function talkByBlock({ runs }: Tracks): Map<number, Map<number, number>> {
	const blocks = new Map<number, Map<number, number>>();
	for (const { track, from, to } of runs) {
		for (let at = from; at < to; ) {
			const block = Math.floor(at / BLOCK);
			const end = Math.min(to, Math.ceil((block + 1) * BLOCK));
			const talk = blocks.get(block) ?? new Map<number, number>();
			talk.set(track, (talk.get(track) ?? 0) + ((end - at) * STEP) / SAMPLE_RATE);
			blocks.set(block, talk);
			at = end;
		}
	}
	return blocks;
}

/**
 * The most seconds that a second person talks within ten. Tracks that lie further apart may be one person, and windows cannot tell.
 */
export function talkOfOthers(tracks: Tracks): number {
	const blocks = talkByBlock(tracks);
	let most = 0;
	for (const [block, talk] of blocks) {
		const both = new Map(talk);
		for (const [track, seconds] of blocks.get(block + 1) ?? []) both.set(track, (both.get(track) ?? 0) + seconds);
		const [, second = 0] = [...both.values()].sort((one, other) => other - one);
		most = Math.max(most, second);
	}
	return most;
}
