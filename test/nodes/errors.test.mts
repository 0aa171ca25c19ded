/** What becomes of an item that fails, of the others, and of an execution that is cancelled. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { beforeEach, describe, it } from 'node:test';
import type { IExecuteFunctions, INode } from 'n8n-workflow';
import { canceled, VoiceprintError } from '../../dist/errors.js';
import { errorFields, toNodeError } from '../../dist/nodes/common/nodeErrors.js';
import { runForEachItem } from '../../dist/nodes/common/itemLoop.js';
import { fakeResult, useFakeEngine, type Call } from './support/fakeEngine.mts';
import { fileItem, run, harness, NODE, SYSTEM_TEXT } from './support/node.mts';

// The copy that the nodes use: `import` would load another one, whose classes are not theirs.
const { NodeApiError, NodeOperationError } = createRequire(import.meta.url)(
	'n8n-workflow',
) as typeof import('n8n-workflow');

const NOT_MEDIA = new VoiceprintError('NOT_MEDIA', "The file 'page.html' is not audio or video", 'It looks like HTML.');

/** Fails on files whose content is `broken`. */
function engineThatBreaks(error: Error = NOT_MEDIA): Call[] {
	return useFakeEngine(({ content }) => {
		if (content.toString() === 'broken') throw error;
		return fakeResult();
	});
}

const THREE = [fileItem('fine', 'a.wav'), fileItem('broken', 'page.html'), fileItem('fine', 'c.wav')];

const ERROR = { message: `${NOT_MEDIA.message} [item 1]`, code: 'NOT_MEDIA', description: 'It looks like HTML.' };

let calls: Call[];
beforeEach(() => {
	calls = engineThatBreaks();
});

describe('an item that fails', () => {
	it('stops the workflow, with the message, the remedy, the code and the item', async () => {
		const { status, error } = await run({}, THREE);
		assert.equal(status, 'error');
		assert.equal(error!.name, 'NodeOperationError');
		assert.equal(error!.message, ERROR.message);
		assert.equal(error!.description, ERROR.description);
		assert.equal(error!.itemIndex, 1);
		assert.equal(error!.context.code, 'NOT_MEDIA');
		assert.equal(calls.length, 2);
	});

	it('becomes an item where the workflow goes on, and the others are done, in their order', async () => {
		const { status, output } = await run({}, THREE, { onError: 'continueRegularOutput' });
		assert.equal(status, 'success');
		assert.deepEqual(
			output.map(({ json, pairedItem }) => [json.file_name ?? json.error, pairedItem]),
			[
				['a.wav', { item: 0 }],
				[ERROR, { item: 1 }],
				['c.wav', { item: 2 }],
			],
		);
	});

	it('goes to the error output, with the fields of its input item', async () => {
		const { outputs } = await run({}, THREE, { onError: 'continueErrorOutput' });
		assert.deepEqual(
			outputs.map((items) => items.length),
			[2, 1],
		);
		assert.deepEqual(outputs[1][0].json, { id: 'page.html', error: ERROR });
		assert.deepEqual(outputs[1][0].pairedItem, { item: 1 });
	});

	it('may fail before the engine is asked', async () => {
		const items = [fileItem(), { json: {} }, fileItem()];
		const { output } = await run({ output: 'segment' }, items, { onError: 'continueRegularOutput' });
		assert.deepEqual(
			output.map(({ json }) => (json.error as { code: string } | undefined)?.code ?? json.segment_index),
			[0, 1, 'BINARY_FIELD_MISSING', 0, 1],
		);
	});

	it('leaves no file behind', async () => {
		await run({}, THREE, { onError: 'continueRegularOutput' });
		for (const call of calls) assert.equal(call.folderExists(), false);
	});

	it('keeps its message whatever n8n would read into the name of the file', async () => {
		const message = "The file 'fileperms-enoent.wav' is not audio or video";
		engineThatBreaks(new VoiceprintError('NOT_MEDIA', message));
		const { error } = await run({}, [fileItem('broken')]);
		assert.equal(error!.message, `${message} [item 0]`);
	});

	it('for an unknown reason says so, and keeps the system text out of the message', async () => {
		engineThatBreaks(new Error("EACCES: permission denied, open '/tmp/x'"));
		const { error } = await run({}, [fileItem('broken')]);
		assert.equal(error!.context.code, 'INTERNAL');
		assert.doesNotMatch(error!.message, SYSTEM_TEXT);
		assert.match(error!.description!, /EACCES/);
	});
});

describe('a cancelled execution', () => {
	/** An engine that works until it is told to stop, and one item that it has finished. */
	function slowEngine(): { calls: Call[]; started: Promise<void> } {
		let start = () => {};
		const started = new Promise<void>((resolve) => (start = resolve));
		const seen = useFakeEngine(async ({ options }) => {
			if (seen.length === 1) return fakeResult();
			start();
			return await new Promise((_, reject) => {
				options.signal!.addEventListener('abort', () =>
					reject(canceled()),
				);
			});
		});
		return { calls: seen, started };
	}

	for (const onError of ['stopWorkflow', 'continueRegularOutput'] as const) {
		it(`stops the engine and starts no further item (${onError})`, async () => {
			const engine = slowEngine();
			const items = [fileItem(), fileItem(), fileItem()];
			const execution = harness.start({ node: NODE, items, onError });
			await engine.started;
			execution.cancel();
			const { status } = await execution.done;
			assert.equal(status, 'canceled');
			await new Promise((resolve) => setTimeout(resolve, 100));
			assert.equal(engine.calls.length, 2);
			assert.equal(engine.calls[1].options.signal!.aborted, true);
			assert.equal(engine.calls[1].folderExists(), false);
		});
	}
});

const VAD: INode = { name: 'VAD', type: 'x.vad', typeVersion: 1, id: '1', position: [0, 0], parameters: {} };

it('a cancelled loop ends with an error, not with items that say so', async () => {
	const abort = new AbortController();
	const context = {
		getExecutionCancelSignal: () => abort.signal,
		getInputData: () => [{ json: {} }, { json: {} }],
		getNode: () => VAD,
		continueOnFail: () => true,
	} as unknown as IExecuteFunctions;
	const seen: number[] = [];
	const loop = runForEachItem(context, async (itemIndex) => {
		seen.push(itemIndex);
		abort.abort();
		throw new Error('whatever breaks when the ground is gone');
	});
	await assert.rejects(loop, { name: 'NodeOperationError', message: 'The execution was canceled [item 0]' });
	assert.deepEqual(seen, [0]);
});

describe('toNodeError', () => {
	it('leaves errors alone that are made for the user, and adds the item they lack', () => {
		const operation = new NodeOperationError(VAD, 'Made by hand', { itemIndex: 2 });
		assert.equal(toNodeError(VAD, operation, 5), operation);
		assert.equal(operation.context.itemIndex, 2);
		const api = new NodeApiError(VAD, {}, { message: 'Too many requests', httpCode: '429' });
		assert.equal(toNodeError(VAD, api, 5), api);
		assert.equal(api.context.itemIndex, 5);
	});

	it('reports our own faults and not what users mistake', () => {
		const level = (code: 'ENGINE_CRASHED' | 'NO_AUDIO') => toNodeError(VAD, new VoiceprintError(code, 'x'), 0).level;
		assert.equal(level('ENGINE_CRASHED'), 'error');
		assert.equal(level('NO_AUDIO'), 'warning');
	});

	it('keeps the original as the cause', () => {
		const cause = new VoiceprintError('INVALID_RANGE', 'x');
		assert.equal(toNodeError(VAD, cause, 0).cause, cause);
	});

	it('takes anything that can be thrown', () => {
		for (const thrown of ['text', undefined, null, 7, {}]) {
			assert.equal(toNodeError(VAD, thrown, 0).context.code, 'INTERNAL');
		}
	});

	it('gives an item the code of an error of n8n as well', () => {
		const fields = errorFields(toNodeError(VAD, new NodeOperationError(VAD, 'Made by hand'), 0));
		assert.deepEqual(fields, { message: 'Made by hand', code: 'NodeOperationError' });
	});
});
