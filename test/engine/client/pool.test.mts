/** The pool of engine processes, by itself: stand-ins for the engine do what a test needs. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, it } from 'node:test';
import { poolSize, threadsPerEngine } from '../../../dist/engine/client/client.js';
import { EnginePool, type PoolOptions, type RunOptions } from '../../../dist/engine/client/pool.js';
import type { VadJob } from '../../../dist/engine/client/protocol.js';
import { isRunning, until, vadJob } from '../../support/engine.mts';
import { NO_PROC } from '../../support/processes.mts';

const SUPPORT = join(import.meta.dirname, 'support');

const pools: EnginePool[] = [];

function poolOf(options: Partial<PoolOptions> = {}, host = 'host.cjs'): EnginePool {
	const usual = { size: 1, idleMs: 60_000, startMs: 20_000, heapMiB: 64, retireAbove: 2 ** 30 };
	const pool = new EnginePool({ ...usual, host: join(SUPPORT, host), ...options });
	pools.push(pool);
	return pool;
}

afterEach(() => pools.splice(0).forEach((pool) => pool.stop()));

/** Process that answered. */
async function pidOf(pool: EnginePool, action = 'answer', options?: RunOptions): Promise<number> {
	return ((await pool.run(vadJob(action, ''), options)) as unknown as { pid: number }).pid;
}

describe('an engine process', () => {
	it('serves the next job too, and ends when it has had nothing to do for long enough', async () => {
		const pool = poolOf({ idleMs: 300 });
		const pid = await pidOf(pool);
		assert.equal(await pidOf(pool), pid);
		assert.ok(isRunning(pid));
		await until(() => !isRunning(pid), 'the idle process to end', 5000);
		assert.notEqual(await pidOf(pool), pid);
	});

	it('is replaced where it holds too much memory after a job', async () => {
		const pool = poolOf();
		const pid = await pidOf(pool, 'grow');
		assert.notEqual(await pidOf(pool), pid);
		await until(() => !isRunning(pid), 'the large process to end', 5000);
	});

	it('is replaced after a job that ran out of memory', async () => {
		const pool = poolOf();
		const pid = await pidOf(pool);
		await assert.rejects(pidOf(pool, 'lacksMemory'), { code: 'OUT_OF_MEMORY' });
		assert.notEqual(await pidOf(pool), pid);
	});

	// Filled at once, a thread's heap ends the process; some versions of Node.js end the thread first.
	const deaths: Array<[string, string, string, RegExp]> = [
		['out of memory by its last words', 'saysMemory', 'OUT_OF_MEMORY', /heap out of memory/],
		['out of memory in a thread, by Node.js itself', 'fillsHeapOfThread', 'OUT_OF_MEMORY', /^Process parts of the file.*FATAL ERROR: [^\n]*out of memory$|ERR_WORKER_OUT_OF_MEMORY/],
		['killed by the system', 'killed', 'OUT_OF_MEMORY', /SIGKILL.*more memory/],
		['aborted without a word', 'aborts', 'ENGINE_CRASHED', /signal SIGABRT.*gives it no thread.*pids limit.*N8N_VOICEPRINT_ENGINES/],
		['ended by itself', 'exits', 'ENGINE_CRASHED', /exit code 3/],
	];
	for (const [name, action, code, description] of deaths) {
		it(`${name}: ${code}, and the next job works`, { skip: action === 'aborts' && process.platform === 'win32' }, async () => {
			const pool = poolOf();
			await assert.rejects(pidOf(pool, action), (error: Error & { code: string; description: string }) => {
				assert.equal(error.code, code);
				assert.match(error.description, description);
				return true;
			});
			assert.ok(await pidOf(pool));
		});
	}

	it('that does not come up in time is given up', async () => {
		await assert.rejects(pidOf(poolOf({ startMs: 200 }, 'silent-host.cjs')), {
			code: 'ENGINE_START',
			description: /within 0\.2 seconds/,
		});
	});

	it('that ends while it starts says its last words', async () => {
		await assert.rejects(pidOf(poolOf({}, 'broken-host.cjs')), { code: 'ENGINE_START', description: 'a file is missing' });
	});

	it('begins two threads to read files with, where Node.js would begin four', { skip: NO_PROC }, async () => {
		const { begun } = (await poolOf().run(vadJob('readsFile', ''))) as unknown as { begun: number };
		assert.equal(begun, 2);
	});

	it('can let go of memory at once, and is told to give it back to the system', async () => {
		const { kept, malloc } = (await poolOf().run(vadJob('letsGo', ''))) as unknown as { kept: number; malloc: string[] };
		assert.ok(kept < 10, `${kept} MiB`);
		assert.deepEqual(malloc, ['2', '131072', '131072']);
	});

	it('stands in an empty folder of its own, which goes with it', { skip: NO_PROC }, async () => {
		const pid = await pidOf(poolOf());
		const folder = readlinkSync(`/proc/${pid}/cwd`);
		assert.ok(folder.startsWith(realpathSync(tmpdir())));
		assert.deepEqual(readdirSync(folder), []);
		pools[0].stop();
		await until(() => !existsSync(folder), 'the folder to go', 5000);
	});
});

describe('the number of engine processes', () => {
	const cases: Array<[string | undefined, number, number]> = [
		[undefined, 1, 1],
		[undefined, 2, 1],
		[undefined, 6, 3],
		[undefined, 64, 4],
		['3', 2, 3],
		['0', 8, 4],
		['17', 8, 4],
		['many', 8, 4],
		['', 4, 2],
	];
	for (const [given, cores, size] of cases) {
		it(`is ${size} with ${given ?? 'nothing'} said, on ${cores} cores`, () => {
			assert.equal(poolSize(given === undefined ? {} : { N8N_VOICEPRINT_ENGINES: given }, cores), size);
		});
	}

	it('leaves each a second thread where there are cores for all', () => {
		const threads = [[1, 1], [1, 2], [2, 2], [2, 3], [2, 4]].map(([engines, cores]) => threadsPerEngine(engines, cores));
		assert.deepEqual(threads, [1, 2, 1, 1, 2]);
	});

	it('is how many jobs run at the same time', async () => {
		const pids = new Set(await Promise.all(Array.from({ length: 9 }, async (_, i) => await pidOf(pools[0] ?? poolOf({ size: 3 }), 'slow', { execution: i }))));
		assert.equal(pids.size, 3);
	});
});

it('a hundred jobs of ten executions over three engines, a third canceled: in turns, in order, and nothing stays', async () => {
	const pool = poolOf({ size: 3, idleMs: 200 });
	const order: Array<{ execution: number; job: number }> = [];
	const pids = new Set<number>();
	const jobs = Array.from({ length: 100 }, async (_, n) => {
		// The first execution brings all its jobs before the others bring any.
		const [execution, job] = [Math.floor(n / 10), n % 10];
		const stop = new AbortController();
		if (job % 3 === 2) setTimeout(() => stop.abort(), 5);
		const makeJob = async (folder: string) => {
			order.push({ execution, job });
			return vadJob('slow', folder);
		};
		const { pid } = (await pool.runInWorkFolder<VadJob>(makeJob, { execution, signal: stop.signal })) as unknown as { pid: number };
		pids.add(pid);
	});
	const ended = await Promise.allSettled(jobs);
	const failed = ended.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
	assert.equal(failed.length, 30);
	for (const { reason } of failed) assert.equal((reason as { code: string }).code, 'CANCELED');
	for (let execution = 0; execution < 10; execution++) {
		const own = order.filter((one) => one.execution === execution).map(({ job }) => job);
		// Three start at the same time, and which of their folders is made first is not said.
		own.forEach((job, place) => {
			const overtaken = own.slice(0, place).filter((earlier) => earlier > job).length;
			assert.ok(overtaken < 3, `the jobs of execution ${execution} start in their order: ${own.join(', ')}`);
		});
		// In a row of turns the first job of the last execution is not behind the last jobs of the first one.
		assert.ok(order.findIndex((one) => one.execution === execution) < 20, `execution ${execution} waited longer than its share`);
	}
	await until(() => ![...pids].some(isRunning), 'all processes to end', 5000);
});

describe('work folders', () => {
	const inFolder = async (pool: EnginePool, seen: (folder: string) => void, signal?: AbortSignal) =>
		await pool.runInWorkFolder<VadJob>(
			async (folder) => {
				seen(folder);
				return vadJob('slow', folder);
			},
			{ signal },
		);

	it('are made when it is the turn of a job, and not before', async () => {
		const pool = poolOf();
		let most = 0;
		const open = new Set<string>();
		await Promise.all(
			Array.from({ length: 4 }, async () => {
				await inFolder(pool, (folder) => {
					for (const one of open) if (!existsSync(one)) open.delete(one);
					open.add(folder);
					most = Math.max(most, open.size);
				});
			}),
		);
		assert.equal(most, 1);
		for (const folder of open) assert.equal(existsSync(folder), false);
	});

	it('of processes that are no more are swept before the first job, those of others stay', async () => {
		let own = '';
		await inFolder(poolOf(), (folder) => (own = folder));
		const [, host] = /n8n-voiceprint-([0-9a-f]{8})-/.exec(own)!;
		const place = mkdtempSync(join(tmpdir(), 'sweep-'));
		const before = process.env.TMPDIR;
		process.env.TMPDIR = place;
		try {
			const names = {
				dead: `n8n-voiceprint-${host}-4194305-123-AAAAAA`,
				deadEngine: `n8n-voiceprint.${host}-4194305-123-AAAAAA`,
				numberGivenAgain: `n8n-voiceprint-${host}-${process.pid}-1-BBBBBB`,
				otherMachine: 'n8n-voiceprint-00000000-4194305-123-CCCCCC',
				foreign: 'n8n-voiceprint-notes',
			};
			for (const name of Object.values(names)) mkdirSync(join(place, name));
			await inFolder(poolOf(), () => {});
			const left = readdirSync(place).filter((name) => Object.values(names).includes(name));
			assert.deepEqual(left.sort(), [names.otherMachine, names.foreign].sort());
		} finally {
			if (before === undefined) delete process.env.TMPDIR;
			else process.env.TMPDIR = before;
			rmSync(place, { recursive: true, force: true });
		}
	});
});
