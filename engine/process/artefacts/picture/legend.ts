/** Which colour is whose, and how long each speaks. */
import { fillOf, number, percent, SIZES, spoken, text, type Canvas, type Part } from './canvas';
import { escapeXml, fitted, widthOf } from './text';
import type { Voice } from './voices';

/** Entries that stand in a legend; who speaks least is left out. */
const MOST = 24;

const LINE = 24;
const SWATCH = 14;
/** Narrowest entry. */
const COLUMN = 240;

interface Entry {
	voice: Voice;
	index: number;
	note: string;
}

/** How much speech there is in all stands at the top, where channels at the same time count once: no second number for it. */
function noteOf({ voices }: Canvas, { length }: Voice, index: number): string {
	if (!voices.areSpeakers) return index === 0 ? '' : spoken(length);
	const talk = voices.all.reduce((sum, voice) => sum + voice.length, 0);
	return `${spoken(length)} (${percent(length, talk)})`;
}

function entriesOf(canvas: Canvas): { entries: Entry[]; more: number } {
	const all = canvas.voices.all.map((voice, index) => ({ voice, index, note: noteOf(canvas, voice, index) }));
	const least = all.map(({ voice }) => voice.length).sort((one, other) => other - one)[MOST - 1] ?? 0;
	const entries = all.filter(({ voice }) => voice.length >= least).slice(0, MOST);
	return { entries, more: all.length - entries.length };
}

function drawEntry({ palette }: Canvas, { voice, index, note }: Entry, x: number, y: number, room: number): string {
	const { color, striped, tag } = voice;
	const rect = `<rect x="${number(x)}" y="${number(y - 11)}" width="${SWATCH}" height="${SWATCH}" rx="2" fill="${fillOf(voice, index)}"${striped ? ` stroke="${color}"` : ''}/>`;
	const size = SIZES.label;
	const name = fitted(`${tag === undefined ? '' : `${tag} `}${voice.label}`, room - SWATCH - 18 - widthOf(note, size), size);
	const lengths = note && `<tspan dx="8" fill="${palette.dimmed}">${note}</tspan>`;
	return `${rect}<text x="${number(x + SWATCH + 6)}" y="${number(y)}" font-size="${size}" fill="${palette.text}">${escapeXml(name)}${lengths}</text>`;
}

export function drawLegend(canvas: Canvas, top: number): Part {
	const { left, right, palette, voices } = canvas;
	if (voices.all.every(({ length }) => length === 0)) {
		return { svg: text(left, top + 22, 'No speech was found', { size: SIZES.label, fill: palette.text }), bottom: top + 8 + LINE };
	}
	const { entries, more } = entriesOf(canvas);
	const columns = Math.max(1, Math.min(entries.length, Math.floor((right - left) / COLUMN)));
	const room = (right - left) / columns;
	const lines = Math.ceil(entries.length / columns);
	const drawn = entries.map((entry, i) => drawEntry(canvas, entry, left + (i % columns) * room, top + 22 + Math.floor(i / columns) * LINE, room));
	const rest = more > 0 ? text(left, top + 22 + lines * LINE, `and ${more} more, who speak less`, { size: SIZES.label, fill: palette.dimmed }) : '';
	return { svg: drawn.join('') + rest, bottom: top + 8 + (lines + (more > 0 ? 1 : 0)) * LINE };
}
