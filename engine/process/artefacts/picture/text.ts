/** Text in a picture: what XML allows, as long as there is room, in letters that the picture's font has. */

// eslint-disable-next-line no-control-regex -- these are what XML forbids, and what turns the direction of a line around
const FORBIDDEN = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

const NAMES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Without what no picture shows and some must not have. */
export const plain = (text: string): string => text.replace(/\p{Surrogate}/gu, '\ufffd').replace(FORBIDDEN, ' ').replace(/\s+/g, ' ').trim();

/** For the content or a quoted attribute of an XML element. */
export const escapeXml = (text: string): string => plain(text).replace(/[&<>"']/g, (letter) => NAMES[letter]!);

const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3ffff}]/u;
const THIN = /[ijl.,:;'|!()[\]tfr ]/;
const BROAD = /[MWmw@%]|\p{Lu}/u;

/** Width of a letter as a share of the font's size, rather more than less: fonts of a viewer differ. */
function widthOfLetter(letter: string): number {
	if (WIDE.test(letter)) return 1;
	if (THIN.test(letter)) return 0.38;
	return BROAD.test(letter) ? 0.72 : 0.58;
}

const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Letters as people count them: an accent or a part of an emoji is never alone. */
const lettersOf = (text: string): string[] => [...letters.segment(text)].map(({ segment }) => segment);

/** Room that a text takes at most, in the unit of `size`. */
export function widthOf(text: string, size: number): number {
	return lettersOf(text).reduce((sum, letter) => sum + widthOfLetter(letter) * size, 0);
}

/** The text, or its beginning and its end: both tell names apart. */
export function fitted(text: string, room: number, size: number): string {
	const all = lettersOf(plain(text));
	const isFitting = (kept: number) => widthOf(shortened(all, kept), size) <= room;
	let kept = all.length;
	while (kept > 1 && !isFitting(kept)) kept--;
	return shortened(all, kept);
}

function shortened(all: readonly string[], kept: number): string {
	if (kept >= all.length) return all.join('');
	const end = Math.floor((kept - 1) / 3);
	return `${all.slice(0, Math.max(1, kept - 1 - end)).join('')}…${end === 0 ? '' : all.slice(-end).join('')}`;
}
