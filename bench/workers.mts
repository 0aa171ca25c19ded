/**
 * n8n in queue mode with one worker and with two: uploads to a webhook, through Redis, Postgres and the node, to the answer.
 * Wall-clock time: it says something only on an idle machine. Needs Redis and Postgres.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { postgresEnvironment } from '../tools/n8n/environment.mts';
import { hasPostgres, startPostgres } from '../tools/n8n/postgres.mts';
import { hasRedis, startRedis } from '../tools/n8n/redis.mts';
import { startN8n } from '../tools/n8n/server.mts';
import { webhookWorkflow } from '../tools/n8n/workflows.mts';
import { enginePids } from '../test/support/engine.mts';
import { installOnce } from '../test/support/package.mts';
import { callFile, FORMATS } from './formats.mts';
import { peakMemory } from './longCall.mts';
import { median, type Table } from './table.mts';

const SECONDS = 60;
const AT_ONCE = 8;
const UPLOADS = 24;
const WEBHOOK = 'calls';

interface Measured {
	/** Seconds. */
	whole: number;
	waits: number[];
	/** MiB, of n8n and its workers, and of the engines. */
	n8n: number;
	engines: number;
}

const memoryOf = (pids: number[]) => pids.reduce((sum, pid) => sum + peakMemory(pid), 0) / 2 ** 20;

async function measure(workers: number, content: Uint8Array<ArrayBuffer>): Promise<Measured> {
	const [redis, postgres] = [await startRedis(), await startPostgres()];
	const env = postgresEnvironment(postgres.port, postgres.user);
	const n8n = await startN8n({ install: installOnce, binaryMode: 'database', redisPort: redis.port, workers, env });
	try {
		const { client, pid, workerPids } = n8n;
		await client.publishWebhook(await client.createWorkflow(webhookWorkflow(WEBHOOK, {})), WEBHOOK);
		const upload = async () => {
			const started = performance.now();
			const { status } = await client.upload(WEBHOOK, { content, fileName: 'call.m4a', mimeType: 'audio/mp4' });
			if (status !== 200) throw new Error(`n8n answered ${status}`);
			return (performance.now() - started) / 1000;
		};
		// The engines start.
		await Promise.all(Array.from({ length: 2 * workers }, upload));
		const waits: number[] = [];
		let left = UPLOADS;
		const started = performance.now();
		await Promise.all(Array.from({ length: AT_ONCE }, async () => {
			while (left-- > 0) waits.push(await upload());
		}));
		const whole = (performance.now() - started) / 1000;
		return { whole, waits, n8n: memoryOf([pid, ...workerPids]), engines: memoryOf(workerPids.flatMap((worker) => enginePids(worker))) };
	} finally {
		await n8n.stop();
		await redis.stop();
		await postgres.stop();
	}
}

/** @throws Error where there is no Redis or no Postgres */
export async function workersTable(): Promise<Table> {
	if (!hasRedis() || !hasPostgres()) throw new Error('needs Redis and Postgres: apt-get install redis-server postgresql');
	const content = new Uint8Array(readFileSync(await callFile(SECONDS, FORMATS.find(([label]) => label.startsWith('M4A'))!)));
	const rows: Table['rows'] = [];
	for (const workers of [1, 2]) {
		const { whole, waits, n8n, engines } = await measure(workers, content);
		rows.push([workers, (UPLOADS / whole).toFixed(2), median(waits).toFixed(2), Math.max(...waits).toFixed(2), Math.round(n8n), Math.round(engines)]);
	}
	return {
		title: `n8n in queue mode on ${availableParallelism()} cores, ${UPLOADS} uploads of one minute (M4A), ${AT_ONCE} at once`,
		header: ['workers', 'uploads a second', 'median s each', 'longest', 'n8n and its workers, MiB', 'engines, MiB'],
		rows,
	};
}
