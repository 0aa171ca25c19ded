/** What n8n's users see when something goes wrong, and what is left when they or n8n stop. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Execution } from '../../tools/n8n/client.mts';
import { fileWorkflow, NODE_NAME, START_NAME } from '../../tools/n8n/workflows.mts';
import { killedAtWork } from './ends.mts';
import { assertStops, CALL, PAGE, startLongExecution, useN8n } from './support.mts';
import { uploads } from './uploads.mts';

interface ErrorOfNode {
	message: string;
	description?: string;
	context: { itemIndex?: number; code?: string };
}

const taskOf = ({ data }: Execution) => data.resultData.runData[NODE_NAME]?.[0];
const errorOf = (execution: Execution) => taskOf(execution)?.error as unknown as ErrorOfNode | undefined;
const itemsOf = (execution: Execution) => taskOf(execution)?.data?.main[0]?.map(({ json }) => json);

const n8n = useN8n({ binaryMode: 'filesystem' });

uploads(n8n, 'filesystem');

describe('an execution in n8n', () => {
	it('that fails says why, at which item, and what to do', async () => {
		const { client, filesFolder } = n8n();
		writeFileSync(join(filesFolder, 'page.mp3'), PAGE.content);
		const workflow = await client.createWorkflow(fileWorkflow(join(filesFolder, 'page.mp3'), {}));
		const execution = await client.runManually(workflow, START_NAME);
		assert.equal(execution.status, 'error');
		const error = errorOf(execution);
		assert.equal(error?.context.code, 'NOT_MEDIA');
		assert.equal(error.context.itemIndex, 0);
		assert.match(error.message, /\[item 0\]/);
		assert.ok(error.description);
	});

	it('that continues on fail keeps the error of the bad file and the result of the good one', async () => {
		const { client, filesFolder } = n8n();
		writeFileSync(join(filesFolder, 'both-1.mp3'), PAGE.content);
		writeFileSync(join(filesFolder, 'both-2.ogg'), CALL.content);
		const workflow = await client.createWorkflow(
			fileWorkflow(join(filesFolder, 'both-*'), {}, { onError: 'continueRegularOutput' }),
		);
		const execution = await client.runManually(workflow, START_NAME);
		assert.equal(execution.status, 'success');
		const items = itemsOf(execution)!;
		assert.equal(items.length, 2);
		assert.equal(items.filter(({ error }) => error !== undefined).length, 1);
		assert.equal(items.filter(({ channels }) => Array.isArray(channels)).length, 1);
	});

	it('that is stopped kills the engine at once and leaves no file', async () => {
		await assertStops(n8n(), await startLongExecution(n8n()), 2000);
	});

	it('after a stopped one works as before', async () => {
		const { client, filesFolder } = n8n();
		writeFileSync(join(filesFolder, 'next.ogg'), CALL.content);
		const workflow = await client.createWorkflow(fileWorkflow(join(filesFolder, 'next.ogg'), {}));
		assert.equal((await client.runManually(workflow, START_NAME)).status, 'success');
	});

	it('whose engine dies says so, and the next one works', async () => {
		const { client, filesFolder } = n8n();
		const { id, enginePid } = await startLongExecution(n8n());
		process.kill(enginePid, 'SIGKILL');
		const execution = await client.finishedExecution(id);
		assert.equal(execution.status, 'error');
		assert.equal(errorOf(execution)?.context.code, 'OUT_OF_MEMORY');
		const workflow = await client.createWorkflow(fileWorkflow(join(filesFolder, 'next.ogg'), {}));
		assert.equal((await client.runManually(workflow, START_NAME)).status, 'success');
	});
});

killedAtWork(n8n);
