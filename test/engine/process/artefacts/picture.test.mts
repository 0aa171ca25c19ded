/** The timeline picture: what is drawn where, what is said, and that it is a picture whatever the names are. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { FoundSegment, PictureRequest } from '../../../../dist/engine/client/protocol.js';
import type { Recorded } from '../../../../dist/engine/process/artefacts/recorded.js';

const load = createRequire(import.meta.url);
const { makePicture } = load('../../../../dist/engine/process/artefacts/picture/picture.js') as typeof import('../../../../dist/engine/process/artefacts/picture/picture.js');
const { peaksOf } = load('../../../../dist/engine/process/artefacts/picture/peaks.js') as typeof import('../../../../dist/engine/process/artefacts/picture/peaks.js');
const { ticksOf } = load('../../../../dist/engine/process/artefacts/picture/timeAxis.js') as typeof import('../../../../dist/engine/process/artefacts/picture/timeAxis.js');
const { coverageOf, layersOf } = load('../../../../dist/engine/process/artefacts/picture/columns.js') as typeof import('../../../../dist/engine/process/artefacts/picture/columns.js');
const { XMLParser, XMLValidator } = load('fast-xml-parser') as typeof import('fast-xml-parser');

const folder = mkdtempSync(join(tmpdir(), 'picture-'));
after(() => rmSync(folder, { recursive: true }));

const RATE = 16_000;

/** A tone in each second of which `isLoud`. */
const tone = (seconds: number, isLoud: (second: number) => boolean) => ({
	length: seconds * RATE,
	read: (start: number, target: Float32Array) => {
		for (let i = 0; i < target.length; i++) target[i] = isLoud((start + i) / RATE) ? 0.5 * Math.sin(i / 5) : 0;
	},
});

const span = (start_time: number, end_time: number, more: Partial<FoundSegment> = {}): FoundSegment => ({ segment_type: 'voice', start_time, end_time, ...more });

async function pictureOf(segments: FoundSegment[][], { fileName = 'call.wav', seconds = 10, start = 0, ...request }: Partial<PictureRequest> & { fileName?: string; seconds?: number; start?: number } = {}) {
	const ownSound = async () => assert.fail('a picture needs no other sound');
	const recorded: Recorded = { fileName, start, folder, ownSound, channels: segments.map((own, channelNumber) => ({ channelNumber, audio: tone(seconds, (second) => second % 2 < 1), segments: own })) };
	const made = await makePicture(recorded, { formats: ['svg', 'png'], theme: 'light', width: 800, ...request });
	return { made, svg: readFileSync(join(folder, 'timeline.svg'), 'utf8'), png: readFileSync(join(folder, 'timeline.png')) };
}

const textsOf = (svg: string) => [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, text]) => text.replace(/<[^>]+>/g, ' '));

const sizeOf = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)];

describe('the picture', () => {
	it('takes one look at the sound, in however many formats it is', async () => {
		let samples = 0;
		const whole = tone(10, () => true);
		const audio = { length: whole.length, read: (start: number, target: Float32Array) => (samples += target.length, whole.read(start, target)) };
		const recorded = { fileName: 'call.wav', start: 0, folder, ownSound: async () => assert.fail(), channels: [{ channelNumber: 0, audio, segments: [span(1, 3)] }] };
		await makePicture(recorded, { formats: ['svg', 'png'], theme: 'light', width: 800 });
		assert.equal(samples, audio.length);
	});

	it('is SVG and PNG of the width asked for, private, and says whose it is and how much is spoken', async () => {
		const { made, svg, png } = await pictureOf([[span(1, 3), span(5, 7.5)]]);
		assert.deepEqual(made.map(({ fileName, mimeType, width }) => [fileName, mimeType, width]), [['call-timeline.svg', 'image/svg+xml', 800], ['call-timeline.png', 'image/png', 800]]);
		assert.equal(XMLValidator.validate(svg), true);
		assert.deepEqual(sizeOf(png), [made[1].width, made[1].height]);
		assert.equal(statSync(made[0].path).mode & 0o777, 0o600);
		const texts = textsOf(svg);
		assert.ok(texts.includes('call.wav') && texts.includes('10.0 s · speech 4.5 s (45 %)'), texts.join('|'));
	});

	it('has the columns of speech in its colour, and the others not', async () => {
		const { svg } = await pictureOf([[span(2, 4)]]);
		const [, path] = /<path fill="#0072b2"[^>]* d="([^"]+)"/.exec(svg)!;
		const [, x, width] = /M([\d.]+) 40h([\d.]+)v120/.exec(path)!;
		// 768 units from 16 on are ten seconds; a column is a unit.
		assert.ok(Math.abs(Number(x) - (16 + 153.6)) <= 1 && Math.abs(Number(width) - 153.6) <= 2, path);
	});

	it('names channels, echoes and speakers, and counts the talk of each', async () => {
		const { svg } = await pictureOf([[span(0, 4)], [span(5, 6), span(7, 8, { echo_of_channel: 0 })]]);
		const texts = textsOf(svg).join('|');
		assert.match(texts, /Channel 0\|speech 4\.0 s \(40 %\)/);
		assert.match(texts, /Channel 1\|speech 2\.0 s/);
		assert.match(texts, /Echo of another channel 1\.0 s/);
		const people = await pictureOf([[span(0, 3, { speaker: 'SPEAKER_00', name: 'Anna' }), span(3, 4, { speaker: 'SPEAKER_01', name: null })]]);
		assert.match(textsOf(people.svg).join('|'), /A Anna 3\.0 s \(75 %\) \|B SPEAKER_01 1\.0 s \(25 %\)/);
	});

	it('takes any name: markup is text, what XML forbids is gone, long ones are shortened', async () => {
		const odd = `a<b>&"'\u0000\u202e\ud800${'long '.repeat(60)}end.wav`;
		const { svg, made } = await pictureOf([[span(0, 1, { speaker: 'S', name: odd })]], { fileName: odd });
		assert.equal(XMLValidator.validate(svg), true);
		const { svg: root } = new XMLParser({ ignoreAttributes: false }).parse(svg) as { svg: { title: string } };
		assert.ok(root.title.startsWith('a<b>&"') && ['\u0000', '\u202e', '\ud800'].every((letter) => !svg.includes(letter)));
		assert.ok(textsOf(svg)[0].length < 90 && textsOf(svg)[0].includes('…'));
		assert.equal(made.length, 2);
	});

	it('of names that the PNG cannot write says so, and the SVG has them', async () => {
		const people = [span(0, 1, { speaker: 'SPEAKER_00', name: 'Иван' }), span(2, 3, { speaker: 'SPEAKER_01', name: '王伟' })];
		const { made, svg } = await pictureOf([people], { fileName: '会议 1.wav' });
		assert.deepEqual(made[1].notWritten?.toSorted(), ['会议 1.wav', '王伟'].toSorted());
		assert.ok(svg.includes('王伟') && svg.includes('会议 1.wav') && made[0].notWritten === undefined);
	});

	it('of silence, of a long recording and of many speakers is one, too', async () => {
		const silence = await pictureOf([[]], { seconds: 1 });
		assert.ok(textsOf(silence.svg).includes('No speech was found'));
		const many = Array.from({ length: 40 }, (_, i) => span(i / 4, i / 4 + 0.2, { speaker: `SPEAKER_${i}` }));
		assert.match(textsOf((await pictureOf([many], { formats: ['svg'] })).svg).join('|'), /and 16 more/);
	});

	it('has dark colours where asked for, and more pixels', async () => {
		const { svg, png } = await pictureOf([[span(0, 1)]], { theme: 'dark', width: 1600 });
		assert.match(svg, /<rect width="100%" height="100%" fill="#17191d"\/>/);
		assert.equal(sizeOf(png)[0], 1600);
	});
});

describe('its parts', () => {
	it('peaks: the lowest and highest sample of each column, each sample in one of them', () => {
		const audio = { length: 200_003, read: (start: number, target: Float32Array) => target.forEach((_, i) => (target[i] = start + i)) };
		const { low, high } = peaksOf(audio, 7);
		assert.deepEqual([...high].map(Math.round), Array.from({ length: 7 }, (_, i) => Math.floor(((i + 1) * 200_003) / 7) - 1));
		assert.ok(low.every((value) => value === 0));
		assert.equal(peaksOf({ length: 3, read: (_, target) => target.fill(1) }, 10).high.reduce((sum, value) => sum + value, 0), 3);
	});

	it('time axis: round times from 10 s to 8 h, at most as many as have room', () => {
		const labels = (start: number, duration: number) => ticksOf(start, duration, 10).map(({ label }) => label);
		assert.deepEqual(labels(0, 10), ['0:00', '0:01', '0:02', '0:03', '0:04', '0:05', '0:06', '0:07', '0:08', '0:09', '0:10']);
		assert.deepEqual(labels(0, 7200).slice(0, 3), ['0:00:00', '0:15:00', '0:30:00']);
		assert.deepEqual(labels(0, 8 * 3600), ['0:00:00', '1:00:00', '2:00:00', '3:00:00', '4:00:00', '5:00:00', '6:00:00', '7:00:00', '8:00:00']);
		assert.deepEqual(labels(61, 2)[0], '1:01.0');
		for (const duration of [0.3, 1, 59, 61, 3599, 3601, 30_000, 86_400]) assert.ok(ticksOf(0, duration, 10).length <= 11, `${duration}`);
	});

	it('layers: as high as the share of the time, divided among those who speak at once', () => {
		const segments = [span(0, 0.5, { speaker: 'a' }), span(1, 2, { speaker: 'a' }), span(1, 2, { speaker: 'b' })];
		const coverage = coverageOf(segments, 2, ({ speaker }) => (speaker === 'a' ? 0 : 1), { count: 2, start: 0, duration: 2 });
		const [a, b] = layersOf(coverage, 2);
		assert.deepEqual([[...a.top], [...a.bottom]], [[0.25, 0], [0.75, 0.5]]);
		assert.deepEqual([b.top[1], b.bottom[1]], [0.5, 1]);
	});
});
