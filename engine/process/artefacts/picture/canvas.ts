/** What all parts of a picture share: its place in time and space, letters, numbers in words. */
import type { Columns } from './columns';
import type { Palette } from './palette';
import { escapeXml } from './text';
import { clock } from './timeAxis';
import type { Voice, Voices } from './voices';

/** Sizes of letters. */
export const SIZES = { title: 16, note: 14, label: 13 };

/** What all parts of a picture need. */
export interface Canvas {
	palette: Palette;
	/** Units. */
	left: number;
	right: number;
	columns: Columns;
	voices: Voices;
}

/** A part of the picture and where the next one begins. */
export interface Part {
	svg: string;
	bottom: number;
}

export const xOf = ({ left, right, columns: { start, duration } }: Canvas, time: number): number => left + ((time - start) / duration) * (right - left);

export const number = (value: number): string => String(Math.round(value * 100) / 100);

interface TextStyle {
	size: number;
	fill: string;
	anchor?: 'start' | 'middle' | 'end';
}

export function text(x: number, y: number, content: string, { size, fill, anchor = 'start' }: TextStyle): string {
	const position = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
	return `<text x="${number(x)}" y="${number(y)}" font-size="${size}" fill="${fill}"${position}>${escapeXml(content)}</text>`;
}

/** Seconds as people say them: tenths of less than a minute. */
export const spoken = (seconds: number): string => (seconds < 59.95 ? `${seconds.toFixed(1)} s` : clock(seconds));

export const percent = (part: number, whole: number): string => `${whole > 0 ? Math.round((100 * part) / whole) : 0} %`;

export const fillOf = ({ color, striped }: Voice, index: number): string => (striped ? `url(#stripes-${index})` : color);
