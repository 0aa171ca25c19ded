'use strict';
/** Stands in for the engine's entry: what it does with a job is said in the job's `media.path`. */
const { readFile, readdirSync, writeSync } = require('node:fs');
const { Worker } = require('node:worker_threads');
const { collectGarbage } = require('../../../../dist/engine/process/garbage.js');

const answer = (id, more) => process.send({ kind: 'result', id, result: { pid: process.pid }, ...more });

/** On Linux. */
const threads = () => readdirSync('/proc/self/task').length;

const ACTIONS = {
	answer: (id) => answer(id, { rss: 1e6 }),
	grow: (id) => answer(id, { rss: 1e12 }),
	slow: (id) => setTimeout(() => answer(id, { rss: 1e6 }), 40),
	hang: () => {},
	lacksMemory: (id) => process.send({ kind: 'failure', id, error: { code: 'OUT_OF_MEMORY', message: 'no more' }, rss: 1e6 }),
	saysMemory: () => {
		writeSync(2, 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory');
		process.abort();
	},
	fillsHeapOfThread: () => new Worker('for (const all = []; ; ) all.push(1.5);', { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } }),
	aborts: () => process.kill(process.pid, 'SIGABRT'),
	readsFile: (id) => {
		const before = threads();
		readFile(process.argv[1], () => process.send({ kind: 'result', id, result: { begun: threads() - before } }));
	},
	/** As an instance of FFmpeg: large, and small in the heap. */
	letsGo: async (id) => {
		const held = () => process.memoryUsage().arrayBuffers / 2 ** 20;
		const before = held();
		(() => new Uint8Array(100 * 2 ** 20).fill(1))();
		await collectGarbage();
		const { MALLOC_ARENA_MAX, MALLOC_TRIM_THRESHOLD_, MALLOC_MMAP_THRESHOLD_ } = process.env;
		process.send({ kind: 'result', id, result: { kept: held() - before, malloc: [MALLOC_ARENA_MAX, MALLOC_TRIM_THRESHOLD_, MALLOC_MMAP_THRESHOLD_] } });
	},
	killed: () => process.kill(process.pid, 'SIGKILL'),
	exits: () => process.exit(3),
};

process.on('message', ({ id, job }) => ACTIONS[job.media.path](id));
process.on('disconnect', () => process.exit(0));
process.send({ kind: 'ready' });
