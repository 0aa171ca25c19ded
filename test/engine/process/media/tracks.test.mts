/** Files with several sound tracks: which is taken, how another one is chosen, all of them as channels. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decodeMedia } from '../../../../dist/engine/process/media/decode.js';
import { decode, failure } from './support/decode.mts';
import { ffmpeg, file, floatWav, temporaryFolder } from './support/encode.mts';
import { align, sameSamples, signal } from './support/signal.mts';

const SECONDS = 3;
const sounds = signal(16_000, SECONDS, 3);
const track = (...channels: number[]) => floatWav({ channels: channels.map((channel) => sounds[channel]), rate: 16_000 });

/** Two tracks: channel 0 alone, in English; channels 1 and 2, in German, half a second later. */
async function twoTracks(name: string, ...args: string[]): Promise<Buffer> {
	const inputs = ['-i', '/one.wav', '-itsoffset', '0.5', '-i', '/two.wav', '-map', '0', '-map', '1'];
	const languages = ['-metadata:s:a:0', 'language=eng', '-metadata:s:a:1', 'language=ger'];
	return await ffmpeg({ '/one.wav': track(0), '/two.wav': track(1, 2) }, ...inputs, ...languages, ...args, `/${name}`);
}

const DEFAULT = (number: number) => [`-disposition:a:${number}`, 'default', `-disposition:a:${1 - number}`, '0'];

function assertIs(samples: Float32Array, channel: number, at = 0): void {
	const { correlation, lag } = align(samples.subarray(at * 16_000), sounds[channel].subarray(0, samples.length - at * 16_000), 1000);
	assert.ok(correlation > 0.9, `channel ${channel}: ${correlation} at ${lag}`);
}

describe('of two tracks', async () => {
	const path = file('two.mka', await twoTracks('two.mka', ...DEFAULT(0), '-c:a', 'flac'));

	it('the default one is taken, and told', async () => {
		for (const number of [0, 1]) {
			const name = `default-${number}.mka`;
			const decoded = await decode(file(name, await twoTracks(name, ...DEFAULT(number), '-c:a', 'flac')));
			assert.equal(decoded.info.audio_track, number);
			assert.equal(decoded.info.audio_tracks, 2);
			assert.equal(decoded.info.audio_language, ['eng', 'ger'][number]);
			assert.deepEqual(decoded.warnings.map(({ code }) => code).filter((code) => code !== 'SILENCE_INSERTED'), ['SEVERAL_TRACKS']);
			assert.match(decoded.warnings[0].message, new RegExp(`track ${number} \\(.*the file has another one`));
			assertIs(decoded.audio[0], number, number * 0.5);
		}
	});

	for (const [wanted, number] of [[0, 0], [1, 1], ['eng', 0], ['ger', 1], ['deu', 1], ['de', 1], ['German', 1]] as const) {
		it(`${wanted} is track ${number}`, async () => {
			const decoded = await decode(path, { track: wanted });
			assert.equal(decoded.info.audio_track, number);
			assert.equal(decoded.audio.length, number + 1);
			assertIs(decoded.audio[0], number, number * 0.5);
			assert.ok(!decoded.warnings.some(({ code }) => code === 'SEVERAL_TRACKS'));
		});
	}

	for (const wanted of [2, 'fra', 'French']) {
		it(`${wanted} is none`, async () => {
			const error = await failure(path, { track: wanted });
			assert.equal(error.code, 'TRACK_NOT_FOUND');
			assert.match(error.message, /"two.mka" has 2 audio tracks: 0 \(eng, flac\), 1 \(ger, flac\)/);
		});
	}

	it('all are channels one after the other, each at its own time', async () => {
		const decoded = await decode(path, { track: 'all' });
		assert.deepEqual(decoded.channelNumbers, [0, 1, 2]);
		assert.equal(decoded.info.channels, 3);
		assert.equal(decoded.info.audio_track, undefined);
		assertIs(decoded.audio[0].subarray(0, SECONDS * 16_000), 0);
		assertIs(decoded.audio[1], 1, 0.5);
		assertIs(decoded.audio[2], 2, 0.5);
		assert.ok(decoded.audio[0].subarray(SECONDS * 16_000).every((sample) => sample === 0));
		const chosen = await decode(path, { track: 'all', channels: [2], rangeFrom: 1 });
		assert.ok(sameSamples(chosen.audio[0], decoded.audio[2].slice(16_000)));
	});

	it('all leave nothing on the disk, also where the receiver throws', async () => {
		const folder = temporaryFolder();
		const reason = new Error('stop');
		const stopped = decodeMedia({ path, channelMode: 'mix', track: 'all' }, { onBlock: () => { throw reason; } }, { workFolder: folder });
		await assert.rejects(stopped, (error) => error === reason);
		assert.deepEqual(readdirSync(folder), []);
	});

	it('the other one is taken where the default one cannot be decoded', async () => {
		const bytes = await twoTracks('unknown.mka', ...DEFAULT(1), '-c:a:0', 'flac', '-c:a:1', 'libvorbis');
		const codec = bytes.indexOf('A_VORBIS');
		bytes.write('A_NOBODY', codec, 'latin1');
		const decoded = await decode(file('unknown.mka', bytes));
		assert.deepEqual(decoded.warnings.map(({ code }) => code), ['SEVERAL_TRACKS', 'OTHER_TRACK']);
		assert.match(decoded.warnings[1].message, /default audio track of "unknown.mka" could not be decoded, so track 0 was taken/);
		assertIs(decoded.audio[0], 0);
		assert.equal((await failure(file('unknown.mka', bytes), { track: 1 })).code, 'UNSUPPORTED_CODEC');
	});
});

it('a file with one track has track 0, and all of them', async () => {
	const one = file('one.wav', track(0));
	for (const wanted of [0, 'all']) assert.equal((await decode(one, { track: wanted })).audio.length, 1);
	assert.match((await failure(one, { track: 1 })).message, /"one.wav" has 1 audio track: 0 \(pcm_f32le\)/);
});
