/** The engine as the nodes use it: one process, one job at a time, and what happens when it goes wrong. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, linkSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { runJob, stopEngine, withWorkFolder } from '../../../dist/engine/client/client.js';
import { enginePids, isRunning, until, vadJob, writeNoise } from '../../support/engine.mts';
import { NO_PROC } from '../../support/processes.mts';
import { CALL, TELEPHONE } from '../../support/recordings.mts';

// Where there are more cores, jobs would run side by side.
process.env.N8N_VOICEPRINT_ENGINES = '1';

/** Minutes; long enough to be caught in the middle on any machine. */
const LONG = 4 * 60;
const longFolder = mkdtempSync(join(tmpdir(), 'long-'));
const longFile = join(longFolder, 'long.mp3');

const detect = async (path: string, signal?: AbortSignal) =>
	await withWorkFolder(async (folder) => await runJob(vadJob(path, folder), { signal }));

/** Runs a long job and calls `meanwhile` once the engine is at work on it. */
async function duringLongJob(
	options: { signal?: AbortSignal; timeoutMs?: number },
	meanwhile: (pid: number, folder: string) => void,
): Promise<string> {
	let workFolder = '';
	await withWorkFolder(async (folder) => {
		workFolder = folder;
		const path = join(folder, 'long.mp3');
		linkSync(longFile, path);
		const job = runJob(vadJob(path, folder), options);
		job.catch(() => {});
		await until(() => readdirSync(folder).length > 1, 'the engine to start on the file');
		meanwhile(enginePids()[0], folder);
		await job;
	}).catch((error: unknown) => {
		throw Object.assign(error as Error, { workFolder });
	});
	return workFolder;
}

afterEach(() => stopEngine());
before(() => writeNoise(longFile, LONG));

after(() => {
	stopEngine();
	rmSync(longFolder, { recursive: true, force: true });
});

const ONE_CORE = NO_PROC || (availableParallelism() < 2 && 'there is one core');

test('a long file is decoded in a second thread where there is a core for it', { skip: ONE_CORE }, async () => {
	const threadsOf = (pid: number) => readdirSync(`/proc/${pid}/task`).length;
	await detect(CALL);
	const [pid] = enginePids();
	const before = threadsOf(pid);
	const canceling = new AbortController();
	const job = detect(longFile, canceling.signal);
	job.catch(() => {});
	await until(() => threadsOf(pid) > before, 'a second thread').finally(() => canceling.abort());
	await assert.rejects(job, { code: 'CANCELED' });
});

test('jobs share one process and are answered in order of arrival', async () => {
	const order: number[] = [];
	const pids = new Set<number>();
	const results = await withWorkFolder(async (folder) => {
		const jobs = [CALL, TELEPHONE, CALL, TELEPHONE].map(async (path, i) => {
			const result = await runJob(vadJob(path, folder));
			order.push(i);
			enginePids().forEach((pid) => pids.add(pid));
			return result;
		});
		return await Promise.all(jobs);
	});
	assert.deepEqual(order, [0, 1, 2, 3]);
	assert.equal(pids.size, 1);
	assert.deepEqual(results.map(({ channels }) => channels.length), [2, 1, 2, 1]);
	assert.deepEqual(results[2], results[0]);
});

test("a job's own failure is typed and leaves the engine running", async () => {
	await assert.rejects(detect(import.meta.filename), { name: 'VoiceprintError', code: 'NOT_MEDIA' });
	const [pid] = enginePids();
	assert.ok((await detect(CALL)).channels.length > 0);
	assert.deepEqual(enginePids(), [pid]);
});

test('a job that fails in the middle leaves no file open', { skip: NO_PROC }, async () => {
	await assert.rejects(
		withWorkFolder(async (folder) => await runJob(vadJob(CALL, folder, { media: { maximumDuration: 5 } }))),
		{ code: 'FILE_TOO_LONG' },
	);
	const [pid] = enginePids();
	const open = readdirSync(`/proc/${pid}/fd`).map((name) => readlinkSync(`/proc/${pid}/fd/${name}`));
	assert.deepEqual(open.filter((path) => path.includes('n8n-voiceprint-')), []);
});

describe('the engine dies in the middle', () => {
	const codes = { SIGKILL: 'OUT_OF_MEMORY', SIGABRT: 'ENGINE_CRASHED', SIGSEGV: 'ENGINE_CRASHED' } as const;
	for (const [signal, code] of Object.entries(codes)) {
		test(`by ${signal}: a typed error for that job, the next job works`, async () => {
			await assert.rejects(
				duringLongJob({}, (pid) => process.kill(pid, signal)),
				(error: Error & { code: string; description: string }) => {
					assert.equal(error.code, code);
					assert.match(error.description, new RegExp(signal));
					return true;
				},
			);
			assert.equal((await detect(CALL)).channels.length, 2);
		});
	}
});

test('cancel while it runs: at once, process and files gone, the next job works', async () => {
	const controller = new AbortController();
	let killed = 0;
	let canceledAt = 0;
	await assert.rejects(
		duringLongJob({ signal: controller.signal }, (pid) => {
			killed = pid;
			canceledAt = Date.now();
			controller.abort();
		}),
		(error: Error & { code: string; workFolder: string }) => {
			assert.equal(error.code, 'CANCELED');
			assert.equal(existsSync(error.workFolder), false);
			return true;
		},
	);
	assert.ok(Date.now() - canceledAt < 2000, `took ${Date.now() - canceledAt} ms`);
	assert.equal(isRunning(killed), false);
	assert.equal((await detect(CALL)).channels.length, 2);
});

test('cancel while it waits: the waiting job ends at once, the running one goes on', async () => {
	const controller = new AbortController();
	const running = detect(CALL);
	const waiting = detect(TELEPHONE, controller.signal);
	controller.abort();
	await assert.rejects(waiting, { code: 'CANCELED' });
	assert.equal((await running).channels.length, 2);
	await assert.rejects(detect(CALL, AbortSignal.abort()), { code: 'CANCELED' });
});

test('the timeout ends a job that takes longer, and only that one', async () => {
	const late = withWorkFolder(async (folder) => await runJob(vadJob(longFile, folder), { timeoutMs: 1500 }));
	await assert.rejects(late, { code: 'TIMEOUT', message: /within 1\.5 seconds/ });
	assert.equal((await detect(CALL)).channels.length, 2);
});

test('work folders are private and always removed', async () => {
	const folder = await withWorkFolder(async (path) => {
		assert.equal(statSync(path).mode & 0o777, 0o700);
		return path;
	});
	assert.equal(existsSync(folder), false);
	await assert.rejects(
		withWorkFolder(async (path) => {
			throw new Error(path);
		}),
		({ message }: Error) => !existsSync(message),
	);
});

test("nothing of n8n's environment that could be secret reaches the engine", { skip: NO_PROC }, async () => {
	process.env.N8N_ENCRYPTION_KEY = 'top-secret';
	try {
		await detect(TELEPHONE);
		const environment = readFileSync(`/proc/${enginePids()[0]}/environ`, 'utf8');
		assert.ok(!environment.includes('top-secret'));
		assert.ok(environment.includes('PATH='));
	} finally {
		delete process.env.N8N_ENCRYPTION_KEY;
	}
});

/** A process of its own that uses the engine, as n8n does. */
function startUser(script: string) {
	const client = join(import.meta.dirname, '..', '..', '..', 'dist', 'engine', 'client', 'client.js');
	const source = `const { runJob, withWorkFolder } = require(${JSON.stringify(client)});
		const job = (path, workFolder) => ({ type: 'vad', media: { path, channelMode: 'split' }, vad: { preset: 'balanced' }, runtime: 'auto', workFolder });
		${script}`;
	return spawn(process.execPath, ['-e', source], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('an idle engine does not keep its user from ending, and ends with it', async () => {
	const user = startUser(`withWorkFolder((folder) => runJob(job(${JSON.stringify(TELEPHONE)}, folder))).then((r) => { console.log(r.channels.length); setTimeout(() => {}, 1000); });`);
	let engine: number | undefined;
	let answeredAt = 0;
	user.stdout.on('data', () => {
		[engine] = enginePids(user.pid);
		answeredAt = Date.now();
	});
	const [code] = (await once(user, 'exit')) as [number];
	assert.equal(code, 0);
	assert.ok(Date.now() - answeredAt < 30_000, 'long before the engine would have ended by itself');
	assert.ok(engine, 'the engine was seen');
	await until(() => !isRunning(engine!), 'the engine to end');
});

test('an engine at work ends soon after its user was killed', async () => {
	await withWorkFolder(async (folder) => {
		const path = join(folder, 'long.mp3');
		linkSync(longFile, path);
		const user = startUser(`runJob(job(${JSON.stringify(path)}, ${JSON.stringify(folder)}));`);
		await until(() => readdirSync(folder).length > 1, 'the engine to start on the file');
		const [engine] = enginePids(user.pid);
		user.kill('SIGKILL');
		await until(() => !isRunning(engine), 'the engine to end', 10_000);
		assert.equal(existsSync(folder), false, 'and nothing is left of the recording');
	});
});

test('both runtimes find the same speech and say which one ran', async () => {
	const results = await withWorkFolder(async (folder) => {
		const native = await runJob(vadJob(CALL, folder, { runtime: 'native' }));
		const wasm = await runJob(vadJob(CALL, folder, { runtime: 'wasm' }));
		return { native, wasm };
	});
	assert.equal(results.native.runtime, 'native');
	assert.equal(results.wasm.runtime, 'wasm');
	assert.deepEqual(results.wasm.channels, results.native.channels);
});
