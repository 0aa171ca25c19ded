/**
 * Which letters a font has, read from its table `cmap` (OpenType specification, formats 4 and 12). A renderer draws a box
 * for each other one, which tells nothing and looks broken.
 */

/** Inclusive. */
type Range = [first: number, last: number];

const MORE_THAN_16_BITS = 12;

export class Glyphs {
	private readonly ranges: Range[];

	/** @param font a TrueType file with a table for Unicode */
	constructor(font: Uint8Array) {
		const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
		this.ranges = rangesOf(view, tableOf(view, 'cmap'));
	}

	/** Whether every letter of the text is there; what is never drawn counts as there. */
	has(text: string): boolean {
		return [...text].every((letter) => /\p{Default_Ignorable_Code_Point}|\s/u.test(letter) || this.hasPoint(letter.codePointAt(0)!));
	}

	private hasPoint(point: number): boolean {
		return this.ranges.some(([first, last]) => first <= point && point <= last);
	}
}

function tableOf(view: DataView, name: string): number {
	for (let i = 0; i < view.getUint16(4); i++) {
		const record = 12 + 16 * i;
		const tag = String.fromCharCode(...[0, 1, 2, 3].map((at) => view.getUint8(record + at)));
		if (tag === name) return view.getUint32(record + 8);
	}
	throw new Error(`The font has no table ${name}`);
}

/** Of the subtable that reaches farthest. */
function rangesOf(view: DataView, cmap: number): Range[] {
	const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, i) => cmap + view.getUint32(cmap + 8 + 8 * i));
	const full = subtables.find((at) => view.getUint16(at) === MORE_THAN_16_BITS);
	if (full !== undefined) return groups(view, full);
	const basic = subtables.find((at) => view.getUint16(at) === 4);
	if (basic === undefined) throw new Error('The font has no table of letters that is known here');
	return segments(view, basic);
}

function groups(view: DataView, at: number): Range[] {
	return Array.from({ length: view.getUint32(at + 12) }, (_, i): Range => [view.getUint32(at + 16 + 12 * i), view.getUint32(at + 20 + 12 * i)]);
}

function segments(view: DataView, at: number): Range[] {
	const doubled = view.getUint16(at + 6);
	return Array.from({ length: doubled / 2 - 1 }, (_, i): Range => [view.getUint16(at + 16 + doubled + 2 * i), view.getUint16(at + 14 + 2 * i)]);
}
