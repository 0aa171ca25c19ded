/**
 * Runs the test files: `npm test [-- [--fast] [--name=PATTERN] [part of a file's path …]]`. Each file has a process of
 * its own, two at a time; those in `test/e2e` come last and one by one, as they start real n8n servers. `--fast` leaves
 * them out. The whole run has beside them, one by one too, the tests of what may depend on it on the other versions of
 * Node; `--node VERSION` runs everything but those in `test/e2e` on one of them.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureChromium } from './n8n/chromium.mts';
import { ensureN8n } from './n8n/install.mts';
import { isMusl } from './setup.cjs';
import { describeFile, summarise } from './testing/report.mts';
import { ensureNodeVersion, OTHER_NODES } from './testing/node-versions.mts';
import { runFolder } from './testing/run-folder.mts';
import { killRunningFiles, runFile, type FileReport, type RunFileOptions } from './testing/run-file.mts';

const REPOSITORY = join(import.meta.dirname, '..');
const FILES_AT_ONCE = 2;

/** Far more than any file takes: it is there to end a hang. */
const TIMEOUT_SECONDS = 600;

async function runAll(files: string[], atOnce: number, options: RunFileOptions): Promise<FileReport[]> {
	const queue = [...files];
	const reports: FileReport[] = [];
	async function work() {
		for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
			const report = await runFile(file, options);
			reports.push(report);
			console.log(describeFile(report));
		}
	}
	await Promise.all(Array.from({ length: atOnce }, work));
	return reports;
}

function stopOnSignals(): void {
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.once(signal, () => {
			killRunningFiles();
			process.exit(130);
		});
	}
}

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { fast: { type: 'boolean', default: false }, name: { type: 'string' }, node: { type: 'string' } },
});
stopOnSignals();
// Of this process, so that it goes when all files have ended.
runFolder();
const files = globSync('test/**/*.test.mts', { cwd: REPOSITORY })
	.filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
	.sort()
	.map((file) => join(REPOSITORY, file));
const isEndToEnd = (file: string) => file.startsWith(join(REPOSITORY, 'test', 'e2e'));
const serverless = files.filter((file) => !isEndToEnd(file));
const endToEnd = values.fast || values.node ? [] : files.filter(isEndToEnd);
const say = (message: string) => console.log(message);
const options: RunFileOptions = { timeoutSeconds: TIMEOUT_SECONDS, namePattern: values.name };

const whole = !values.fast && !values.node && positionals.length === 0;
// What has to be installed comes over the network while the first tests run. Whoever needs it says that it failed.
const n8n = endToEnd.length > 0 ? ensureN8n(say) : undefined;
n8n?.catch(() => {});
const inBrowser = (file: string) => readFileSync(file, 'utf8').includes('noChromium()');
const chromium = endToEnd.some(inBrowser) ? ensureChromium(say) : undefined;

const node = values.node === undefined ? undefined : await ensureNodeVersion(values.node, say);
const reports = await runAll(serverless, FILES_AT_ONCE, { ...options, node });

async function runEndToEnd(): Promise<FileReport[]> {
	await n8n;
	await chromium;
	return await runAll(endToEnd, 1, options);
}

async function runOnOtherNodes(): Promise<FileReport[]> {
	// Processes, threads, streams and sockets, and the nodes with the real engine; arithmetic is the same on every Node.
	const ofNode = /[\\/]test[\\/](nodes[\\/]local|speech-platform|engine[\\/]client|engine[\\/]process[\\/](host|runtime))/;
	const onEveryNode = serverless.filter((file) => ofNode.test(file));
	const all: FileReport[] = [];
	// npm has none for musl.
	for (const version of isMusl() ? [] : OTHER_NODES) {
		all.push(...(await runAll(onEveryNode, 1, { ...options, node: await ensureNodeVersion(version, say) })));
	}
	return all;
}

reports.push(...(await Promise.all([runEndToEnd(), whole ? runOnOtherNodes() : []])).flat());
const { text, ok } = summarise(reports);
console.log(text);
process.exitCode = ok ? 0 : 1;
