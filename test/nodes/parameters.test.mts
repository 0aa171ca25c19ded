/** What the node makes of its parameters: the job that the engine gets, or a message that names the parameter. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { INodeParameters } from 'n8n-workflow';
import { BALANCED } from '../../dist/engine/client/presets.js';
import { checkRange, parseChannels, parseRaw, parseTrack } from '../../dist/nodes/common/mediaParameters.js';
import { useFakeEngine, type Call } from './support/fakeEngine.mts';
import { fileItem, nodeOf, run } from './support/node.mts';

let calls: Call[];
beforeEach(() => {
	calls = useFakeEngine();
});

async function requestOf(parameters: INodeParameters): Promise<Call> {
	const { error } = await run(parameters);
	assert.equal(error, undefined);
	assert.equal(calls.length, 1);
	return calls[0];
}

/** Runs with parameters that must be refused before the engine is asked. */
async function refusal(parameters: INodeParameters) {
	const { status, error } = await run(parameters);
	assert.equal(status, 'error');
	assert.equal(calls.length, 0);
	assert.equal(error!.itemIndex, 0);
	return { code: error!.context.code, message: error!.message, description: error!.description! };
}

describe('defaults', () => {
	it('are lists too, which a workflow stores as a copy', async () => {
		await requestOf({ alsoProduce: [] });
	});

	it('process the whole file, each channel, balanced, within ten minutes', async () => {
		const { job, options } = await requestOf({});
		const { path, ...media } = job.media;
		assert.deepEqual(media, {
			channelMode: 'split',
			channels: [],
			rangeFrom: 0,
			maximumDuration: 0,
			fileName: 'call.wav',
		});
		assert.deepEqual(job.vad, { preset: 'balanced', includeProbabilities: false });
		assert.equal(job.runtime, 'auto');
		assert.equal(options.timeoutMs, 600_000);
		assert.ok(path.startsWith(job.workFolder));
	});

	for (const name of ['voiceActivityDetection', 'speakerDiarization']) {
		it(`of ${name} are the same where n8n stores a copy of each with the workflow`, async () => {
			const { properties } = nodeOf(name).description;
			const lists = properties.filter((property) => Array.isArray(property.default));
			assert.notEqual(lists.length, 0);
			const copies = structuredClone(Object.fromEntries(lists.map((list) => [list.name, list.default])));
			const { error } = await run(copies, undefined, { node: name });
			assert.equal(error?.message, undefined);
		});
	}
});

describe('values', () => {
	it('say how the file is read', async () => {
		const { job } = await requestOf({ options: { audioTrack: 'all', rawEncoding: 'alaw', rawSampleRate: 16_000 } });
		assert.equal(job.media.track, 'all');
		assert.deepEqual(job.media.raw, { encoding: 'alaw', sampleRate: 16_000, channels: 1 });
	});

	it('reach the engine in its units', async () => {
		const { job, options } = await requestOf({
			channelMode: 'mix',
			channels: '1, 0',
			rangeFrom: 1.5,
			rangeTo: 60,
			preset: 'forTranscription',
			options: { timeout: 30, maximumDuration: 3600, includeProbabilities: true, runtime: 'wasm' },
		});
		const { channelMode, channels, rangeFrom, rangeTo, maximumDuration } = job.media;
		assert.deepEqual(
			{ channelMode, channels, rangeFrom, rangeTo, maximumDuration },
			{ channelMode: 'mix', channels: [0, 1], rangeFrom: 1.5, rangeTo: 60, maximumDuration: 3600 },
		);
		assert.deepEqual(job.vad, { preset: 'forTranscription', includeProbabilities: true });
		assert.equal(job.runtime, 'wasm');
		assert.equal(options.timeoutMs, 30_000);
	});

	it('may come from expressions, as text or as lists', async () => {
		const { job } = await requestOf({
			channels: '={{ [1, "0"] }}',
			rangeFrom: '={{ "2.5" }}',
			rangeTo: '={{ $json.id.length }}',
			preset: '={{ "custom" }}',
			thresholds: { onsetThreshold: '={{ "0.6" }}' },
		});
		assert.deepEqual(job.media.channels, [0, 1]);
		assert.equal(job.media.rangeFrom, 2.5);
		assert.equal(job.media.rangeTo, 'call.wav'.length);
		assert.deepEqual(job.vad.thresholds, { onsetThreshold: 0.6 });
	});

	it('are read for each item', async () => {
		await run({ rangeFrom: '={{ $itemIndex }}' }, [fileItem(), fileItem()]);
		assert.deepEqual(
			calls.map(({ job }) => job.media.rangeFrom),
			[0, 1],
		);
	});

	it('may be a file instead of its field', async () => {
		const { job, content } = await requestOf({ binaryPropertyName: '={{ $binary.data }}' });
		assert.equal(job.media.fileName, 'call.wav');
		assert.equal(content.toString(), 'media bytes');
	});

	it('of thresholds go with the preset Custom only', async () => {
		const { job } = await requestOf({ preset: 'balanced', thresholds: { onsetThreshold: 0.9 } });
		assert.equal(job.vad.thresholds, undefined);
	});

	it('that are not set are shown as they were used', async () => {
		const { output } = await run({
			preset: 'custom',
			thresholds: { minimumSpeech: 80 },
			options: { simplify: false },
		});
		assert.deepEqual(output[0].json.settings, {
			preset: 'custom',
			thresholds: { ...BALANCED, minimumSpeech: 80 },
			channel_mode: 'split',
			channels: [],
			range_from: 0,
			range_to: null,
		});
	});
});

describe('parseChannels', () => {
	it('takes what users write', () => {
		assert.deepEqual(parseChannels(''), []);
		assert.deepEqual(parseChannels('  '), []);
		assert.deepEqual(parseChannels(undefined), []);
		assert.deepEqual(parseChannels('0'), [0]);
		assert.deepEqual(parseChannels(' 0 , 1 '), [0, 1]);
		assert.deepEqual(parseChannels('3,1,3'), [1, 3]);
		assert.deepEqual(parseChannels(2), [2]);
		assert.deepEqual(parseChannels([1, '0']), [0, 1]);
	});

	for (const value of ['a', '0;1', '-1', '1.5', '0,,1', ',', '1e3', {}, [null], [[0]], true, NaN, '123456']) {
		it(`refuses ${JSON.stringify(value)}`, () => {
			assert.throws(() => parseChannels(value), { code: 'INVALID_PARAMETER', message: /^'Channels' must be / });
		});
	}
});

describe('parseTrack', () => {
	it('reads a number, a language or all', () => {
		for (const nothing of [undefined, '', '  ']) assert.equal(parseTrack(nothing), undefined);
		assert.equal(parseTrack(1), 1);
		assert.equal(parseTrack(' 0 '), 0);
		assert.equal(parseTrack('ALL'), 'all');
		assert.equal(parseTrack('eng'), 'eng');
		assert.equal(parseTrack('Brazilian Portuguese'), 'Brazilian Portuguese');
	});

	it('refuses anything else', () => {
		for (const value of [-1, 0.5, NaN, null, true, {}, [], '0,1', 'a:m:language', '-map', 'x'.repeat(99)]) {
			assert.throws(() => parseTrack(value), { code: 'INVALID_PARAMETER', message: /^'Audio Track' must be / });
		}
	});
});

describe('parseRaw', () => {
	it('reads samples without a header', () => {
		assert.equal(parseRaw({}), undefined);
		assert.equal(parseRaw({ rawEncoding: 'header' }), undefined);
		assert.deepEqual(parseRaw({ rawEncoding: 'mulaw' }), { encoding: 'mulaw', sampleRate: 8000, channels: 1 });
		assert.deepEqual(parseRaw({ rawEncoding: 's16le', rawSampleRate: '48000', rawChannels: 2 }), {
			encoding: 's16le',
			sampleRate: 48_000,
			channels: 2,
		});
	});

	it('refuses what makes no sense', () => {
		for (const [options, message] of [
			[{ rawEncoding: 'mp3' }, /^'Raw Audio Encoding' must be one of/],
			[{ rawSampleRate: 8000 }, /^'Raw Audio Encoding' must be set where 'Raw Audio Sample Rate' is/],
			[{ rawChannels: 1 }, /^'Raw Audio Encoding' must be set where 'Raw Audio Channels' is/],
			[{ rawEncoding: 'mulaw', rawChannels: 0 }, /^'Raw Audio Channels' must not be below 1/],
			[{ rawEncoding: 'mulaw', rawChannels: 1.5 }, /^'Raw Audio Channels' must be a whole number/],
			[{ rawEncoding: 'mulaw', rawSampleRate: 'fast' }, /^'Raw Audio Sample Rate' must be a number/],
		] as Array<[Record<string, unknown>, RegExp]>) {
			assert.throws(() => parseRaw(options), { code: 'INVALID_PARAMETER', message });
		}
	});
});

describe('checkRange', () => {
	it('takes 0 as the end of the file', () => {
		assert.deepEqual(checkRange(5, 0), { rangeFrom: 5 });
		assert.deepEqual(checkRange(0, 0), { rangeFrom: 0 });
		assert.deepEqual(checkRange(5, 5.001), { rangeFrom: 5, rangeTo: 5.001 });
	});

	it('refuses an empty part', () => {
		assert.throws(() => checkRange(5, 5), { code: 'INVALID_RANGE' });
		assert.throws(() => checkRange(5, 4), {
			code: 'INVALID_RANGE',
			message: /'Range To' \(4 s\).*'Range From' \(5 s\)/,
		});
	});
});

describe('a wrong value is refused with the name of its parameter:', () => {
	const cases: Array<[string, INodeParameters, string, RegExp]> = [
		['channels', { channels: 'left' }, 'INVALID_PARAMETER', /'Channels' must be .* but is "left" \[item 0\]$/],
		['a range that ends before it starts', { rangeFrom: 9, rangeTo: 3 }, 'INVALID_RANGE', /'Range To' \(3 s\)/],
		['a negative start', { rangeFrom: -1 }, 'INVALID_PARAMETER', /'Range From' must not be below 0, but is -1/],
		[
			'text for a number',
			{ rangeTo: '={{ "later" }}' },
			'INVALID_PARAMETER',
			/'Range To' must be a number, but is "later"/,
		],
		["an operation of the server's", { operation: 'getResult' }, 'INVALID_PARAMETER', /'Operation' must be one of 'detect'/],
		['an engine that there is not', { engine: 'cloud' }, 'INVALID_PARAMETER', /'Engine' must be one of 'local'/],
		[
			'a preset that there is not',
			{ preset: '={{ "best" }}' },
			'INVALID_PARAMETER',
			/'Preset' must be one of 'balanced'/,
		],
		['an output that there is not', { output: '={{ 1 }}' }, 'INVALID_PARAMETER', /'Output' must be one of/],
		[
			'a channel mode that there is not',
			{ channelMode: 'left' },
			'INVALID_PARAMETER',
			/'Channel Mode' must be one of/,
		],
		[
			'a runtime that there is not',
			{ options: { runtime: 'gpu' } },
			'INVALID_PARAMETER',
			/'Runtime' must be one of/,
		],
		['a negative timeout', { options: { timeout: -5 } }, 'INVALID_PARAMETER', /'Timeout' must not be below 0/],
		[
			'a switch that is text',
			{ options: { simplify: '={{ "perhaps" }}' } },
			'INVALID_PARAMETER',
			/'Simplify' must be true/,
		],
		[
			'a probability above 1',
			{ preset: 'custom', thresholds: { onsetThreshold: 50 } },
			'INVALID_PARAMETER',
			/'Onset Threshold' must not be above 1/,
		],
		[
			'an offset above the onset',
			{ preset: 'custom', thresholds: { offsetThreshold: 0.9 } },
			'INVALID_PARAMETER',
			/'Offset Threshold' must not be above 'Onset Threshold'/,
		],
		[
			'a padding of hours',
			{ preset: 'custom', thresholds: { paddingAfter: 9e9 } },
			'INVALID_PARAMETER',
			/'Padding After'/,
		],
	];
	for (const [name, parameters, code, message] of cases) {
		it(name, async () => {
			const error = await refusal(parameters);
			assert.equal(error.code, code);
			assert.match(error.message, message);
		});
	}

	it('also where an expression itself fails', async () => {
		const { error } = await run({ rangeFrom: '={{ $("Nobody").item.json.x }}' });
		assert.equal(error!.name, 'ExpressionError');
		assert.equal(error!.itemIndex, 0);
		assert.equal(calls.length, 0);
	});
});
