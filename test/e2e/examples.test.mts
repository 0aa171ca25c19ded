/** The workflows in `examples/` import into a real n8n and do what their notes say. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Execution } from '../../tools/n8n/client.mts';
import { provideRecordings, readExample, withFolder } from '../../tools/n8n/examples.mts';
import { writeSilentWav } from '../support/engine.mts';
import { CALL, useN8n } from './support.mts';

const itemsOf = ({ data }: Execution, node: string) => data.resultData.runData[node]?.[0]?.data?.main[0] ?? [];

describe('the example workflows', () => {
	const n8n = useN8n();

	it('upload-to-segments answers an upload with segments', async () => {
		const { client } = n8n();
		const workflow = await client.createWorkflow(readExample('upload-to-segments'));
		await client.publishWebhook(workflow, 'speech-segments');
		const { status, body } = await client.upload('speech-segments', CALL);
		assert.equal(status, 200);
		assert.ok((body as unknown[]).length > 5);
	});

	it('sort-by-speech sends a recording without speech the other way', async () => {
		const { client, filesFolder } = n8n();
		const recordings = join(filesFolder, 'recordings');
		mkdirSync(recordings, { recursive: true });
		writeFileSync(join(recordings, 'call.ogg'), CALL.content);
		writeSilentWav(join(recordings, 'silence.wav'), 20);
		const workflow = await client.createWorkflow(withFolder(readExample('sort-by-speech'), filesFolder));
		const execution = await client.runManually(workflow, 'Start');
		assert.equal(execution.status, 'success');
		const names = (node: string) => itemsOf(execution, node).map(({ json }) => json.file_name);
		assert.deepEqual(names('Leave Out'), ['silence.wav']);
		assert.deepEqual(names('Transcribe'), ['call.ogg']);
	});

	it('identify-callers knows the one caller that it has a recording of', async () => {
		const { client, filesFolder } = n8n();
		provideRecordings(filesFolder);
		const workflow = await client.createWorkflow(withFolder(readExample('identify-callers'), filesFolder));
		const execution = await client.runManually(workflow, 'Start');
		assert.equal(execution.status, 'success');
		const verdicts = (node: string) => itemsOf(execution, node).map(({ json }) => json.verdict);
		assert.deepEqual(verdicts('Caller Known'), ['call.ogg, channel 1: Robin.wav']);
		assert.deepEqual(verdicts('Caller Unknown'), ['call.ogg, channel 0: nobody we know']);
	});
});
