/** The files of an item: all go on under their own names; what stands in place of a file is named. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { INodeParameters } from 'n8n-workflow';
import { VoiceprintError } from '../../dist/errors.js';
import { filesOfAll, filesWith } from '../../dist/nodes/common/itemFiles.js';
import { textInDisguise } from '../../dist/nodes/common/textAsFile.js';
import type { HarnessItem, RunResult } from '../../tools/n8n/harness.mts';
import { fakeResult, useFakeEngine, type Call } from './support/fakeEngine.mts';
import { DETECT, startApi } from './support/api.mts';
import { BINARY_MODES, fileItem, harness, NODE, run } from './support/node.mts';

const NAMES = ['agent', 'customer', 'invoice'];

/** An item with three files; each holds its field's name. */
const threeFiles = (): HarnessItem => ({
	json: { id: 7 },
	files: Object.fromEntries(NAMES.map((name) => [name, { buffer: Buffer.from(name), fileName: `${name}.wav`, mimeType: 'audio/wav' }])),
});

/** Contents of the files of an output item, by field. */
async function contentsOf({ json, binary }: RunResult['output'][number]): Promise<Record<string, string>> {
	const files = Object.entries({ ...binary, ...(json._files as typeof binary) });
	return Object.fromEntries(await Promise.all(files.map(async ([name, file]) => [name, (await harness.readBinary(file)).toString()])));
}

const ALL = { agent: 'agent', customer: 'customer', invoice: 'invoice' };

let calls: Call[];
beforeEach(() => {
	calls = useFakeEngine();
});

for (const mode of BINARY_MODES) {
	for (const settings of [{}, { binaryMode: 'combined' as const }]) {
		describe(`with binary data in mode ${mode}, ${settings.binaryMode ?? 'separate'}`, () => {
			async function passedOn(parameters: INodeParameters, onError?: 'continueRegularOutput') {
				await harness.setBinaryMode(mode);
				const { output, error } = await run(parameters, [threeFiles()], { settings, onError });
				assert.equal(error?.message, undefined);
				return await contentsOf(output[0]);
			}

			it('all files go on, whichever was processed', async () => {
				assert.deepEqual(await passedOn({ binaryPropertyName: 'customer' }), ALL);
				assert.equal(calls[0].content.toString(), 'customer');
			});

			it('also where it failed and the workflow goes on', async () => {
				useFakeEngine(() => {
					throw new VoiceprintError('NOT_MEDIA', 'no');
				});
				assert.deepEqual(await passedOn({ binaryPropertyName: 'customer' }, 'continueRegularOutput'), ALL);
			});
		});
	}
}

describe('a file given by an expression', () => {
	beforeEach(async () => await harness.setBinaryMode('filesystem'));

	it('goes on in its own field and takes no other\'s place', async () => {
		for (const expression of ['={{ $binary.customer }}', '={{ $binary["customer"] }}', '={{ $("Source").item.binary.customer }}']) {
			const { output } = await run({ binaryPropertyName: expression }, [threeFiles()]);
			assert.deepEqual(await contentsOf(output[0]), ALL);
		}
		assert.deepEqual(calls.map(({ content }) => content.toString()), ['customer', 'customer', 'customer']);
	});

	it('of another item comes beside the item\'s own', async () => {
		const items = [fileItem('first', 'a.wav'), fileItem('second', 'b.wav')];
		const { output } = await run({ binaryPropertyName: '={{ $("Source").first().binary.data }}' }, items);
		assert.deepEqual(await contentsOf(output[0]), { data: 'first' });
		assert.deepEqual(await contentsOf(output[1]), { data: 'second', data_1: 'first' });
	});
});

describe('where one item becomes several', () => {
	const item = [threeFiles()];

	it('an option decides whether files go on', async () => {
		for (const output of ['channel', 'segment']) {
			const without = await run({ output, options: { includeBinary: false } }, item.map((one) => ({ ...one, files: { data: one.files!.agent } })));
			assert.ok(without.output.every(({ binary }) => binary === undefined));
			const kept = await run({ output, binaryPropertyName: 'agent' }, item);
			assert.ok(kept.output.length > 0);
			for (const one of kept.output) assert.deepEqual(await contentsOf(one), ALL);
		}
	});
});

describe('filesOfAll', () => {
	const file = (id: string) => ({ id, data: '', mimeType: 'audio/wav' });
	const itemWith = (binary: object) => ({ json: {}, binary }) as Parameters<typeof filesOfAll>[0][number];

	it('keeps each file once, under a name of its own', () => {
		const all = filesOfAll([itemWith({ data: file('a') }), itemWith({ data: file('b') }), itemWith({ data: file('a'), data_1: file('c') })]);
		assert.deepEqual(Object.entries(all).map(([name, { id }]) => [name, id]), [['data', 'a'], ['data_1', 'b'], ['data_1_1', 'c']]);
	});
});

/** A node's context with such an item, as a Code node may make it. */
async function faultOf(binary: unknown, settings = {}): Promise<RunResult> {
	const node = [...harness.nodeTypes].find(([type]) => type.endsWith(NODE))![1] as { execute: (this: unknown) => Promise<unknown> };
	const { execute } = Object.getPrototypeOf(node) as typeof node;
	Object.assign(node, {
		async execute(this: { getInputData(): unknown[] }) {
			this.getInputData()[0] = { json: {}, binary };
			return await execute.call(this);
		},
	});
	try {
		return await run({}, [{ json: {} }], { settings });
	} finally {
		delete (node as Partial<typeof node>).execute;
	}
}

describe('what stands in place of a file', () => {
	const base64 = Buffer.from('media bytes').toString('base64');

	for (const settings of [{}, { binaryMode: 'combined' as const }]) {
		it(`may lack its type (binary data ${settings.binaryMode ?? 'separate'})`, async () => {
			const { error } = await faultOf({ data: { data: base64, fileName: 'a.ogg' } }, settings);
			assert.equal(error?.message, undefined);
			assert.equal(calls[0].content.toString(), 'media bytes');
		});
	}

	for (const [name, binary, message] of [
		['text', { data: 'what was said' }, /^The file in the field 'data' is text, and not a file/],
		['text as its content', { data: { data: 'what was said.', mimeType: 'audio/wav' } }, /^The file in the field 'data' holds text in place/],
		['a data URI', { data: { data: `data:audio/ogg;base64,${base64}`, mimeType: 'audio/ogg' } }, /^The file in the field 'data' is a data URI/],
		['a number', { data: 7 }, /^The file in the field 'data' is something else, and not a file/],
		['nothing', { data: { data: '', mimeType: 'audio/wav' } }, /^The file in the field 'data' is empty \(0 bytes\) \[item 0\]$/],
	] as const) {
		it(`is named where it is ${name}`, async () => {
			const { error } = await faultOf(binary);
			assert.match(error!.message, message);
			assert.notEqual(error!.description ?? '', '');
			assert.equal(calls.length, 0);
		});
	}
});

describe('a file that is text in disguise', () => {
	const media = Buffer.from(Array.from({ length: 600 }, (_, i) => (i * 37) % 256));
	const uri = (type: string) => `data:${type};base64,${media.toString('base64')}`;
	const cases: Array<[string, Buffer, RegExp]> = [
		['a data URI', Buffer.from(uri('audio/ogg')), /is a data URI/],
		['a data URI that was decoded', Buffer.from(uri('audio/x-wav'), 'base64'), /was made of a data URI/],
		['one of a video', Buffer.from(uri('video/mp4;codecs=avc1'), 'base64'), /was made of a data URI/],
		['one without type', Buffer.from(`data:;base64,${media.toString('base64')}`), /is a data URI/],
		['base64', Buffer.from(media.toString('base64')), /is base64 text/],
		['base64 in lines', Buffer.from(media.toString('base64').replace(/.{76}/g, '$&\r\n')), /is base64 text/],
	];
	for (const [name, content, message] of cases) {
		it(`is named: ${name}`, async () => {
			const item = { json: {}, files: { data: { buffer: content, fileName: 'voice.ogg', mimeType: 'audio/ogg' } } };
			const { error } = await run({}, [item]);
			assert.equal(error!.context.code, 'NOT_MEDIA');
			assert.match(error!.message, /^The file "voice.ogg" /);
			assert.match(error!.message, message);
			assert.equal(calls.length, 0);
		});
	}

	it('is no upload either', async (t) => {
		const api = await startApi(t);
		const { error } = await api.run(DETECT, {}, [fileItem(uri('audio/ogg'))]);
		assert.match(error!.message, /is a data URI/);
		assert.equal(api.server.requests.length, 0);
	});

	it('is not suspected in media', () => {
		for (const start of ['RIFF', 'OggS', 'ID3\u0003', 'fLaC', '\u0000\u0000\u0000 ftypM4A ']) {
			assert.equal(textInDisguise('x', Buffer.concat([Buffer.from(start, 'latin1'), media])), undefined);
		}
		assert.equal(textInDisguise('x', Buffer.from('<!doctype html><p>Sign in</p>'.repeat(20))), undefined);
		assert.equal(textInDisguise('x', Buffer.alloc(0)), undefined);
	});
});

describe('messages', () => {
	const recording = Buffer.alloc(100_000, 'speech').toString('base64');

	it('repeat no value of a parameter that is longer than a line', async () => {
		for (const parameters of [
			{ binaryPropertyName: recording },
			{ binaryPropertyName: `data:audio/ogg;base64,${recording}` },
			{ channels: recording },
			{ rangeFrom: `={{ "${recording}" }}` },
			{ preset: `={{ "${recording}" }}` },
			{ options: { timeout: `={{ ["${recording}"] }}` } },
		]) {
			const { error } = await run(parameters);
			assert.ok(error!.message.length + error!.description!.length < 600, error!.message.slice(0, 300));
			assert.ok(!`${error!.message} ${error!.description}`.includes(recording.slice(0, 81)));
		}
	});

	it('say that the content stands where a name should', async () => {
		const { error } = await run({ binaryPropertyName: recording });
		assert.match(error!.message, /^'Input Data Field Name' must be the name of a field that holds a file, but is the content of a file itself/);
		const uri = await run({ binaryPropertyName: `data:audio/ogg;base64,${recording}` });
		assert.match(uri.error!.message, /but is a data URI itself/);
	});

	it('call a file without a name by its field', async () => {
		await run({ binaryPropertyName: 'sound' }, [{ json: {}, files: { sound: { buffer: Buffer.from('x') } } }]);
		assert.equal(calls[0].job.media.fileName, "nameless file in the field 'sound'");
	});

	it('have no stack trace in their description', async () => {
		useFakeEngine(() => {
			const trace = 'TypeError: x is not a function\n    at decode (/a/b.js:1:2)\n    at async Job.run (node:internal/x:3:4)\n    at <anonymous>';
			throw new VoiceprintError('INTERNAL', 'The speech engine could not process this file', trace);
		});
		const { error } = await run();
		assert.equal(error!.description, 'TypeError: x is not a function');
	});
});

it('an item that is processed keeps its name of the file or has none', async () => {
	useFakeEngine(() => fakeResult());
	const { output } = await run({}, [{ json: {}, files: { data: { buffer: Buffer.from('x') } } }]);
	assert.equal(output[0].json.file_name ?? null, null);
});

it('filesWith leaves the item as it was', () => {
	const input = Object.freeze({ json: {}, binary: Object.freeze({ data: { id: 'a', data: '', mimeType: 'x' } }) });
	const ctx = { getInputData: () => [input], getNodeParameter: () => '={{ $json.other }}' } as unknown as Parameters<typeof filesWith>[0];
	assert.deepEqual(Object.keys(filesWith(ctx, 0, { id: 'b', data: '', mimeType: 'x' })), ['data', 'data_1']);
});
