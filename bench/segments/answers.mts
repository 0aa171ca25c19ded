/**
 * Speech in files, found in a process of its own, as a process works with one number of threads and one runtime all its
 * life. Reads a `Work` from stdin and prints one line of JSON for each file, a path and an `Answer`.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vadJob } from '../../test/support/engine.mts';
import type { RuntimeName, VadResult } from '../../dist/engine/client/protocol.js';
import type { Answer, Milliseconds } from './differences.mts';

export interface Work {
	/** Folder of the build whose answers are wanted. */
	build: string;
	runtime: RuntimeName;
	threads: number;
	paths: string[];
}

type Pipelines = typeof import('../../dist/engine/process/host/pipelines.js');
type Threads = typeof import('../../dist/engine/process/threads.js');

const milliseconds = (seconds: number) => Math.round(seconds * 1000);

function answerOf({ channels, warnings }: VadResult): Answer {
	const segments = channels.map(({ channel_number, segments: found }) => {
		return [channel_number, found.map(({ start_time, end_time }): Milliseconds => [milliseconds(start_time), milliseconds(end_time)])];
	});
	return {
		channels: Object.fromEntries(segments),
		warnings: warnings.map(({ code, channel_number: channel }) => (channel === undefined ? code : `${code} (${channel})`)),
	};
}

if (import.meta.main) {
	const { build, runtime, threads, paths } = JSON.parse(readFileSync(0, 'utf8')) as Work;
	const { runPipeline } = (await import(join(build, 'engine/process/host/pipelines.js'))) as Pipelines;
	const threadsModule = join(build, 'engine/process/threads.js');
	// Older builds know one thread.
	if (existsSync(threadsModule)) ((await import(threadsModule)) as Threads).allowThreads(threads);
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	for (const path of paths) {
		const answer = await runPipeline(vadJob(path, folder, { runtime })).then(
			(result) => answerOf(result as VadResult),
			(error: Error & { code?: string }): Answer => ({ error: error.code ?? error.message }),
		);
		console.log(JSON.stringify([path, answer]));
	}
	rmSync(folder, { recursive: true, force: true });
	process.exit(0);
}
