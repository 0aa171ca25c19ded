/** What cannot be decoded is refused with a code, the cause and the file's name; what is partly there is decoded. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { ErrorCode } from '../../../../dist/errors.js';
import { decode, failure } from './support/decode.mts';
import { encode, ffmpeg, file, temporaryFolder } from './support/encode.mts';
import { signal } from './support/signal.mts';
import { noise, samples16, wav, wavHeader } from './support/wav.mts';

const RATE = 44100;
const SECONDS = 5;
const source = { channels: signal(RATE, SECONDS, 1), rate: RATE };
const text = (content: string) => Buffer.from(content, 'utf8');
const bytes = (...values: number[]) => Buffer.from([...values, ...noise(3000)]);

/** An ID3 tag without a title. */
const ID3 = Buffer.from('ID3\x03\0\0\0\0\0\x0a'.padEnd(20, '\0'), 'latin1');

const PLAYLIST = '#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile:/in\n#EXT-X-ENDLIST\n';

interface Refused {
	name: string;
	content: Buffer;
	code: ErrorCode;
	message: RegExp;
	description?: RegExp;
}

const DOWNLOAD = /failed download is the usual cause/;

const REFUSED: Refused[] = [
	{ name: 'empty.wav', content: text(''), code: 'EMPTY_FILE', message: /"empty.wav" is empty \(0 bytes\)/ },
	{
		name: 'page.mp3',
		content: text('\n<!DOCTYPE html><html><body>404 Not Found</body></html>'),
		code: 'NOT_MEDIA',
		message: /"page.mp3" is not a readable audio or video file: it looks like an HTML page/,
		description: DOWNLOAD,
	},
	{ name: 'e.m4a', content: text('{"error": "expired"}'), code: 'NOT_MEDIA', message: /looks like a JSON document/ },
	{ name: 'list.mp3', content: text('[\n  {"id": 1}]'), code: 'NOT_MEDIA', message: /looks like a JSON document/ },
	{
		name: 'denied.mp3',
		content: text('\ufeff<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
		code: 'NOT_MEDIA',
		message: /looks like an XML document/,
	},
	{ name: 'n.wav', content: text('Plain words. '.repeat(99)), code: 'NOT_MEDIA', message: /looks like plain text/ },
	{ name: 'archive.mp3', content: bytes(0x50, 0x4b, 3, 4), code: 'NOT_MEDIA', message: /looks like a ZIP archive/ },
	{ name: 'paper.mp3', content: text('%PDF-1.7\n%...'), code: 'NOT_MEDIA', message: /looks like a PDF document/ },
	{ name: 'photo.wav', content: bytes(0xff, 0xd8, 0xff), code: 'NOT_MEDIA', message: /looks like a JPEG picture/ },
	{ name: 'logo.wav', content: text('\x89PNG\r\n\x1a\n'), code: 'NOT_MEDIA', message: /is not a readable/ },
	{ name: 'anim.mp4', content: text('GIF89a....'), code: 'NOT_MEDIA', message: /looks like a GIF picture/ },
	{ name: 'packed.wav', content: bytes(0x1f, 0x8b, 8, 0), code: 'NOT_MEDIA', message: /looks like a gzip archive/ },
	{ name: 'tune.mid', content: text('MThd\0\0\0\x06'), code: 'NOT_MEDIA', message: /looks like a MIDI file/ },
	{ name: 'zeros.wav', content: Buffer.alloc(9000), code: 'NOT_MEDIA', message: /looks like a run of zero bytes/ },
	{ name: 'random.mp3', content: noise(60000), code: 'NOT_MEDIA', message: /"random.mp3" is not a readable/ },
	{ name: 'byte.wav', content: text('R'), code: 'NOT_MEDIA', message: /is not a readable/ },
	{ name: 't.mp3', content: Buffer.concat([ID3, Buffer.alloc(99)]), code: 'NOT_MEDIA', message: /is not a readable/ },
	{ name: 'live.m3u8', content: text(PLAYLIST), code: 'NOT_MEDIA', message: /looks like a playlist/ },
	{ name: 'hid.mp3', content: Buffer.concat([ID3, text(PLAYLIST)]), code: 'NOT_MEDIA', message: /is not a readable/ },
	{
		name: 'script.txt',
		content: text("ffconcat version 1.0\nfile 'secret.wav'\n"),
		code: 'NOT_MEDIA',
		message: /looks like a playlist/,
		description: /names other files/,
	},
	{
		name: 'header-only.wav',
		content: wavHeader(0),
		code: 'NO_SAMPLES',
		message: /"header-only.wav" contains no audio samples/,
	},
	{ name: 'claims.wav', content: wavHeader(0, { claimed: 320000 }), code: 'NO_SAMPLES', message: /no audio samples/ },
	{ name: '0-channels.wav', content: wav(noise(9000), { channels: 0 }), code: 'DECODE_FAILED', message: /pcm_s16le/ },
	{ name: 'no-rate.wav', content: wav(noise(9000), { rate: 0 }), code: 'NOT_MEDIA', message: /header is damaged/ },
	{
		name: 'codec.wav',
		content: wav(noise(32000), { format: 0x1234 }),
		code: 'UNSUPPORTED_CODEC',
		message: /audio codec of "codec.wav" is not supported \(unknown, tag 0x1234\)/,
		description: /Convert the file.*FFmpeg: Decoder/,
	},
];

for (const { name, content, code, message, description } of REFUSED) {
	test(`${name} is refused: ${code}`, async () => {
		const error = await failure(file(name, content));
		assert.equal(error.code, code);
		assert.match(error.message, message);
		if (description) assert.match(error.description ?? '', description);
	});
}

test('an MP4 without its index is called incomplete', async () => {
	const whole = readFileSync(await encode(source, 'whole.m4a', '-c:a', 'aac'));
	const error = await failure(file('cut.m4a', whole.subarray(0, whole.length * 0.6)));
	assert.equal(error.code, 'NOT_MEDIA');
	assert.match(error.message, /MP4\/M4A file "cut.m4a" is incomplete/);
	assert.match(error.description ?? '', /moov atom not found/);
});

test('an MP4 with a damaged index is refused', async () => {
	const damaged = readFileSync(await encode(source, 'index.m4a', '-c:a', 'aac'));
	const index = damaged.indexOf('moov');
	damaged.fill(0xa5, index + 8, index + 400);
	assert.equal((await failure(file('damaged.m4a', damaged))).code, 'NOT_MEDIA');
});

test('a video without sound has no audio', async () => {
	const picture = ['-f', 'lavfi', '-i', 'testsrc=s=64x64:d=1', '-c:v', 'mpeg4'];
	const error = await failure(file('silent.mp4', await ffmpeg({}, ...picture, '/silent.mp4')));
	assert.equal(error.code, 'NO_AUDIO');
	assert.match(error.message, /The video "silent.mp4" has no audio track/);
});

test('a cover picture is no video', async () => {
	const cover = await ffmpeg({}, '-f', 'lavfi', '-i', 'testsrc=s=64x64:d=1', '-frames:v', '1', '/cover.png');
	const sound = readFileSync(await encode(source, 'plain.mp3'));
	const inputs = { '/cover.png': cover, '/sound.mp3': sound };
	const both = ['-i', '/sound.mp3', '-i', '/cover.png', '-map', '0', '-map', '1', '-c', 'copy'];
	const decoded = await decode(file('covered.mp3', await ffmpeg(inputs, ...both, '/covered.mp3')));
	assert.equal(decoded.samples, SECONDS * 16000);
});

test('a missing file and a folder are named in plain words', async () => {
	const folder = join(temporaryFolder(), 'sub');
	mkdirSync(folder);
	const missing = await failure(join(folder, 'missing.wav'));
	assert.equal(missing.code, 'TEMPORARY_FILE');
	assert.match(missing.message, /"missing.wav" could not be read/);
	assert.match(missing.description ?? '', /no such file/);
	assert.equal((await failure(folder)).code, 'TEMPORARY_FILE');
});

test('messages use the name that the request gives', async () => {
	const error = await failure(file('tmp-1', Buffer.alloc(0)), { fileName: 'Interview.mp3' });
	assert.match(error.message, /"Interview.mp3"/);
});

/** Files whose end is missing: name, arguments of the encoder. */
const CUT: Array<[name: string, ...args: string[]]> = [
	['cut.wav', '-c:a', 'pcm_s16le'],
	['cut.mp3', '-c:a', 'libmp3lame'],
	['cut.flac', '-c:a', 'flac'],
	['cut-faststart.m4a', '-c:a', 'aac', '-movflags', '+faststart'],
	['cut.opus', '-c:a', 'libopus'],
	['cut.ogg', '-c:a', 'libvorbis'],
	['cut.webm', '-c:a', 'libopus'],
];

for (const [name, ...args] of CUT) {
	test(`${name} that was cut off is decoded as far as it goes, with a warning`, async () => {
		const whole = readFileSync(await encode(source, `whole-${name}`, ...args));
		assert.deepEqual((await decode(file(`all-${name}`, whole))).warnings, []);
		const decoded = await decode(file(name, whole.subarray(0, whole.length * 0.6)));
		const seconds = decoded.samples / 16000;
		assert.ok(seconds > SECONDS * 0.4 && seconds < SECONDS * 0.8, `${seconds} s`);
		assert.deepEqual(
			decoded.warnings.map(({ code }) => code),
			['TRUNCATED_FILE'],
		);
		assert.match(decoded.warnings[0].message, new RegExp(`"${name}" is cut off`));
	});
}

for (const claimed of [0, 0x7fffffff, 0xffffffff]) {
	test(`a WAV of unknown length (${claimed}) is whole`, async () => {
		const decoded = await decode(file(`size-${claimed}.wav`, wav(samples16(signal(16000, 2, 1)), { claimed })));
		assert.equal(decoded.samples, 32000);
		assert.deepEqual(decoded.warnings, []);
	});
}

test('damage in the middle is a warning, and keeps the timeline', async () => {
	for (const [name, ...args] of [
		['damaged.flac', '-c:a', 'flac'],
		['damaged-payload.m4a', '-c:a', 'aac', '-movflags', '+faststart'],
	]) {
		const content = readFileSync(await encode(source, `good-${name}`, ...args));
		const middle = Math.floor(content.length / 2);
		noise(3000).copy(content, middle);
		const decoded = await decode(file(name, content));
		assert.ok(Math.abs(decoded.samples / 16000 - SECONDS) < 0.15, `${name}: ${decoded.samples / 16000} s`);
		assert.ok(decoded.warnings.some(({ code }) => code === 'DECODING_ERRORS'));
		assert.ok(!decoded.warnings.some(({ code }) => code === 'TRUNCATED_FILE'));
	}
});

test('bytes before the sound do not matter', async () => {
	const mp3 = readFileSync(await encode(source, 'front.mp3', '-write_xing', '0', '-id3v2_version', '0'));
	for (const [name, front] of [
		['zeros-front.mp3', Buffer.alloc(5000)],
		['noise-front.mp3', noise(2000)],
	] as const) {
		const decoded = await decode(file(name, Buffer.concat([front, mp3])));
		assert.ok(Math.abs(decoded.samples / 16000 - SECONDS) < 0.2, `${name}: ${decoded.samples / 16000} s`);
	}
});
