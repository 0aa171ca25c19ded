/** Also Produce: pictures and label files as binary data of items, and a result that is never lost for them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, beforeEach, describe, it, mock } from 'node:test';
import type { Warning } from '../../dist/engine/client/protocol.js';
import type { RunResult } from '../../tools/n8n/harness.mts';
import { CALL } from '../support/recordings.mts';
import { DETECT, SPEECH, startApi } from './support/api.mts';
import { fakeResult, useFakeEngine } from './support/fakeEngine.mts';
import { BINARY_MODES, harness, run, SYSTEM_TEXT } from './support/node.mts';

const { stopEngine } = createRequire(import.meta.url)('../../dist/engine/client/client.js') as { stopEngine: () => void };
after(() => stopEngine());

beforeEach(async () => {
	mock.restoreAll();
	await harness.setBinaryMode('filesystem');
});

const call = (field = 'data') => ({ json: {}, files: { [field]: { buffer: readFileSync(CALL), fileName: 'call.ogg', mimeType: 'audio/ogg' } } });

const ALL = { alsoProduce: ['picture', 'labels'], pictureOptions: { formats: ['png', 'svg'] }, labelFormats: ['webvtt', 'csv'] };

const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47]);

const fieldsOf = ({ output }: RunResult) => output.map(({ binary = {} }) => Object.keys(binary).sort());

const codesOf = ({ output }: RunResult) => (output[0].json.warnings as unknown as Warning[]).map(({ code }) => code);

describe('locally', () => {
	for (const mode of BINARY_MODES) {
		it(`gives files beside the recording, with binary data in the mode ${mode}`, async () => {
			await harness.setBinaryMode(mode);
			const result = await run(ALL, [call()]);
			assert.equal(result.error?.message, undefined);
			assert.deepEqual(fieldsOf(result), [['data', 'labels_csv', 'labels_vtt', 'timeline_png', 'timeline_svg']]);
			const { timeline_png: png, timeline_svg: svg, labels_vtt: vtt } = result.output[0].binary!;
			assert.deepEqual((await harness.readBinary(png)).subarray(0, 4), PNG);
			assert.deepEqual([png.fileName, png.mimeType, svg.mimeType, vtt.fileName], ['call-timeline.png', 'image/png', 'image/svg+xml', 'call.vtt']);
			assert.match((await harness.readBinary(vtt)).toString(), /^WEBVTT\n\n00:00:0[\s\S]*<v channel 1>/);
		});
	}

	it('gives them to the first of several items, and takes no name that is there', async () => {
		const segments = await run({ ...ALL, output: 'segment' }, [call()]);
		const [first, ...others] = fieldsOf(segments);
		assert.deepEqual(first, ['data', 'labels_csv', 'labels_vtt', 'timeline_png', 'timeline_svg']);
		assert.ok(others.length > 3 && others.every((fields) => fields.join() === 'data'));
		const taken = await run({ alsoProduce: ['picture'], binaryPropertyName: 'timeline_png' }, [call('timeline_png')]);
		assert.deepEqual(fieldsOf(taken), [['timeline_png', 'timeline_png_1']]);
	});

	it('keeps the result where the picture cannot be made or stored', async () => {
		const gone = { kind: 'picture' as const, format: 'png' as const, path: '/nowhere/timeline.png', fileName: 'a.png', mimeType: 'image/png', width: 1, height: 1 };
		useFakeEngine(() => fakeResult({ artefacts: [gone] }));
		const result = await run({ alsoProduce: ['picture'] }, [call()]);
		assert.equal(result.error?.message, undefined);
		assert.deepEqual([fieldsOf(result), codesOf(result)], [[['data']], ['NOT_PRODUCED']]);
		assert.doesNotMatch(JSON.stringify(result.output[0].json.warnings), SYSTEM_TEXT);
		assert.equal(result.output[0].json.artefacts, undefined);
	});

	it('asks the engine for nothing where nothing is wanted, and refuses what it does not know', async () => {
		const calls = useFakeEngine();
		await run({}, [call()]);
		assert.equal('produce' in calls[0].job, false);
		const { error } = await run({ alsoProduce: ['picture'], pictureOptions: { width: 10 } }, [call()]);
		assert.deepEqual([error?.context.code, error?.context.itemIndex], ['INVALID_PARAMETER', 0]);
	});
});

describe('with the API', () => {
	it('makes them here of the file that was sent', async (t) => {
		const { run: runApi } = await startApi(t);
		const result = await runApi(DETECT, ALL, [call()]);
		assert.equal(result.error?.message, undefined);
		assert.deepEqual(fieldsOf(result), [['data', 'labels_csv', 'labels_vtt', 'timeline_png', 'timeline_svg']]);
		assert.deepEqual((await harness.readBinary(result.output[0].binary!.timeline_png)).subarray(0, 4), PNG);
	});

	it('says, as the local engine does, that a name is not in the picture', async (t) => {
		const named = { json: {}, files: { data: { buffer: readFileSync(CALL), fileName: '王伟.ogg', mimeType: 'audio/ogg' } } };
		const { run: runApi } = await startApi(t);
		for (const result of [await runApi(DETECT, { alsoProduce: ['picture'] }, [named]), await run({ alsoProduce: ['picture'] }, [named])]) {
			assert.equal(result.error?.message, undefined);
			const { message } = (result.output[0].json.warnings as unknown as Warning[]).find(({ code }) => code === 'NAMES_NOT_WRITTEN')!;
			assert.match(message, /王伟\.ogg/);
		}
	});

	it('keeps the result where the file cannot be read here', async (t) => {
		const { run: runApi } = await startApi(t);
		const result = await runApi(DETECT, ALL);
		assert.equal(result.error?.message, undefined);
		assert.deepEqual([fieldsOf(result), codesOf(result).includes('NOT_PRODUCED')], [[['data', 'labels_csv', 'labels_vtt']], true]);
		assert.equal((result.output[0].json.channels as unknown[]).length, SPEECH.channels.length);
	});

	it('gives label files to a result that is fetched later, and says why there is no picture', async (t) => {
		const { run: runApi } = await startApi(t);
		const [started] = (await runApi(DETECT, { waitForCompletion: false })).output;
		const result = await runApi(DETECT, { operation: 'getResult', taskId: started.json.task_id as string, ...ALL, waitUntilDone: true }, [{ json: {} }]);
		assert.equal(result.error?.message, undefined);
		assert.deepEqual([fieldsOf(result), codesOf(result).includes('NOT_PRODUCED')], [[['labels_csv', 'labels_vtt']], true]);
		assert.match(JSON.stringify(result.output[0].json.warnings), /needs the recording itself/);
	});
});
