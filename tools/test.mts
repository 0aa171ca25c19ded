/**
 * Runs the test files: `npm test [-- [--fast] [--name=PATTERN] [part of a file's path …]]`. Each file has a process of
 * its own, two at a time; those in `test/e2e` come last and one by one, as they start real n8n servers and measure
 * what the engine does to them. `--fast` leaves them out.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureN8n } from './n8n/install.mts';
import { describeFile, summarise } from './testing/report.mts';
import { killRunningFiles, runFile, type FileReport, type RunFileOptions } from './testing/run-file.mts';

const REPOSITORY = join(import.meta.dirname, '..');
const FILES_AT_ONCE = 2;

/** Far more than any file takes: it is there to end a hang. */
const TIMEOUT_SECONDS = 300;

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
	options: { fast: { type: 'boolean', default: false }, name: { type: 'string' } },
});
stopOnSignals();
const files = globSync('test/**/*.test.mts', { cwd: REPOSITORY })
	.filter((file) => positionals.length === 0 || positionals.some((part) => file.includes(part)))
	.sort()
	.map((file) => join(REPOSITORY, file));
const isEndToEnd = (file: string) => file.startsWith(join(REPOSITORY, 'test', 'e2e'));
const endToEnd = values.fast ? [] : files.filter(isEndToEnd);
const options: RunFileOptions = { timeoutSeconds: TIMEOUT_SECONDS, namePattern: values.name };

const reports = await runAll(
	files.filter((file) => !isEndToEnd(file)),
	FILES_AT_ONCE,
	options,
);
if (endToEnd.length > 0) {
	await ensureN8n((message) => console.log(message));
	reports.push(...(await runAll(endToEnd, 1, options)));
}
const { text, ok } = summarise(reports);
console.log(text);
process.exitCode = ok ? 0 : 1;
