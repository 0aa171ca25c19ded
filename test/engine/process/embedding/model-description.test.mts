/** What may stand in the description of a model of one's own, and what is said of mistakes. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import { readModelDescription } from '../../../../dist/engine/process/embedding/modelDescription.js';
import { loadOwnModel } from '../../../../dist/engine/process/embedding/ownModel.js';
import { numbers } from './support/graphs.mts';
import { testFolder, writeModel, type Json } from './support/ownModels.mts';

const GOOD: Json = {
	id: 'my.model_1-x',
	file: 'model.onnx',
	dimension: 192,
	input: { kind: 'fbank' },
	features: { preset: 'kaldi' },
	normalization: 'mean',
};

const DOCS = readFileSync(join(import.meta.dirname, '..', '..', '..', '..', 'docs', 'own-models.md'), 'utf8');

const read = async (changes: Json) => await readModelDescription(writeModel({ ...GOOD, ...changes }));

/** n8n replaces a message that contains one of these. */
const SYSTEM_CODE = /\b(E[A-Z]{4,}|ERR_)/;

async function faultOf(action: Promise<unknown>): Promise<{ message: string; description: string }> {
	try {
		await action;
	} catch (error) {
		const fault = error as { name: string; code: string; message: string; description: string };
		assert.deepEqual([fault.name, fault.code], ['VoiceprintError', 'INVALID_MODEL'], String(error));
		// The name of a temporary folder can look like one by chance.
		assert.doesNotMatch(fault.message.replace(/-[A-Za-z0-9]{6}(?=[\\/"])/g, ''), SYSTEM_CODE);
		return fault;
	}
	throw new assert.AssertionError({ message: 'no error' });
}

test('what is left out has its default', async () => {
	const file = writeModel(GOOD);
	const { input, ...rest } = await readModelDescription(file);
	assert.deepEqual(rest, { id: 'my.model_1-x', file: join(dirname(file), 'model.onnx'), dimension: 192 });
	assert.ok(input.kind === 'fbank');
	assert.deepEqual([input.name, input.length, input.layout, input.normalization], [undefined, undefined, 'frames,mels', 'mean']);
	const { window, edges, fftSize, sampleScale, melBins, lowFrequency, highFrequency } = input.features;
	assert.deepEqual([window, edges, fftSize, sampleScale], ['povey', 'snip', 512, 32768]);
	assert.deepEqual([melBins, lowFrequency, highFrequency], [80, 20, 8000]);
});

test('what is given is taken', async () => {
	const calibration = { llr: { slope: 1, offset: 2 }, more: [1] };
	const description = await read({
		file: 'weights/model.onnx',
		sample_rate: 16000,
		input: { kind: 'waveform', name: 'wave', length: 'samples' },
		features: undefined,
		normalization: undefined,
		output: 'embs',
		longest_seconds: 12.5,
		calibration,
	});
	const { file, ...rest } = description;
	assert.match(file, /weights.model\.onnx$/);
	assert.deepEqual(rest, {
		id: 'my.model_1-x',
		dimension: 192,
		input: { kind: 'waveform', name: 'wave', length: 'samples' },
		output: 'embs',
		longestSeconds: 12.5,
		calibration,
	});
});

test('every field of the documentation is known, and every known one is documented', async () => {
	const [, table] = /### `features`([\s\S]*?)\n##/.exec(DOCS)!;
	const documented = [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
	const { message } = await faultOf(read({ features: { preset: 'nemo', unheard_of: 1 } }));
	const known = [.../there are: (.*)$/.exec(message)![1].matchAll(/'(\w+)'/g)].map(([, name]) => name);
	assert.deepEqual([...documented, 'preset'].sort(), known.sort());
});

describe('mistakes', () => {
	const features = (changes: Json): Json => ({ features: { preset: 'kaldi', ...changes } });
	const waveform = { features: undefined, normalization: undefined };
	const mistakes: Array<[string, Json, RegExp]> = [
		['no id', { id: undefined }, /field 'id' is missing/],
		['an id with a space', { id: 'my model' }, /field 'id' must be a text of 1 to 64/],
		['an id of 65 letters', { id: 'x'.repeat(65) }, /field 'id'/],
		['an id like the bundled models', { id: 'voiceprint-small-v1' }, /field 'id' .*does not start with "voiceprint-"/],
		['no file', { file: undefined }, /field 'file' is missing/],
		['a file elsewhere', { file: '/etc/passwd' }, /field 'file' must be .* relative to the folder/],
		['a file further up', { file: '../model.onnx' }, /field 'file'/],
		['the folder itself', { file: '.' }, /field 'file'/],
		['a dimension in words', { dimension: '192' }, /field 'dimension' must be a whole number from 2 to 8192/],
		['half a dimension', { dimension: 192.5 }, /field 'dimension'/],
		['a typing mistake', { normalisation: 'mean' }, /field 'normalisation' is not known; .*'normalization'/],
		['a typing mistake in the input', { input: { kind: 'fbank', layuot: 'mels,frames' } }, /field 'input\.layuot' is not known/],
		['a field whose name is no name', { 'a secret, perhaps': 1 }, /has a field that is not known/],
		['no input', { input: undefined }, /field 'input' is missing/],
		['an input that is a text', { input: 'fbank' }, /field 'input' must be an object/],
		['an unknown kind', { input: { kind: 'mfcc' } }, /field 'input\.kind' must be one of: "waveform" "fbank"/],
		['a layout turned round', { input: { kind: 'fbank', layout: 'mels, frames' } }, /field 'input\.layout'/],
		['an empty name', { input: { kind: 'fbank', name: '' } }, /field 'input\.name' must be the name of a tensor/],
		['no features', { features: undefined }, /field 'features' is missing/],
		['no preset', { features: {} }, /field 'features\.preset' is missing/],
		['features for a waveform', { input: { kind: 'waveform' }, normalization: undefined }, /field 'features' belongs to/],
		['normalisation for a waveform', { input: { kind: 'waveform' }, features: undefined }, /field 'normalization' belongs to/],
		['a layout for a waveform', { ...waveform, input: { kind: 'waveform', layout: 'mels,frames' } }, /'input\.layout' is not known/],
		['no normalisation', { normalization: undefined }, /field 'normalization' is missing/],
		['another sample rate', { sample_rate: 8000 }, /field 'sample_rate' must be 16000: other sample rates are not supported yet/],
		['dither', features({ dither: 1 }), /field 'features\.dither' must be a number from 0 to 0/],
		['an unknown window', features({ window: 'hann' }), /field 'features\.window' must be one of: "povey"/],
		['a flag in words', features({ remove_dc_offset: 'yes' }), /field 'features\.remove_dc_offset' must be true or false/],
		['a transform smaller than a frame', features({ fft_size: 256 }), /field 'features\.fft_size' .*512 or more/],
		['a transform that is no power of two', features({ fft_size: 600 }), /field 'features\.fft_size'/],
		['frequencies turned round', features({ low_frequency: 4000, high_frequency: 300 }), /field 'features\.high_frequency'/],
		['more bins than the spectrum has', features({ mel_bins: 200 }), /field 'features\.mel_bins' is too large/],
		['a short longest window', { longest_seconds: 0.1 }, /field 'longest_seconds'/],
		['a calibration that is a list', { calibration: [1] }, /field 'calibration' must be an object/],
		['something inherited', { constructor: 1 }, /field 'constructor' is not known/],
	];
	for (const [name, changes, message] of mistakes) {
		test(name, async () => {
			const fault = await faultOf(read(changes));
			assert.match(fault.message, message);
			assert.match(fault.message, /"[^"]*model\.json"/, 'names the file');
			assert.ok(fault.description.length > 0);
		});
	}
});

describe('files', () => {
	const runtime = chooseRuntime('native');

	test('a missing description and a missing ONNX file', async () => {
		const missing = join(testFolder(), 'no.json');
		assert.match((await faultOf(readModelDescription(missing))).message, /The model description ".*no\.json" is not there$/);
		const fault = await faultOf(loadOwnModel(runtime, writeModel(GOOD)));
		assert.match(fault.message, /The ONNX file that field 'file' of the model description ".*model\.json" names is not there/);
		assert.match(fault.description, /Docker.*every worker/);
	});

	test('folders, links in a circle, relative paths and files that may not be read', async () => {
		const folder = testFolder();
		assert.match((await faultOf(readModelDescription(folder))).message, /is not a file/);
		symlinkSync(join(folder, 'loop'), join(folder, 'loop'));
		assert.match((await faultOf(readModelDescription(join(folder, 'loop')))).message, /leads to itself/);
		assert.match((await faultOf(readModelDescription('model.json'))).message, /must be absolute/);
		assert.match((await faultOf(readModelDescription(join(folder, 'x\0y')))).message, /could not be read/);
		const description = writeModel(GOOD);
		mkdirSync(join(dirname(description), 'model.onnx'));
		assert.match((await faultOf(loadOwnModel(runtime, description))).message, /is not a file/);
	});

	const user = process.getuid?.();
	test('a file of another user', { skip: user === undefined || user === 0 ? 'may read everything here' : false }, async () => {
		const description = writeModel(GOOD);
		chmodSync(description, 0);
		assert.match((await faultOf(readModelDescription(description))).message, /may not be read by the user/);
	});

	const noPipes = process.platform === 'win32' && 'pipes have no names here';
	test('a pipe is not waited for, and a huge file not read', { skip: noPipes }, async () => {
		const folder = testFolder();
		execFileSync('mkfifo', [join(folder, 'pipe')]);
		assert.match((await faultOf(readModelDescription(join(folder, 'pipe')))).message, /is not a file/);
		writeFileSync(join(folder, 'huge.json'), ' '.repeat(300 * 1024));
		assert.match((await faultOf(readModelDescription(join(folder, 'huge.json')))).message, /larger than 256 KiB/);
	});

	test('a link out of the folder is refused, one within it and a folder that is a link are not', async () => {
		const outside = writeModel(GOOD, 'the model');
		const description = writeModel(GOOD);
		symlinkSync(join(dirname(outside), 'model.onnx'), join(dirname(description), 'model.onnx'));
		const { message, description: advice } = await faultOf(loadOwnModel(runtime, description));
		assert.match(message, /field 'file'.*leads out of the folder/);
		assert.match(advice, /Put the ONNX file itself/);
		rmSync(join(dirname(description), 'model.onnx'));
		writeFileSync(join(dirname(description), 'real.onnx'), 'no model');
		symlinkSync('real.onnx', join(dirname(description), 'model.onnx'));
		assert.match((await faultOf(loadOwnModel(runtime, description))).message, /no ONNX model/);
		const linked = join(testFolder(), 'linked');
		symlinkSync(dirname(outside), linked);
		assert.match((await faultOf(loadOwnModel(runtime, join(linked, 'model.json')))).message, /no ONNX model/);
	});

	test('nothing of a foreign file gets into the error', async () => {
		const secrets = [
			'hunter2-password',
			'{ "encryptionKey": "hunter2-password", "hunter2": hunter2 }',
			'{ "encryptionKey": "hunter2-password" }',
			'["hunter2"]',
			JSON.stringify({ ...GOOD, dimension: 'hunter2' }),
			JSON.stringify({ ...GOOD, input: { kind: 'hunter2', name: 'hunter2' } }),
			JSON.stringify({ ...GOOD, file: '/hunter2' }),
			JSON.stringify({ ...GOOD, 'hunter2 ': 1 }),
			JSON.stringify({ ...GOOD, file: 'hunter2.onnx' }),
		];
		for (const secret of secrets) {
			const { message, description } = await faultOf(loadOwnModel(runtime, writeModel(secret)));
			assert.doesNotMatch(`${message} ${description}`, /hunter2|encryptionKey/, secret);
		}
	});

	test('a byte order mark does no harm', async () => {
		assert.equal((await readModelDescription(writeModel(`\ufeff${JSON.stringify(GOOD)}`))).dimension, 192);
	});
});

test('the fitting of docs/own-models.md finds the slope and offset that made the pairs', () => {
	const folder = testFolder();
	const [, script] = /```js\n([\s\S]*?)```/.exec(DOCS)!;
	writeFileSync(join(folder, 'fit.mjs'), script);
	// Normal distributions of equal width have a log-likelihood ratio that is a straight line.
	const [mean, other, width] = [0.6, 0.15, 0.15];
	const normal = (seed: number) => numbers(20_000 * 12, seed).reduce<number[]>((sums, value, i) => {
		sums[Math.floor(i / 12)] = (sums[Math.floor(i / 12)] ?? 0) + value / 2;
		return sums;
	}, []);
	const same = normal(3).map((value) => `${mean + width * value},1`);
	const lines = [...same, ...normal(5).slice(0, 8000).map((value) => `${other + width * value},0`)];
	writeFileSync(join(folder, 'pairs.csv'), `${lines.join('\n')}\n`);
	const printed = execFileSync(process.execPath, ['fit.mjs', 'pairs.csv'], { cwd: folder, encoding: 'utf8' });
	const { llr } = (JSON.parse(printed) as { calibration: { llr: { slope: number; offset: number } } }).calibration;
	const slope = (mean - other) / width ** 2;
	assert.ok(Math.abs(llr.slope / slope - 1) < 0.05, `slope ${llr.slope}, not ${slope}`);
	assert.ok(Math.abs(llr.offset + (slope * (mean + other)) / 2) < 0.4, `offset ${llr.offset}`);
});
