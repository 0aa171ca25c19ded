/** A recording over time as SVG: a field for each channel, a time axis, totals and a legend. */
import type { FoundSegment, PictureRequest } from '../../../client/protocol';
import type { Recorded, RecordedChannel } from '../recorded';
import { SAMPLE_RATE } from '../../audio';
import { lengthOf, union } from '../../spans';
import { fillOf, number, percent, SIZES, spoken, text, xOf, type Canvas, type Part } from './canvas';
import { blocksOf, coverageOf, layersOf, type Layer } from './columns';
import { drawLegend } from './legend';
import { PALETTES } from './palette';
import { gainOf, peaksOf } from './peaks';
import { escapeXml, fitted, widthOf } from './text';
import { ticksOf } from './timeAxis';
import { voicesOf } from './voices';

/** Letters keep their size, so a picture of more pixels than this is enlarged, and one of fewer has less room. */
const MOST_UNITS = 800;

const MARGIN = 16;

/** Height of a channel's field by the number of channels. */
const heightOfField = (channels: number) => (channels === 1 ? 120 : channels === 2 ? 88 : channels <= 6 ? 60 : 40);

export interface Drawing {
	svg: string;
	/** Pixels. */
	width: number;
	height: number;
}

const spansOf = (segments: readonly FoundSegment[]) => segments.map(({ start_time: start, end_time: end }) => ({ start, end }));

const speechIn = (segments: readonly FoundSegment[]) => lengthOf(union(spansOf(segments), []));

function drawHeader({ palette, left, right, columns }: Canvas, { fileName, channels }: Recorded): Part {
	const { duration } = columns;
	const speech = speechIn(channels.flatMap((channel) => channel.segments));
	const totals = `${spoken(duration)} · speech ${spoken(speech)} (${percent(speech, duration)})`;
	const isNarrow = right - left < 560;
	const room = isNarrow ? right - left : right - left - widthOf(totals, SIZES.note) - MARGIN;
	const title = text(left, 28, fitted(fileName ?? 'Recording', room, SIZES.title), { size: SIZES.title, fill: palette.text });
	const bottom = isNarrow ? 60 : 40;
	const note = text(isNarrow ? left : right, isNarrow ? 50 : 28, totals, { size: SIZES.note, fill: palette.dimmed, anchor: isNarrow ? 'start' : 'end' });
	return { svg: title + note, bottom };
}

/** What stands above a channel's field, where there are several. */
function drawCaption({ palette, left, right, columns }: Canvas, { channelNumber, segments }: RecordedChannel, top: number): Part {
	const speech = speechIn(segments);
	const y = top + 15;
	const style = { size: SIZES.label, fill: palette.dimmed };
	const note = `speech ${spoken(speech)} (${percent(speech, columns.duration)})`;
	return { svg: text(left, y, `Channel ${channelNumber}`, style) + text(right, y, note, { ...style, anchor: 'end' }), bottom: top + 21 };
}

interface Field {
	top: number;
	height: number;
}

/** Colours behind the waveform. */
function drawVoices({ left, right, columns, voices, palette }: Canvas, layers: readonly Layer[], { top, height }: Field): string {
	const unit = (right - left) / columns.count;
	return layers
		.map((layer, voice) => {
			const path = blocksOf(layer).map(({ from, to, top: upper, bottom: lower }) => {
				const [x, y] = [left + from * unit, top + upper * height];
				return `M${number(x)} ${number(y)}h${number((to - from) * unit)}v${number((lower - upper) * height)}h${number((from - to) * unit)}z`;
			});
			return path.length === 0 ? '' : `<path fill="${fillOf(voices.all[voice]!, voice)}" fill-opacity="${palette.shade}" d="${path.join('')}"/>`;
		})
		.join('');
}

/** A line for each column, in the colours of those who speak in it, as far as they do. */
function drawWaveform({ left, right, columns, voices, palette }: Canvas, { audio }: RecordedChannel, layers: readonly Layer[], { top, height }: Field): string {
	const peaks = peaksOf(audio, columns.count);
	const scale = (gainOf(peaks) * height) / 2;
	const middle = top + height / 2;
	const unit = (right - left) / columns.count;
	const limit = height / 2 - 1;
	const silence: string[] = [];
	const spoken = layers.map((): string[] => []);
	for (let column = 0; column < columns.count; column++) {
		const [up, down] = [Math.min(limit, peaks.high[column]! * scale), Math.min(limit, -peaks.low[column]! * scale)];
		// Silence is a line.
		const [y, length] = up + down < 0.6 ? [middle - 0.3, 0.6] : [middle - up, up + down];
		const x = number(left + (column + 0.5) * unit);
		const shares = layers.map((layer) => layer.bottom[column]! - layer.top[column]!);
		if (shares.reduce((sum, share) => sum + share, 0) < ALL) silence.push(`M${x} ${number(y)}v${number(length)}`);
		for (const [voice, share] of shares.entries()) {
			if (share > 1 - ALL) spoken[voice]!.push(`M${x} ${number(y + layers[voice]!.top[column]! * length)}v${number(share * length)}`);
		}
	}
	const lines = (path: readonly string[], color: string) => (path.length === 0 ? '' : `<path stroke="${color}" stroke-width="${number(unit)}" d="${path.join('')}"/>`);
	return lines(silence, palette.silence) + spoken.map((path, voice) => lines(path, voices.all[voice]!.color)).join('');
}

/** Share of a column that is as good as all of it. */
const ALL = 0.99;

/** Height of the strip with the speakers' letters. */
const TAG_STRIP = 16;

/** Letters of the speakers, where there is room for them. */
function drawTags(canvas: Canvas, { segments }: RecordedChannel, { top }: Field): string {
	const { voices, palette, left, right } = canvas;
	if (!voices.areSpeakers) return '';
	const style = { size: 11, fill: palette.text };
	let end = left;
	return segments
		.map((segment) => {
			const { tag = '' } = voices.all[voices.of(segment)]!;
			const from = Math.max(left, xOf(canvas, segment.start_time));
			const to = Math.min(right, xOf(canvas, segment.end_time));
			const width = widthOf(tag, style.size);
			if (from < end || to - from < width + 4) return '';
			end = from + width + 6;
			return text(from + 3, top + 12, tag, style);
		})
		.join('');
}

function drawChannel(canvas: Canvas, channel: RecordedChannel, top: number, channels: number): Part {
	const { left, right, palette, columns, voices } = canvas;
	const caption = channels > 1 ? drawCaption(canvas, channel, top) : { svg: '', bottom: top };
	const field = { top: caption.bottom, height: heightOfField(channels) };
	const layers = layersOf(coverageOf(channel.segments, voices.all.length, voices.of, columns), columns.count);
	// Letters are above the waveform.
	const strip = voices.areSpeakers ? TAG_STRIP : 0;
	const wave = { top: field.top + strip, height: field.height - strip };
	const ground = `<rect x="${left}" y="${field.top}" width="${number(right - left)}" height="${field.height}" fill="${palette.field}"/>`;
	const marks = ticksFor(canvas).map(({ time }) => `M${number(xOf(canvas, time))} ${field.top}v${field.height}`);
	const grid = `<path stroke="${palette.grid}" d="${marks.join('')}"/>`;
	const svg = [
		caption.svg,
		ground,
		grid,
		drawVoices(canvas, layers, field),
		drawWaveform(canvas, channel, layers, wave),
		drawTags(canvas, channel, field),
	].join('');
	return { svg, bottom: field.top + field.height + (channels > 1 ? 8 : 0) };
}

/** Room that a mark's label takes. */
const LABEL_ROOM = 72;

function ticksFor({ left, right, columns: { start, duration } }: Canvas): ReturnType<typeof ticksOf> {
	return ticksOf(start, duration, Math.max(2, Math.floor((right - left) / LABEL_ROOM)));
}

function drawAxis(canvas: Canvas, top: number): Part {
	const style = { size: SIZES.label, fill: canvas.palette.dimmed };
	const placed = ticksFor(canvas).map(({ time, label }) => {
		const half = widthOf(label, style.size) / 2;
		const wanted = xOf(canvas, time);
		// Within the picture, also at its edges.
		const x = Math.min(canvas.right - half, Math.max(canvas.left + half, wanted));
		return { label, half, x, isMoved: x !== wanted };
	});
	const isTooClose = (one?: { x: number; half: number }, other?: { x: number; half: number }) => one !== undefined && other !== undefined && other.x - other.half < one.x + one.half + 6;
	const kept = placed.filter((one, i) => !one.isMoved || !(isTooClose(placed[i - 1], one) || isTooClose(one, placed[i + 1])));
	const labels = kept.map(({ label, x }) => text(x, top + 16, label, { ...style, anchor: 'middle' }));
	return { svg: labels.join(''), bottom: top + 24 };
}

/** Stripes of the voices whose colours are used a second time. */
function definitions({ voices }: Canvas): string {
	const patterns = voices.all.flatMap(({ striped, color }, i) =>
		striped
			? `<pattern id="stripes-${i}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
				`<rect width="6" height="6" fill="${color}" fill-opacity="0.35"/><rect width="3" height="6" fill="${color}"/></pattern>`
			: [],
	);
	return patterns.length > 0 ? `<defs>${patterns.join('')}</defs>` : '';
}

/** What a reader of the page is told in place of the picture. */
function described({ fileName, channels }: Recorded, { columns, voices }: Canvas): string {
	const speech = speechIn(channels.flatMap((channel) => channel.segments));
	const people = voices.areSpeakers ? `, ${voices.all.length} speakers` : '';
	return (
		`<title>${escapeXml(fileName ?? 'Recording')}</title>` +
		`<desc>${escapeXml(`Timeline of ${spoken(columns.duration)}, ${channels.length} channels, speech ${spoken(speech)}${people}`)}</desc>`
	);
}

/** The font of the picture in pixels, and one as wide for viewers that have not got it. */
const FONTS = "'DejaVu Sans Condensed','Noto Sans',Arial,sans-serif";

/** Seconds of a pixel beyond which pictures are made of bars: what is said in a pixel is chance, and of several a tendency. */
const CROWDED = 4;
/** Width of such a bar, units. */
const BAR = 4;

/** @param request its formats do not matter here */
export function draw(recorded: Recorded, { theme, width }: PictureRequest): Drawing {
	const palette = PALETTES[theme];
	const { channels, start } = recorded;
	const units = Math.min(MOST_UNITS, width);
	const [left, right] = [MARGIN, units - MARGIN];
	const duration = Math.max(0.001, (channels[0]?.audio.length ?? 0) / SAMPLE_RATE);
	const pixels = Math.round(((right - left) * width) / units);
	const count = duration / pixels > CROWDED ? Math.round((right - left) / BAR) : pixels;
	const canvas: Canvas = { palette, left, right, columns: { count, start, duration }, voices: voicesOf(channels, palette) };
	const parts = [drawHeader(canvas, recorded)];
	for (const channel of channels) parts.push(drawChannel(canvas, channel, parts.at(-1)!.bottom, channels.length));
	parts.push(drawAxis(canvas, parts.at(-1)!.bottom));
	parts.push(drawLegend(canvas, parts.at(-1)!.bottom));
	const height = parts.at(-1)!.bottom + MARGIN - 4;
	const tall = Math.round((height * width) / units);
	const svg =
		`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${tall}" viewBox="0 0 ${units} ${number(height)}" role="img" ` +
		`font-family="${FONTS}">${described(recorded, canvas)}${definitions(canvas)}<rect width="100%" height="100%" fill="${palette.background}"/>` +
		`${parts.map((part) => part.svg).join('\n')}</svg>\n`;
	return { svg, width, height: tall };
}
