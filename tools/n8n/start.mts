/**
 * `npm start`: a real n8n on this machine with this package installed as users install it, and the example workflows
 * in it. Its data is kept in the cache folder from one start to the next; Ctrl-C ends it.
 */
import { join } from 'node:path';
import { OWNER, type N8nClient } from './client.mts';
import { exampleNames, provideRecordings, readExample, withFolder } from './examples.mts';
import { cacheFolder } from './cache.mts';
import { ensureN8n, n8nVersion } from './install.mts';
import { withLock } from './lock.mts';
import { installPackage, packPackage } from './package.mts';
import { freePortFrom } from './ports.mts';
import { startN8n } from './server.mts';

const N8N_USUAL_PORT = 5678;

/** Adds the example workflows that are not there yet, and tells where each one is. */
async function addExamples(client: N8nClient, filesFolder: string): Promise<string[]> {
	const present = await client.workflows();
	const lines: string[] = [];
	for (const name of exampleNames()) {
		const workflow = withFolder(readExample(name), filesFolder);
		const { id } = present.find((each) => each.name === workflow.name) ?? (await client.createWorkflow(workflow));
		lines.push(`  ${workflow.name}: ${client.url}/workflow/${id}`);
	}
	return lines;
}

async function start(): Promise<void> {
	let stop = (): void => process.exit(130);
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop());
	await ensureN8n(console.log);
	console.log(`Starting n8n ${n8nVersion()} with this package in it …`);
	const { tarball, dispose } = await packPackage();
	const home = join(cacheFolder(), 'home');
	const install = (folder: string) => installPackage(tarball, folder);
	const n8n = await startN8n({ install, home, port: await freePortFrom(N8N_USUAL_PORT) }).finally(dispose);
	stop = () => void n8n.stop();
	provideRecordings(n8n.filesFolder);
	const examples = await addExamples(n8n.client, n8n.filesFolder);
	console.log(
		[
			'',
			`n8n is ready: ${n8n.url}`,
			`Sign in with ${OWNER.email} and the password ${OWNER.password}`,
			...examples,
			`Recordings to try it on: ${n8n.filesFolder}`,
			'Ctrl-C stops it.',
		].join('\n'),
	);
	await n8n.ended;
	console.log('n8n has stopped.');
}

await withLock(
	join(cacheFolder(), 'home.lock'),
	() => console.log('Another npm start is running on the same data; waiting for it to end …'),
	start,
);
