/** The way of a file from n8n's storage into the engine's hands. */
import assert from 'node:assert/strict';
import fs, { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { beforeEach, describe, it } from 'node:test';
import type { IExecuteFunctions } from 'n8n-workflow';
import { writeBinaryToFile } from '../../dist/nodes/common/binary.js';
import { useFakeEngine, type Call } from './support/fakeEngine.mts';
import { BINARY_MODES, fileItem, harness, run, SYSTEM_TEXT } from './support/node.mts';

let calls: Call[];
beforeEach(async () => {
	calls = useFakeEngine();
	await harness.setBinaryMode('filesystem');
});

for (const mode of BINARY_MODES) {
	describe(`binary data mode ${mode}`, () => {
		beforeEach(async () => await harness.setBinaryMode(mode));

		it('gives the engine the same bytes, in a private file that is gone afterwards', async () => {
			const content = Buffer.alloc(700_000, 'recording ').toString();
			const { status } = await run({}, [fileItem(content)]);
			assert.equal(status, 'success');
			assert.equal(calls[0].content.toString(), content);
			assert.equal(calls[0].mode, 0o600);
			assert.equal(calls[0].folderExists(), false);
		});

		it('passes the file on in every form, unless an option turns it off', async () => {
			for (const form of ['file', 'channel', 'segment']) {
				const { output } = await run({ output: form });
				for (const { binary } of output) {
					assert.equal(binary!.data.fileName, 'call.wav');
					assert.equal((await harness.readBinary(binary!.data)).toString(), 'media bytes');
				}
				for (const { binary } of (await run({ output: form, options: { includeBinary: false } })).output) assert.equal(binary, undefined);
			}
		});

		it('refuses an empty file', async () => {
			const { error } = await run({}, [fileItem('')]);
			assert.equal(error!.context.code, 'EMPTY_FILE');
			assert.equal(error!.message, 'The file "call.wav" is empty (0 bytes) [item 0]');
			assert.equal(calls.length, 0);
		});

		it('finds files inside the JSON of combined binary data', async () => {
			const rest = { settings: { binaryMode: 'combined' as const } };
			const { error, output } = await run({}, [fileItem()], rest);
			assert.equal(error?.message, undefined);
			assert.equal(calls[0].content.toString(), 'media bytes');
			const { json, binary } = output[0];
			const passedOn = { ...binary, ...(json._files as object) };
			assert.deepEqual(Object.keys(passedOn), ['data']);
			assert.equal((await harness.readBinary(passedOn.data)).toString(), 'media bytes');
		});

		// Files that n8n holds in memory stay beside the JSON, so there is no path to them.
		if (mode !== 'default') {
			it('takes the full path of a file in the JSON of combined binary data', async () => {
				const rest = { settings: { binaryMode: 'combined' as const } };
				const { output } = await run({ binaryPropertyName: '_files.data' }, [fileItem()], rest);
				assert.deepEqual(Object.keys(output[0].json._files as object), ['data']);
			});
		}

		it('names the fields there are in combined binary data', async () => {
			const rest = { settings: { binaryMode: 'combined' as const } };
			const item = fileItem();
			item.files!.picture = item.files!.data;
			const { error } = await run({ binaryPropertyName: 'sound' }, [item], rest);
			assert.equal(error!.context.code, 'BINARY_FIELD_MISSING');
			assert.match(error!.description!, /This item has: 'data', 'picture'\.$/);
		});
	});
}

describe('the only file of an item', () => {
	const inField = (field: string, content = 'media bytes') => {
		const item = fileItem(content);
		return { ...item, files: { [field]: item.files!.data } };
	};
	const combined = { settings: { binaryMode: 'combined' as const } };

	for (const [mode, rest] of [['separate', {}], ['combined', combined]] as const) {
		it(`is taken from another field, with a hint: ${mode} binary data`, async () => {
			await harness.setBinaryMode('filesystem');
			const { output, hints } = await run({}, [inField('attachment_0'), fileItem('other')], rest);
			assert.deepEqual(calls.map(({ content }) => content.toString()), ['media bytes', 'other']);
			const { binary, json } = output[0];
			assert.deepEqual(Object.keys({ ...binary, ...(json._files as object) }), ['attachment_0']);
			assert.deepEqual(json.warnings, []);
			const [hint, ...others] = hints.filter(({ message }) => message.includes('only file'));
			assert.match(hint.message, /no file in the field 'data', .* in the field 'attachment_0'.* \[item 0\]$/);
			assert.deepEqual([hint.type, others], ['info', []]);
		});
	}

	it('is told in the result too where another field was asked for by name', async () => {
		const { output, hints } = await run({ binaryPropertyName: 'customer' }, [inField('agent')]);
		const [{ code, message }] = output[0].json.warnings as Array<{ code: string; message: string }>;
		assert.deepEqual([code, output[0].json.has_speech], ['OTHER_FIELD', true]);
		assert.match(message, /'customer'.*'agent'/);
		assert.ok(hints.some((one) => one.type === 'warning' && one.message.includes(message)));
	});

	it('is refused where it is none that can be read, by the name of its own field', async () => {
		const { error } = await run({}, [inField('page', '')]);
		assert.equal(error!.context.code, 'EMPTY_FILE');
	});
});

describe('a missing field', () => {
	it('is named, with the fields that the item has', async () => {
		const item = fileItem();
		item.files = { sound: item.files!.data, picture: item.files!.data };
		const { error } = await run({}, [item]);
		assert.equal(error!.message, "The item has no file in the field 'data' [item 0]");
		assert.match(error!.description!, /'Input Data Field Name'.*This item has: 'sound', 'picture'\.$/);
	});

	it('of an item without any file says so', async () => {
		const { error } = await run({}, [{ json: { a: 1 } }]);
		assert.match(error!.description!, /no file at all/);
	});

	it('may also be no name at all', async () => {
		for (const binaryPropertyName of ['={{ "" }}', '={{ 7 }}', '={{ ({ a: 1 }) }}']) {
			const { error } = await run({ binaryPropertyName });
			assert.equal(error!.context.code, 'BINARY_FIELD_MISSING');
			assert.match(error!.message, /'Input Data Field Name' must be the name of a field/);
		}
	});
});

/** An execution context with one file, whose bytes come from `source`. */
function contextWith(source: () => Readable | Promise<Readable>, signal?: AbortSignal): IExecuteFunctions {
	return {
		getExecutionCancelSignal: () => signal,
		getInputData: () => [],
		helpers: {
			assertBinaryData: () => ({ id: 'filesystem-v2:x', fileName: 'call.wav', mimeType: 'audio/wav', data: '' }),
			getBinaryStream: async () => await source(),
		},
	} as unknown as IExecuteFunctions;
}

describe('a file that cannot be copied', () => {
	const folder = mkdtempSync(join(tmpdir(), 'copy-test-'));
	process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
	const copy = async (source: () => Readable | Promise<Readable>, target = folder, signal?: AbortSignal) =>
		await writeBinaryToFile(contextWith(source, signal), 0, 'data', target).finally(() =>
			rmSync(join(folder, 'input'), { force: true }),
		);
	const missing = () => Promise.reject(Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' }));

	it('because storage lost it', async () => {
		await assert.rejects(copy(missing), (error: Error & { code: string; description: string }) => {
			assert.equal(error.code, 'BINARY_NOT_READABLE');
			assert.doesNotMatch(error.message, SYSTEM_TEXT);
			assert.match(error.description, /no such file/);
			return true;
		});
	});

	it('because storage fails half-way', async () => {
		async function* broken() {
			yield Buffer.alloc(10);
			throw new Error('connection to the bucket lost');
		}
		await assert.rejects(
			copy(() => Readable.from(broken())),
			{ code: 'BINARY_NOT_READABLE' },
		);
	});

	it('because the disk is full', async (t) => {
		const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
		t.mock.method(fs, 'createWriteStream', () => new Writable({ write: (_chunk, _encoding, done) => done(full) }));
		await assert.rejects(
			copy(() => Readable.from([Buffer.alloc(10)])),
			(error: Error & { code: string; description: string }) => {
				assert.equal(error.code, 'NO_DISK_SPACE');
				assert.doesNotMatch(error.message, SYSTEM_TEXT);
				assert.match(error.description, /TMPDIR/);
				return true;
			},
		);
	});

	it('because the folder is gone', async () => {
		await assert.rejects(
			copy(() => Readable.from([Buffer.alloc(10)]), join(folder, 'nowhere')),
			{ code: 'TEMPORARY_FILE' },
		);
	});

	it('because the execution was cancelled meanwhile', async () => {
		const abort = new AbortController();
		const endless = () =>
			new Readable({
				read() {
					setImmediate(() => this.push(Buffer.alloc(1000)));
				},
			});
		const copying = copy(endless, folder, abort.signal);
		setTimeout(() => abort.abort(), 50);
		await assert.rejects(copying, { code: 'CANCELED' });
	});
});
