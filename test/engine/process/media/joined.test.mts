/** Recordings one after the other in one file: each at its own rate, none lost, none called damaged. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decode } from './support/decode.mts';
import { encode, ffmpeg, file, floatWav } from './support/encode.mts';
import { align, signal } from './support/signal.mts';
import { noise } from './support/wav.mts';

const SECONDS = 3;
const [original] = signal(16_000, SECONDS, 1);

/** A recording of its own, encoded. */
async function part(name: string, rate: number, channels: number, ...args: string[]): Promise<Buffer> {
	return readFileSync(await encode({ channels: signal(rate, SECONDS, channels), rate }, name, ...args));
}

interface Joined {
	name: string;
	parts: Array<[rate: number, channels: number, ...args: string[]]>;
	/** Seconds of encoder delay that the container does not tell of. */
	delay?: number;
}

const OPUS = ['-c:a', 'libopus', '-frame_duration', '10'];
const PLAIN_MP3 = ['-write_xing', '0', '-id3v2_version', '0'];
const SERIALS = ['-serial_offset', '7'];

const JOINED: Joined[] = [
	{ name: 'vorbis.ogg', parts: [[16_000, 1, '-c:a', 'libvorbis'], [48_000, 2, '-c:a', 'libvorbis', ...SERIALS], [16_000, 1, '-c:a', 'libvorbis']] },
	{ name: 'opus.ogg', parts: [[48_000, 1, ...OPUS], [48_000, 2, ...OPUS, ...SERIALS]] },
	{ name: 'flac.oga', parts: [[16_000, 1, '-c:a', 'flac', '-f', 'ogg'], [44_100, 1, '-c:a', 'flac', '-f', 'ogg']] },
	{ name: 'raw.flac', parts: [[16_000, 1], [48_000, 2]] },
	{ name: 'tagged.mp3', parts: [[44_100, 1], [16_000, 1], [48_000, 2]] },
	{ name: 'plain.mp3', parts: [[44_100, 1, ...PLAIN_MP3], [24_000, 1, ...PLAIN_MP3]], delay: 0.06 },
	{ name: 'frames.aac', parts: [[44_100, 1], [16_000, 1], [48_000, 2]], delay: 0.15 },
	{ name: 'sound.m4a', parts: [[44_100, 1], [16_000, 1]], delay: 0.1 },
	{ name: 'browser.webm', parts: [[48_000, 1, ...OPUS], [48_000, 2, ...OPUS, '-live', '1']] },
	{ name: 'sound.flv', parts: [[44_100, 1, '-c:a', 'libmp3lame'], [22_050, 1, '-c:a', 'libmp3lame']], delay: 0.1 },
	{ name: 'sound.wma', parts: [[44_100, 1], [16_000, 1]], delay: 0.15 },
	{ name: 'same.ts', parts: [[48_000, 1, '-c:a', 'mp2'], [48_000, 1, '-c:a', 'mp2']], delay: 0.05 },
	{ name: 'rates.ts', parts: [[48_000, 1, '-c:a', 'mp2'], [16_000, 1, '-c:a', 'mp2']], delay: 0.1 },
	{ name: 'numbers.ts', parts: [[48_000, 1, '-c:a', 'mp2'], [48_000, 1, '-c:a', 'aac', '-streamid', '0:300']], delay: 0.1 },
	{ name: 'adpcm.wav', parts: [[16_000, 1, '-c:a', 'adpcm_ima_wav'], [8000, 1], [48_000, 1]], delay: 0.05 },
];

describe('several recordings in', () => {
	for (const { name, parts, delay = 0.01 } of JOINED) {
		it(name, async () => {
			const bytes: Buffer[] = [];
			for (const [rate, channels, ...args] of parts) bytes.push(await part(name, rate, channels, ...args));
			const decoded = await decode(file(`joined-${name}`, Buffer.concat(bytes)));
			const seconds = decoded.samples / 16_000;
			assert.ok(Math.abs(seconds - parts.length * SECONDS) <= parts.length * delay, `${seconds} s`);
			const changes = parts.some(([, channels]) => channels !== parts[0][1]);
			const codes = decoded.warnings.map(({ code }) => code).filter((code) => code !== 'SILENCE_INSERTED');
			assert.deepEqual(codes, changes ? ['CHANNELS_CHANGED'] : []);
			assert.equal(decoded.info.channels, parts[0][1]);
			assert.equal(decoded.info.sample_rate, parts[0][0]);
			parts.forEach(([, channels], index) => {
				if (channels > 1) return; // mixed with what lies on its other channel
				const start = index * SECONDS * 16_000;
				const { correlation, lag } = align(decoded.audio[0].subarray(start, start + original.length), original, 4000);
				assert.ok(correlation > 0.9, `part ${index}: ${correlation} at ${lag}`);
				assert.ok(Math.abs(lag) <= (index + 1) * delay * 16_000, `part ${index} lies ${lag} samples beside its place`);
			});
		});
	}
});

it('a range reaches into the second recording, and ends there', async () => {
	const bytes = Buffer.concat([await part('a.wav', 16_000, 1), await part('b.wav', 8000, 1), await part('c.wav', 16_000, 1)]);
	const whole = await decode(file('range.wav', bytes));
	const cut = await decode(file('range.wav', bytes), { rangeFrom: 4, rangeTo: 7 });
	assert.equal(cut.samples, 48_000);
	assert.deepEqual(cut.audio[0], whole.audio[0].slice(64_000, 112_000));
});

it('more channels behind fewer are mixed to those, fewer are spread', async () => {
	const [mono, stereo] = [await part('mono.flac', 16_000, 1), await part('stereo.flac', 16_000, 2)];
	const down = await decode(file('down.flac', Buffer.concat([mono, stereo])));
	assert.match(down.warnings[0].message, /has 2 channels instead of 1; its sound was mixed to 1/);
	const up = await decode(file('up.flac', Buffer.concat([stereo, mono])));
	assert.match(up.warnings[0].message, /has 1 channel instead of 2; its sound was spread to 2/);
	const second = up.audio.map((channel) => channel.subarray(48_000));
	assert.deepEqual(second[0], second[1]);
});

it('something that is no recording behind a good one is told', async () => {
	const [good, other] = [await part('good.m4a', 16_000, 1), await part('other.m4a', 16_000, 1)];
	const index = other.indexOf('moov');
	other.fill(0xa5, index + 8, index + 400);
	const decoded = await decode(file('half.m4a', Buffer.concat([good, other])));
	assert.ok(Math.abs(decoded.samples / 16_000 - SECONDS) < 0.1);
	assert.deepEqual(decoded.warnings.map(({ code }) => code), ['DECODING_ERRORS']);
	assert.match(decoded.warnings[0].message, /goes on with something that could not be decoded/);
});

const ID3V1 = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125, 'x')]);

function lyrics(end: string): Buffer {
	const text = Buffer.from(`LYRICSBEGININD0000200LYR00100${'la '.repeat(33)}!`);
	const size = end === 'LYRICS200' ? String(text.length).padStart(6, '0') : '';
	return Buffer.concat([text, Buffer.from(size + end)]);
}

function ape(withHeader: boolean): Buffer {
	const items = Buffer.concat([Buffer.from([40, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('Title\0'), Buffer.alloc(40, 'v')]);
	const border = (flags: number) => {
		const bytes = Buffer.alloc(32);
		bytes.write('APETAGEX');
		bytes.writeUInt32LE(2000, 8);
		bytes.writeUInt32LE(items.length + 32, 12);
		bytes.writeUInt32LE(1, 16);
		bytes.writeUInt32LE(flags, 20);
		return bytes;
	};
	return withHeader ? Buffer.concat([border(0xa000_0000), items, border(0x8000_0000)]) : Buffer.concat([items, border(0)]);
}

describe('a tag behind the frames of an MP3 is no damage, and none between two of them:', async () => {
	const tagged = await part('end.mp3', 44_100, 1);
	const plain = await part('end-plain.mp3', 44_100, 1, ...PLAIN_MP3);
	for (const [name, tag] of [
		['ID3', ID3V1],
		['ID3 with more', Buffer.concat([Buffer.from('TAG+'), Buffer.alloc(223), ID3V1])],
		['Lyrics3', Buffer.concat([lyrics('LYRICSEND'), ID3V1])],
		['Lyrics3 2', Buffer.concat([lyrics('LYRICS200'), ID3V1])],
		['APE', Buffer.concat([ape(true), ID3V1])],
		['APE without header', ape(false)],
	] as const) {
		it(name, async () => {
			const behind = await decode(file('behind.mp3', Buffer.concat([tagged, tag])));
			assert.deepEqual(behind.warnings, []);
			assert.equal(behind.samples, SECONDS * 16_000);
			const between = await decode(file('between.mp3', Buffer.concat([plain, tag, plain, tag])));
			assert.deepEqual(between.warnings, []);
		});
	}

	it('but noise is', async () => {
		const decoded = await decode(file('noise.mp3', Buffer.concat([plain, noise(3000), plain])));
		assert.deepEqual(decoded.warnings.map(({ code }) => code), ['DECODING_ERRORS']);
	});
});

describe('an Ogg file', async () => {
	const whole = await part('whole.opus', 48_000, 1, ...OPUS);
	const last = whole.lastIndexOf('OggS');
	for (const [name, bytes] of [
		['that was cut between two pages', whole.subarray(0, last)],
		['whose end is zeros', Buffer.concat([whole.subarray(0, last), Buffer.alloc(5000)])],
	] as const) {
		it(`${name} is cut off`, async () => {
			const decoded = await decode(file('cut.opus', bytes));
			assert.deepEqual(decoded.warnings.map(({ code }) => code), ['TRUNCATED_FILE']);
		});
	}

	it('of two tracks is whole', async () => {
		const sound = floatWav({ channels: signal(44_100, SECONDS, 1), rate: 44_100 });
		const args = ['-i', '/sound.wav', '-map', '0:a', '-map', '0:a', '-c:a', 'libvorbis', '/two.ogg'];
		const decoded = await decode(file('two.ogg', await ffmpeg({ '/sound.wav': sound }, ...args)));
		assert.deepEqual(decoded.warnings.map(({ code }) => code), ['SEVERAL_TRACKS']);
		assert.equal(decoded.samples, SECONDS * 16_000);
	});
});
