/** Label files as other programs read them: by parsers that know nothing of this package. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'csv-parse/sync';
import { LABEL_FILES, LABEL_FORMATS, type LabelledSegment } from '../../dist/items/labelFiles.js';

/** Its own types are written for bundlers. */
interface Captions {
	parseText(
		text: string,
		options: { type: 'srt' | 'vtt'; strict: boolean; errors: boolean },
	): Promise<{ cues: Array<{ startTime: number; endTime: number; text: string }>; errors: Error[] }>;
}

const { parseText } = (await import('media-captions')) as unknown as Captions;

/** More than an hour, more than a day, overlapping, names that formats take for something else. */
const SEGMENTS: LabelledSegment[] = [
	{ start_time: 0, end_time: 0.001, label: 'speech', channel: 0 },
	{ start_time: 59.9996, end_time: 61.5, label: 'Ann "the, boss" O\'Neil', channel: 1 },
	{ start_time: 60.25, end_time: 3661.007, label: 'A --> B', channel: 0 },
	{ start_time: 3599.9999, end_time: 7325.5, label: '<b>Ben & Co</b>', channel: 0 },
	{ start_time: 90_000, end_time: 90_061.25, label: '王伟\n\nИван', channel: 11 },
];

const LABELS = SEGMENTS.map(({ label }) => label.replace('-->', '→').replace(/\s+/g, ' '));

const isNear = (one: number, other: number) => Math.abs(one - other) <= 0.0006;

function assertTimes(found: Array<{ start: number; end: number }>): void {
	assert.equal(found.length, SEGMENTS.length);
	for (const [i, { start, end }] of found.entries()) {
		assert.ok(isNear(start, SEGMENTS[i].start_time) && isNear(end, SEGMENTS[i].end_time), `${i}: ${start} to ${end}`);
	}
}

async function cuesOf(format: 'srt' | 'webvtt', segments: LabelledSegment[]) {
	const text = LABEL_FORMATS[format](segments, 'call.wav');
	const { cues, errors } = await parseText(text, { type: format === 'srt' ? 'srt' : 'vtt', strict: format === 'webvtt', errors: true });
	assert.deepEqual(errors, []);
	return cues.map(({ startTime: start, endTime: end, text: content }) => ({ start, end, content }));
}

const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

describe('label files are read back', () => {
	it('as WebVTT, with each speaker as a voice', async () => {
		const cues = await cuesOf('webvtt', SEGMENTS);
		assertTimes(cues);
		const spoken = cues.map(({ content }) => /^<v ([^>]+)>(.*)<\/v>$/.exec(content)!.slice(1).map((part) => part.replace(/&\w+;/g, (entity) => ENTITIES[entity])));
		assert.deepEqual(spoken, LABELS.map((label) => [label, label]));
	});

	it('as SubRip', async () => {
		const cues = await cuesOf('srt', SEGMENTS);
		assertTimes(cues);
		assert.deepEqual(cues.map(({ content }) => content), LABELS);
	});

	it('as CSV', () => {
		const rows = parse<Record<string, string>>(LABEL_FORMATS.csv(SEGMENTS, ''), { columns: true, record_delimiter: '\r\n' });
		assertTimes(rows.map(({ start_time: start, end_time: end }) => ({ start: Number(start), end: Number(end) })));
		assert.deepEqual(rows.map(({ label }) => label), LABELS);
		assert.deepEqual(rows.map(({ channel_number: channel }) => Number(channel)), [0, 1, 0, 0, 11]);
		assert.ok(rows.every(({ start_time: start, end_time: end, duration }) => isNear(Number(end) - Number(start), Number(duration))));
	});

	it('as CSV, in which no name is a formula for a spreadsheet, and all others are as they were', () => {
		const names = ['=HYPERLINK("http://x","y")', '+49 171', '-2+3', '@SUM(A1)', '\t=1', '＝1', "Ann;=1", "O'Neil", 'a=b', 'Ann - Ben', ''];
		const text = LABEL_FORMATS.csv(names.map((label, i) => ({ start_time: i, end_time: i + 1, label })), '');
		const labels = parse<Record<string, string>>(text, { columns: true }).map(({ label }) => label);
		assert.deepEqual(labels, [`'=HYPERLINK("http://x","y")`, "'+49 171", "'-2+3", "'@SUM(A1)", "'=1", "'＝1", "Ann;'=1", "O'Neil", 'a=b', 'Ann - Ben', '']);
		// Where a semicolon parts cells.
		assert.deepEqual(parse(text, { delimiter: ';', relax_column_count: true, relax_quotes: true }).flat().filter((field: string) => field.startsWith('=')), []);
	});

	it('as RTTM, whose fields have no blanks and whose channels count from 1', () => {
		const rows = LABEL_FORMATS.rttm(SEGMENTS, 'my call.mp3').trimEnd().split('\n').map((row) => row.split(' '));
		assert.ok(rows.every((row) => row.length === 10 && row[0] === 'SPEAKER' && row[1] === 'my_call'));
		assertTimes(rows.map(([, , , start, duration]) => ({ start: Number(start), end: Number(start) + Number(duration) })));
		assert.deepEqual(rows.map(([, , channel]) => channel), ['1', '2', '1', '1', '12']);
	});

	it('as labels of Audacity', () => {
		const rows = LABEL_FORMATS.audacity(SEGMENTS, '').trimEnd().split('\n').map((row) => row.split('\t'));
		assertTimes(rows.map(([start, end]) => ({ start: Number(start), end: Number(end) })));
		assert.deepEqual(rows.map(([, , label]) => label), LABELS);
	});

	it('of nothing, too', async () => {
		assert.deepEqual(await cuesOf('webvtt', []), []);
		assert.deepEqual(await cuesOf('srt', []), []);
		assert.deepEqual(parse(LABEL_FORMATS.csv([], ''), { columns: true }), []);
	});
});

it('each format has an ending of its own, so that the fields of an item do', () => {
	const endings = Object.values(LABEL_FILES).map(({ extension }) => extension);
	assert.equal(new Set(endings).size, endings.length);
	assert.deepEqual(Object.keys(LABEL_FILES), Object.keys(LABEL_FORMATS));
});
