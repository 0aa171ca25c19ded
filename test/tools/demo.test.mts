/** The command of the README that does the package's work on files, as it is called from a shell. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parseDemoArguments } from '../../tools/demo/arguments.mts';
import { UsageError } from '../../tools/demo/parse.mts';
import { runDemo } from '../../tools/demo/runDemo.mts';
import { createHarness, type Harness } from '../../tools/n8n/harness.mts';
import { wav } from '../nodes/support/wav.mts';
import { silent } from '../speech-platform/server/faults.mts';
import { startServer } from '../speech-platform/support/harness.mts';
import { until } from '../support/engine.mts';
import { waveformModel, writeModel } from '../engine/process/embedding/support/ownModels.mts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const CALL = join('examples', 'audio', 'call.ogg');
const TELEPHONE = join('examples', 'audio', 'telephone.wav');

interface Answer {
	file_name: string;
	model: string;
	channels: Array<{ segments: object[]; vector: number[]; speakers: Array<{ name: string | null }> }>;
	same_speaker: boolean;
	pairs: Array<{ file: string; channel_number: number; second_file: string; second_channel_number: number; same_speaker: boolean; warnings: string }>;
	error: { code: string; message: string };
}

interface Ran {
	code: number;
	/** What was printed, parsed line by line where it is JSON. */
	answers: Answer[];
	out: string;
	err: string;
}

function answersIn(out: string, options: string[]): Answer[] {
	return options.includes('--json') ? out.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Answer) : [];
}

/** As it is called from a shell. */
async function command(...options: string[]): Promise<Ran> {
	return await new Promise((resolve) => {
		execFile(process.execPath, [join(REPOSITORY, 'tools', 'demo', 'demo.mts'), ...options], { cwd: REPOSITORY }, (error, out, err) => {
			resolve({ code: error ? Number(error.code) : 0, answers: answersIn(out, options), out, err });
		});
	});
}

let harness: Promise<Harness> | undefined;
after(async () => (await harness)?.dispose());

/** In this process, where n8n and the engine are loaded once for all tests. */
async function demo(...options: string[]): Promise<Ran> {
	const printed = { out: '', err: '' };
	const code = await runDemo(options, {
		env: process.env,
		out: (text) => (printed.out += `${text}\n`),
		err: (text) => (printed.err += `${text}\n`),
		harness: async () => await (harness ??= createHarness({ readableFolder: '' })),
	});
	return { code, answers: answersIn(printed.out, options), ...printed };
}

describe('the demo', () => {
	it('prints the segments of each file, one JSON document a line', async () => {
		const { code, answers } = await command('vad', CALL, TELEPHONE, '--json');
		assert.equal(code, 0);
		assert.deepEqual(
			answers.map(({ file_name }) => file_name),
			['call.ogg', 'telephone.wav'],
		);
		const [call] = answers;
		assert.deepEqual(Object.keys(call.channels[0].segments[0]), ['segment_type', 'start_time', 'end_time']);
	});

	it('shows them to people', async () => {
		const { out } = await demo('vad', CALL);
		assert.match(out, /call\.ogg: 25\.187 s, silero-vad-6\.2/);
		assert.match(out, /Channel 1: \d+\.\d{3} s of speech/);
	});

	it('makes voiceprints, also by a model of one’s own from anywhere on the disk', async () => {
		const json = writeModel({ id: 'mine', file: 'mine.onnx', dimension: 16, input: { kind: 'waveform' } }, waveformModel(16));
		const [bundled, fast, own] = await Promise.all([
			demo('voiceprint', CALL, '--json'),
			demo('voiceprint', CALL, '--json', '--model', 'fast'),
			demo('voiceprint', CALL, '--json', '--model', json),
		]);
		assert.equal(bundled.answers[0].channels[0].vector.length, 256);
		assert.equal(fast.answers[0].channels[0].vector.length, 192);
		assert.equal(own.answers[0].model, 'mine');
		assert.equal(own.answers[0].channels[0].vector.length, 16);
	});

	it('compares every channel of the one file with every channel of the other', async () => {
		// The caller is on the second channel of the call, as the samples' own description says.
		const { code, answers } = await demo('compare', CALL, TELEPHONE, '--json');
		assert.equal(code, 0);
		const [{ same_speaker, pairs }] = answers;
		assert.equal(same_speaker, true);
		assert.deepEqual(
			pairs.map(({ file, channel_number, second_file, second_channel_number, same_speaker: same }) => [file, channel_number, second_file, second_channel_number, same]),
			[
				[CALL, 0, TELEPHONE, 0, false],
				[CALL, 1, TELEPHONE, 0, true],
			],
		);
	});

	it('shows the pairs to people, with what speaks against trusting them', async () => {
		const { code, out } = await demo('compare', TELEPHONE, TELEPHONE, '--model', 'fast', '--minimum-speech', '60');
		assert.equal(code, 0);
		assert.match(out, /telephone\.wav, channel 0 and \S+telephone\.wav, channel 0: the same speaker/);
		assert.match(out, /note: The second voiceprint is the very same/);
		assert.match(out, /note: \S+telephone\.wav: Channel 0 has only \d/);
	});

	it('has nothing to compare where nobody speaks', async (t) => {
		const folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
		t.after(() => rmSync(folder, { recursive: true, force: true }));
		const silence = join(folder, 'silence.wav');
		writeFileSync(silence, wav({ seconds: 2 }));
		const { code, out, err } = await demo('compare', TELEPHONE, silence, '--model', 'fast');
		assert.deepEqual([code, out], [1, '']);
		assert.equal(err, `Nobody speaks in '${silence}', so there is nothing to compare\n`);
	});

	it('says what is wrong with a file, goes on with the next one, and ends with 1', async () => {
		const { code, answers, err } = await demo('vad', 'package.json', CALL, '--json');
		assert.equal(code, 1);
		assert.equal(answers[0].error.code, 'NOT_MEDIA');
		assert.equal(answers[1].channels.length, 2);
		assert.match(err, /^package\.json: /);
		assert.doesNotMatch(`${JSON.stringify(answers)}${err}`, /\[item/);
	});

	it('says in one line on stderr what makes no sense, and ends with 2', async () => {
		const { code, out, err } = await command('vad', CALL, '--gpu');
		assert.deepEqual([code, out, err], [2, '', "There is no option '--gpu'; npm run demo -- --help lists them\n"]);
	});

	it('takes no folder, and no file that is not there', async () => {
		const { code, out, err } = await demo('vad', dirname(CALL), join(dirname(CALL), 'none.wav'));
		assert.deepEqual([code, out], [1, '']);
		const [folder, none, ...more] = err.trim().split('\n');
		assert.match(folder, /^'.*audio' is a folder: name the files in it, such as .*audio\/\*$/);
		assert.match(none, /^There is no file '.*none\.wav', seen from /);
		assert.deepEqual(more, []);
	});

	it('gives them as JSON too, where that is asked for', async () => {
		const { code, answers } = await demo('vad', join(dirname(CALL), 'none.wav'), '--json');
		assert.equal(code, 1);
		assert.match(answers[0].error.message, /none\.wav/);
	});

	it('knows each channel of a known recording as somebody of their own', async () => {
		const { code, answers } = await demo('speakers', TELEPHONE, '--known', CALL, '--json');
		assert.equal(code, 0);
		const speakers = answers[0].channels.flatMap((channel) => channel.speakers.map(({ name }) => name));
		assert.deepEqual(speakers, ['call, channel 1']);
	});
});

describe('the demo by a server', () => {
	it('sends a header of its own, asks as often as it is told, and each run has an ID of its own', async (t) => {
		const server = await startServer(t, { authorization: 'Bearer t0ken', runningMs: 300 });
		const options = ['--api', server.url, '--api-header', 'Authorization: Bearer t0ken', '--polling-interval', '0.1', '--json'];
		for (let i = 0; i < 2; i++) {
			const { code, answers } = await command('vad', CALL, ...options);
			assert.equal(code, 0);
			assert.ok(answers[0].channels);
		}
		assert.equal(new Set(server.requests.map(({ headers }) => headers['x-correlation-id'])).size, 2);
		assert.ok(server.gets.length >= 6);
	});

	it('says who speaks when, by the server', async (t) => {
		const server = await startServer(t);
		const { code, answers } = await demo('speakers', CALL, '--speakers', '2', '--api', server.url, '--polling-interval', '0.1', '--json');
		assert.equal(code, 0);
		assert.equal(new URL(server.posts[0].url, 'http://x').searchParams.get('total_speakers'), '2');
		assert.deepEqual(answers[0].channels[0].segments.map((one) => (one as { speaker: string }).speaker), ['SPEAKER_00', 'SPEAKER_01', 'SPEAKER_00']);
	});

	it('starts a task without waiting for it', async (t) => {
		const server = await startServer(t, { runningMs: 60_000 });
		const { code, out } = await demo('vad', CALL, '--api', server.url, '--no-wait');
		assert.equal(code, 0);
		assert.match(out, new RegExp(`task ${server.posts[0].taskId} of the Speech Platform, pending`));
		assert.equal(server.gets.length, 0);
	});

	it('refuses options that go with nothing', () => {
		for (const options of [['--no-wait'], ['--api', 'http://a', '--api-header', 'no colon'], ['--polling-interval', '1']]) {
			assert.throws(() => parseDemoArguments(['vad', CALL, ...options]), UsageError);
		}
	});

	for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
		it(`leaves no recording behind where it is ended by ${signal}${signal === 'SIGKILL' ? ', once it runs again' : ''}`, async (t) => {
			const folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
			t.after(() => rmSync(folder, { recursive: true, force: true }));
			const server = await startServer(t);
			server.inject('POST', silent());
			const env = { ...process.env, TMPDIR: folder };
			const command = [join(REPOSITORY, 'tools', 'demo', 'demo.mts')];
			const child = spawn(process.execPath, [...command, 'vad', CALL, '--api', server.url], { cwd: REPOSITORY, env, stdio: 'ignore' });
			await until(() => server.posts.length === 1, 'the upload', 20_000);
			const ended = once(child, 'exit');
			child.kill(signal);
			await ended;
			if (signal === 'SIGKILL') await once(spawn(process.execPath, [...command, 'vad', 'none.wav'], { cwd: REPOSITORY, env, stdio: 'ignore' }), 'exit');
			assert.deepEqual(readdirSync(folder).filter((name) => name.startsWith('n8n-harness')), []);
		});
	}
});
