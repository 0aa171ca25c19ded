/** Extract Voiceprint by the local engine: what the engine is asked for, and what comes out of the real one. */
import assert from 'node:assert/strict';
import { symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { after, describe, it, mock } from 'node:test';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { VoiceprintChannel, VoiceprintJob, VoiceprintResult } from '../../dist/engine/client/protocol.js';
import type { HarnessItem, RunOptions } from '../../tools/n8n/harness.mts';
import { waveformModel } from '../engine/process/embedding/support/ownModels.mts';
import { CALL } from '../support/recordings.mts';
import { useFakeEngine } from './support/fakeEngine.mts';
import { assertItemsUntouched, fileItem, harness, SYSTEM_TEXT } from './support/node.mts';
import { wav } from './support/wav.mts';

const EXTRACT = 'extractVoiceprint';

const { stopEngine } = createRequire(import.meta.url)('../../dist/engine/client/client.js') as { stopEngine: () => void };
after(() => stopEngine());

const folder = harness.readableFolder;

const run = async (parameters: INodeParameters = {}, items: HarnessItem[] = [fileItem()], rest: Partial<RunOptions> = {}) =>
	await harness.run({ node: EXTRACT, parameters, items, ...rest });

const callItem = (): HarnessItem => ({ json: {}, files: { data: { path: CALL, fileName: 'call.ogg' } } });
const silentItem = (): HarnessItem => ({ json: {}, files: { data: { buffer: wav({ seconds: 2 }), fileName: 'silence.wav' } } });

describe('what the engine is asked for', () => {
	const result: VoiceprintResult = {
		engine: 'local',
		model: 'm',
		runtime: 'wasm',
		duration: 1,
		media: { container: 'wav', codec: 'pcm_s16le', sample_rate: 16000, channels: 1 },
		channels: [],
		warnings: [],
	};
	const ask = async (parameters: INodeParameters) => {
		const calls = useFakeEngine<VoiceprintJob>(() => result);
		const { error } = await run(parameters);
		mock.restoreAll();
		return { error, calls };
	};

	it('is by default at most half a minute of speech of the whole file, each channel on its own', async () => {
		const { calls: [{ job, options, mode }] } = await ask({});
		assert.equal(job.type, 'voiceprint');
		assert.deepEqual(job.voiceprint, { model: 'accurate', maximumSpeech: 30, minimumSpeech: 3, onLittleSpeech: 'warn', onSeveralSpeakers: 'warn' });
		assert.deepEqual(job.vad, { preset: 'forTranscription' });
		assert.equal(job.media.channelMode, 'split');
		assert.equal(job.media.rangeFrom, undefined);
		assert.equal(job.runtime, 'auto');
		assert.equal(options.timeoutMs, 600_000);
		assert.equal(mode, 0o600);
	});

	it('is what the options say', async () => {
		const options = {
			maximumSpeechLength: 0,
			minimumSpeechLength: 7.5,
			onLittleSpeech: 'fail',
			onSeveralSpeakers: 'main',
			vadPreset: 'balanced',
			runtime: 'wasm',
			maximumDuration: 100,
			timeout: 5,
		};
		const { calls: [{ job, options: asked }] } = await ask({ channelMode: 'mix', channels: '1', options });
		assert.deepEqual(job.voiceprint, { model: 'accurate', maximumSpeech: 0, minimumSpeech: 7.5, onLittleSpeech: 'fail', onSeveralSpeakers: 'main' });
		assert.deepEqual(job.vad, { preset: 'balanced' });
		assert.equal(job.runtime, 'wasm');
		const { channelMode, channels, maximumDuration } = job.media;
		assert.deepEqual({ channelMode, channels, maximumDuration }, { channelMode: 'mix', channels: [1], maximumDuration: 100 });
		assert.equal(asked.timeoutMs, 5000);
	});

	it('is the model of the description file where one is named', async () => {
		const modelFile = join(folder, 'own.json');
		writeFileSync(modelFile, '{}');
		const { calls: [{ job }] } = await ask({ model: 'own', modelFile });
		assert.equal(job.voiceprint.modelFile, modelFile);
	});

	const link = join(folder, 'link.json');
	symlinkSync(import.meta.filename, link);
	for (const [what, code, modelFile] of [
		['blanks', 'INVALID_PARAMETER', ' '],
		['a folder', 'INVALID_PARAMETER', folder],
		['a relative path', 'INVALID_PARAMETER', 'own.json'],
		['a file that is not there', 'INVALID_PARAMETER', join(folder, 'none.json')],
		['a folder that is not there', 'INVALID_PARAMETER', join(folder, 'none', 'none.json')],
		['a file that nodes may not read', 'FILE_NOT_ALLOWED', import.meta.filename],
		['a link to such a file', 'FILE_NOT_ALLOWED', link],
	] as const) {
		it(`is nothing with ${what} for a description file`, async () => {
			const { error, calls } = await ask({ model: 'own', modelFile });
			assert.equal(error?.context.code, code);
			assert.match(error.message, /'Model Description File' .* \[item 0\]$/);
			assert.doesNotMatch(error.message, SYSTEM_TEXT);
			assert.equal(calls.length, 0);
		});
	}

	it('is nothing with a path that counts from a folder nobody knows, also where the file is there', async () => {
		const { error, calls } = await ask({ model: 'own', modelFile: relative(process.cwd(), import.meta.filename) });
		assert.match(error!.message, /^'Model Description File' must be an absolute path/);
		assert.equal(calls.length, 0);
	});

	it('is nothing with an option that makes no sense', async () => {
		for (const options of [{ maximumSpeechLength: -1 }, { minimumSpeechLength: 'much' }, { onLittleSpeech: 'shout' }, { vadPreset: 'custom' }]) {
			const { error, calls } = await ask({ options });
			assert.equal(error?.context.code, 'INVALID_PARAMETER');
			assert.equal(calls.length, 0);
		}
	});
});

describe('the result', () => {
	it('has a voiceprint for each channel of a file, and passes the file on', async () => {
		const { output, error, hints } = await run({ output: 'file' }, [callItem()]);
		assert.equal(error?.message, undefined);
		const { channels, ...json } = output[0].json as IDataObject & { channels: VoiceprintChannel[] };
		assert.equal(output.length, 1);
		assert.deepEqual(Object.keys(json), ['has_speech', 'file_name', 'duration', 'warnings', 'model']);
		for (const channel of channels) {
			assert.deepEqual(Object.keys(channel), ['channel_number', 'voiceprint', 'speech_length', 'model', 'quality']);
			assert.match(channel.voiceprint, /^[A-Za-z0-9+/]+=*$/);
		}
		assert.deepEqual(Object.keys(output[0].binary!), ['data']);
		const [{ message }, ...others] = hints;
		assert.match(message, /^call\.ogg: 2 voiceprints: channel 0 from 1\d\.\d s of speech, channel 1 from 1\d\.\d s\. Schema, Table/);
		assert.deepEqual(others, []);
	});

	it('is one item per channel, each linked to its file, which goes on with it', async () => {
		const { output } = await run({}, [silentItem(), callItem()]);
		assert.deepEqual(
			output.map(({ json, pairedItem, binary }) => [json.file_name, json.channel_number, pairedItem, binary?.data.fileName]),
			[
				['silence.wav', 0, { item: 0 }, 'silence.wav'],
				['call.ogg', 0, { item: 1 }, 'call.ogg'],
				['call.ogg', 1, { item: 1 }, 'call.ogg'],
			],
		);
	});

	it('says in settings and media how it came about where it is not simplified', async () => {
		const { output } = await run({ output: 'file', options: { simplify: false } }, [silentItem()]);
		assert.deepEqual(output[0].json.settings, {
			vad_preset: 'forTranscription',
			channel_mode: 'split',
			channels: [],
			maximum_speech_length: 30,
			minimum_speech_length: 3,
			on_little_speech: 'warn',
			on_several_speakers: 'warn',
		});
		assert.equal((output[0].json.media as IDataObject).container, 'wav');
	});

	it('without speech is an empty vector, a warning and a hint', async () => {
		const { output, hints, status } = await run({ output: 'channel', options: { includeVectorVoiceprint: true } }, [silentItem()]);
		assert.equal(status, 'success');
		assert.deepEqual(output[0].json.vector, []);
		assert.match(output[0].json.warnings as string, /^SILENT_CHANNEL: /);
		assert.match(hints[0].message, /^Channel 0 is silent: its voiceprint is empty \[item 0\]$/);
	});

	it('with too little speech fails that item only, where it shall', async () => {
		const parameters = { output: 'channel', options: { onLittleSpeech: 'fail' } };
		const { output } = await run(parameters, [silentItem(), callItem()], { onError: 'continueRegularOutput' });
		assert.equal((output[0].json.error as IDataObject).code, 'TOO_LITTLE_SPEECH');
		assert.deepEqual(output[0].pairedItem, { item: 0 });
		assert.equal(output.length, 3);
	});

	it('leaves the incoming items as they were', async (t) => {
		await assertItemsUntouched(t, EXTRACT, async () => void (await run({ output: 'channel' }, [silentItem()])));
	});
});

describe("a model of one's own", () => {
	const description = { id: 'mine', file: 'mine.onnx', dimension: 16, input: { kind: 'waveform' } };
	const llr = { slope: 1, offset: 0 };

	/** The call's channels by the model, with the calibration in its description. */
	async function extract(calibration?: object) {
		const modelFile = join(folder, 'mine.json');
		writeFileSync(join(folder, 'mine.onnx'), waveformModel(16));
		writeFileSync(modelFile, JSON.stringify({ ...description, ...(calibration && { calibration }) }));
		const parameters = { model: 'own', modelFile, output: 'channel', options: { includeVectorVoiceprint: true } };
		const { output, error } = await run(parameters, [callItem()]);
		return { items: output.map(({ json }) => json as unknown as VoiceprintChannel & { warnings: string }), error };
	}

	it('makes the voiceprints, and says nothing about several speakers without a calibration', async () => {
		const { items } = await extract();
		assert.deepEqual(items.map(({ model, vector }) => [model, vector.length]), [['mine', 16], ['mine', 16]]);
		assert.deepEqual(items.map(({ warnings }) => warnings), ['', '']);
	});

	it('tells several speakers by the rule of its own calibration', async () => {
		const always = { llr_below: 2, share_of_pairs: 0.1, fewest_windows: 2 };
		const { items } = await extract({ llr, several_speakers: always });
		assert.deepEqual(items.map(({ warnings }) => warnings.split(':')[0]), ['SEVERAL_SPEAKERS', 'SEVERAL_SPEAKERS']);
		const never = await extract({ llr, several_speakers: { ...always, llr_below: -2 } });
		assert.deepEqual(never.items.map(({ warnings }) => warnings), ['', '']);
	});

	it('is refused with a calibration that makes no sense', async () => {
		const { error } = await extract({ llr: { slope: 'steep' } });
		assert.equal(error?.context.code, 'INVALID_MODEL');
		assert.match(error.message, /llr\.slope must be a number/);
	});
});
