/** A recording under names that a picture's font can write, for pictures that bring their letters along as pixels. */
import type { Recorded } from '../recorded';
import type { Glyphs } from './glyphs';
import { plain } from './text';

const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What the font has not, as dots. */
function withDots(text: string, glyphs: Glyphs): string {
	const kept = [...letters.segment(text)].map(({ segment }) => (glyphs.has(segment) ? segment : '…'));
	return kept.join('').replace(/…(\s*…)*/g, '…');
}

/**
 * The recording with dots in its file's name, and with the numbers of speakers in place of their names, where letters
 * are missing.
 * @returns what was replaced, as it was
 */
export function lettered(recorded: Recorded, glyphs: Glyphs): { recorded: Recorded; replaced: string[] } {
	const replaced = new Set<string>();
	const isWritten = (text: string) => {
		const isThere = glyphs.has(plain(text));
		if (!isThere) replaced.add(plain(text));
		return isThere;
	};
	const { fileName } = recorded;
	const channels = recorded.channels.map((channel) => ({
		...channel,
		segments: channel.segments.map((segment) => (typeof segment.name !== 'string' || isWritten(segment.name) ? segment : { ...segment, name: null })),
	}));
	const named = fileName === undefined || isWritten(fileName) ? fileName : withDots(plain(fileName), glyphs);
	return { recorded: { ...recorded, ...(named === undefined ? {} : { fileName: named }), channels }, replaced: [...replaced] };
}
