/** The package on the musl C library, as in Alpine's containers: by WASM it does what it does natively on glibc. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { VadResult, VoiceprintResult } from '../../dist/engine/client/protocol.js';
import { muslObstacle, runOnMusl, type MuslOptions } from '../../tools/musl/root.mts';
import { floatWav, temporaryFolder } from '../engine/process/media/support/encode.mts';
import { writeSparseWav } from '../engine/process/media/support/wav.mts';
import { speech, writeWith } from '../fuzz/support/seeds.mts';
import { installOnce } from '../support/package.mts';
import { CALL, SAMPLE_RATE, TELEPHONE } from '../support/recordings.mts';

const run = promisify(execFile);
const JOBS = join(import.meta.dirname, 'jobs.cjs');

/** Beside the two samples as they are: what FFmpeg makes of the call. */
const FORMATS: Record<string, string> = {
	's16.wav': '-c:a pcm_s16le -ar 16000',
	'f32-44k.wav': '-c:a pcm_f32le -ar 44100',
	'mulaw.wav': '-c:a pcm_mulaw -ar 8000 -ac 1',
	'cbr.mp3': '-c:a libmp3lame -b:a 64k',
	'aac.m4a': '-c:a aac',
	'opus.webm': '-c:a libopus -frame_duration 10 -ar 48000',
	'vorbis.ogg': '-c:a libvorbis',
	's16.flac': '-c:a flac -sample_fmt s16',
	'alac.caf': '-c:a alac',
	'v2.wma': '-c:a wmav2 -ar 44100',
	'aac.ts': '-c:a aac -ar 44100',
	'aac.mkv': '-c:a aac -ar 44100',
};

/** Cosine of two voiceprints of one speech by two runtimes. */
const ALIKE = 0.9999;

interface Answer<Result> {
	type: 'vad' | 'voiceprint';
	path: string;
	result?: Result;
	error?: { code: string; message: string; description?: string };
}

interface Answers {
	/** Absent on musl. */
	glibc?: string;
	answers: Array<Answer<VadResult> | Answer<VoiceprintResult>>;
}

const obstacle = await muslObstacle();

const folder = temporaryFolder();
const audio = join(folder, 'audio');
let names: string[];
let installed: string;

const options = (more: Partial<MuslOptions> = {}): MuslOptions => ({
	bind: { '/package': installed, '/audio': audio, '/script': import.meta.dirname },
	timeoutMs: 120_000,
	...more,
});

/** Both kinds of jobs on files of the audio folder. */
function onMusl(runtime: string, files: string[], more: Partial<MuslOptions> = {}): Answers {
	const paths = files.map((name) => `/audio/${name}`);
	return JSON.parse(runOnMusl(options(more), '/script/jobs.cjs', '/package', runtime, ...paths));
}

async function onGlibc(files: string[]): Promise<Answers> {
	const paths = files.map((name) => join(audio, name));
	const { stdout } = await run(process.execPath, [JOBS, installed, 'native', ...paths], { maxBuffer: 2 ** 26 });
	return JSON.parse(stdout);
}

function cosine(a: number[], b: number[]): number {
	return a.reduce((sum, value, i) => sum + value * b[i], 0) / (Math.hypot(...a) * Math.hypot(...b));
}

function assertSame(here: Answers['answers'][number], there: Answers['answers'][number]): void {
	const what = `${there.type} of ${basename(there.path)}`;
	assert.ok(here.result && there.result, `${what}: ${JSON.stringify([here.error, there.error])}`);
	assert.equal(there.result.runtime, 'wasm', what);
	assert.equal(there.result.duration, here.result.duration, what);
	assert.equal(there.result.channels.length, here.result.channels.length, what);
	for (const [i, channel] of there.result.channels.entries()) {
		const native: typeof channel = here.result.channels[i];
		if ('segments' in channel && 'segments' in native) assert.deepEqual(channel.segments, native.segments, what);
		if (!('vector' in channel && 'vector' in native)) continue;
		const alike = cosine(channel.vector, native.vector);
		assert.ok(alike > ALIKE, `${what}, channel ${i}: cosine ${alike}`);
	}
}

async function makeFiles(): Promise<void> {
	mkdirSync(audio);
	const outputs = Object.entries(FORMATS).map(([name, args]) => [name, args.split(' ')] as const);
	const source = floatWav({ channels: await speech(0, 9), rate: SAMPLE_RATE });
	for (const [name, bytes] of await writeWith(source, Object.fromEntries(outputs))) writeFileSync(join(audio, name), bytes);
	for (const path of [CALL, TELEPHONE]) copyFileSync(path, join(audio, basename(path)));
	names = [...Object.keys(FORMATS), basename(CALL), basename(TELEPHONE)];
	// Two hours take 460 MB as the engine keeps them.
	writeSparseWav(join(audio, 'long.wav'), 7200, { format: 7, rate: 8000, bits: 8 });
}

describe('the installed package on musl', () => {
	before(async () => {
		if (obstacle !== undefined) return;
		await makeFiles();
		installed = await installOnce(join(folder, 'nodes'));
	});

	it('finds the same speech and makes the same voiceprints as natively', { skip: obstacle }, async (t) => {
		const [here, there] = [await onGlibc(names), onMusl('auto', names)];
		assert.equal(there.glibc, undefined, 'there is no glibc');
		assert.notEqual(here.glibc, undefined);
		assert.equal(there.answers.length, 2 * names.length);
		there.answers.forEach((answer, i) => assertSame(here.answers[i], answer));
		t.diagnostic(`${names.length} files, ${there.answers.length} jobs`);
	});

	it('says so where the native runtime is demanded', { skip: obstacle }, () => {
		const { answers } = onMusl('native', ['call.ogg']);
		assert.deepEqual(answers.map(({ error }) => error?.code), ['RUNTIME_UNAVAILABLE', 'RUNTIME_UNAVAILABLE']);
	});

	it('cancels at once, and ends the engine of a killed parent', { skip: obstacle }, (t) => {
		const printed = runOnMusl(options(), '/script/life.cjs', '/package', '/audio/long.wav', '/audio/call.ogg');
		const { cancel, kill } = JSON.parse(printed);
		t.diagnostic(printed.trim());
		assert.equal(cancel.code, 'CANCELED');
		assert.ok(cancel.milliseconds < 2000, `cancelled after ${cancel.milliseconds} ms`);
		assert.deepEqual([cancel.left, cancel.next], [0, 2]);
		assert.ok(kill.running > 0);
		assert.equal(kill.left, 0);
	});

	it('works where nothing but the temporary folder can be written', { skip: obstacle }, () => {
		const { answers } = onMusl('auto', ['call.ogg'], { readOnly: true });
		assert.deepEqual(answers.map(({ error }) => error), [undefined, undefined]);
	});

	it('says that the disk is too small, and goes on with a file that fits', { skip: obstacle }, () => {
		const { answers } = onMusl('auto', ['long.wav', 'call.ogg'], { temporary: '64m' });
		const codes = answers.map(({ error }) => error?.code);
		assert.deepEqual(codes, ['NO_DISK_SPACE', 'NO_DISK_SPACE', undefined, undefined]);
	});
});
