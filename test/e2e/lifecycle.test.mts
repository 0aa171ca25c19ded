/** Installing, updating and removing the package by n8n's own endpoint, while a workflow uses it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathWithNpmFor, startRegistry, withVersion, type RunningRegistry } from '../../tools/n8n/registry.mts';
import { startN8n, type RunningN8n } from '../../tools/n8n/server.mts';
import { fileWorkflow, START_NAME, VOICE_ACTIVITY_DETECTION } from '../../tools/n8n/workflows.mts';
import { isRunning, until } from '../support/engine.mts';
import { packOnce } from '../support/package.mts';
import { CALL, startLongExecution } from './support.mts';

const PACKAGE = 'n8n-nodes-voiceprint';
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as { version: string };
const NEXT = '99.0.0';

interface Installed {
	packageName: string;
	installedVersion: string;
	installedNodes: Array<{ type: string }>;
}

describe("n8n's own installer", () => {
	let folder: string;
	let registry: RunningRegistry | undefined;
	let n8n: RunningN8n | undefined;

	before(async () => {
		folder = mkdtempSync(join(tmpdir(), 'lifecycle-'));
		const tarball = await packOnce();
		const next = withVersion(tarball, NEXT, folder);
		registry = await startRegistry([tarball, next]);
		n8n = await startN8n({
			env: { PATH: pathWithNpmFor(registry.url, join(folder, 'bin')), N8N_UNVERIFIED_PACKAGES_ENABLED: 'true' },
		});
	});

	after(async () => {
		await n8n?.stop();
		await registry?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	const offered = async () => (await n8n!.client.nodeTypes()).map(({ name }) => name).includes(VOICE_ACTIVITY_DETECTION);

	const installed = async () => await n8n!.client.call<Installed[]>('GET', '/rest/community-packages');

	async function detect(): Promise<string> {
		const file = join(n8n!.filesFolder, 'call.ogg');
		writeFileSync(file, CALL.content);
		const workflow = await n8n!.client.createWorkflow(fileWorkflow(file, {}));
		return (await n8n!.client.runManually(workflow, START_NAME)).status;
	}

	it('installs it, and it works without a restart', async () => {
		assert.equal(await offered(), false);
		await n8n!.client.call('POST', '/rest/community-packages', { name: `${PACKAGE}@${version}` });
		const [one] = await installed();
		assert.equal(one.installedVersion, version);
		assert.equal(one.installedNodes.length, 4);
		assert.equal(await detect(), 'success');
	});

	it('updates it while an execution runs, which can still be stopped', async () => {
		const { id, enginePid } = await startLongExecution(n8n!);
		await n8n!.client.call('PATCH', '/rest/community-packages', { name: PACKAGE });
		assert.equal((await installed())[0].installedVersion, NEXT);
		assert.ok(isRunning(enginePid), 'the execution goes on');
		await n8n!.client.stopExecution(id);
		await until(() => !isRunning(enginePid), 'the engine to end', 5000);
		assert.equal((await n8n!.client.finishedExecution(id)).status, 'canceled');
		assert.equal(await detect(), 'success');
	});

	it('removes it while an execution runs, which can still be stopped', async () => {
		const { id, enginePid } = await startLongExecution(n8n!);
		await n8n!.client.call('DELETE', `/rest/community-packages?name=${PACKAGE}`);
		assert.deepEqual(await installed(), []);
		assert.equal(await offered(), false);
		await n8n!.client.stopExecution(id);
		await until(() => !isRunning(enginePid), 'the engine to end', 5000);
	});
});
