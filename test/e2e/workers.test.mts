/** Many executions over two workers of one n8n, with Postgres and Redis, of which one worker is killed on the way. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { postgresEnvironment } from '../../tools/n8n/environment.mts';
import { hasPostgres, startPostgres, type RunningPostgres } from '../../tools/n8n/postgres.mts';
import { hasRedis, startRedis, type RunningRedis } from '../../tools/n8n/redis.mts';
import { startN8n, type RunningN8n } from '../../tools/n8n/server.mts';
import { webhookWorkflow } from '../../tools/n8n/workflows.mts';
import { enginePids, isRunning, until } from '../support/engine.mts';
import { installOnce } from '../support/package.mts';
import { CALL } from './support.mts';

const EXECUTIONS = 120;
const AT_ONCE = 20;
/** Of the answers, when one worker is killed. */
const KILL_AFTER = 50;

interface Detection {
	channels: Array<{ speech_length: number; segments: unknown[] }>;
}

if (!hasRedis() || !hasPostgres()) {
	it('two workers', { skip: 'needs Redis and Postgres: apt-get install redis-server postgresql' }, () => {});
} else {
	describe('two workers with binary data in the database', () => {
		let redis: RunningRedis;
		let postgres: RunningPostgres;
		let n8n: RunningN8n;

		before(async () => {
			[redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
			n8n = await startN8n({
				install: installOnce,
				binaryMode: 'database',
				redisPort: redis.port,
				workers: 2,
				env: postgresEnvironment(postgres.port, postgres.user),
			});
		});

		after(async () => {
			await n8n?.stop();
			await redis?.stop();
			await postgres?.stop();
		});

		it(`answer ${EXECUTIONS} uploads alike; what a killed worker had is lost alone, and its engines end`, async (t) => {
			const { client, pid, workerPids } = n8n;
			await client.publishWebhook(await client.createWorkflow(webhookWorkflow('many', {})), 'many');
			const [doomed, other] = workerPids as [number, number];
			const answers: unknown[] = [];
			const failures: string[] = [];
			let engines: number[] = [];
			let lostAtMost = 0;
			let started = 0;
			const uploads = async () => {
				while (started < EXECUTIONS) {
					started += 1;
					const { status, body } = await client.upload('many', CALL).catch((error: Error) => ({ status: 0, body: error.message }));
					if (status === 200) answers.push(body);
					else failures.push(`${status} ${JSON.stringify(body).slice(0, 200)}`);
					if (answers.length === KILL_AFTER && isRunning(doomed)) {
						assert.ok(enginePids(doomed).length > 0 && enginePids(other).length > 0, 'both workers compute');
						engines = enginePids(doomed);
						lostAtMost = AT_ONCE;
						process.kill(doomed, 'SIGKILL');
					}
				}
			};
			const giveUp = new Promise<void>((resolve) => setTimeout(resolve, 300_000).unref());
			await Promise.race([Promise.all(Array.from({ length: AT_ONCE }, uploads)), giveUp]);
			await until(() => !engines.some(isRunning), "the killed worker's engines to end", 3000);
			t.diagnostic(`${answers.length} of ${EXECUTIONS} answered, ${failures.length} failed, ${EXECUTIONS - answers.length - failures.length} without an answer`);
			assert.ok(answers.length >= EXECUTIONS - lostAtMost, failures.join('\n'));
			for (const body of answers as Detection[][]) assert.deepEqual(body[0].channels, (answers[0] as Detection[])[0].channels);
			assert.ok((answers[0] as Detection[])[0].channels.some(({ speech_length: seconds }) => seconds > 3));
			assert.deepEqual(enginePids(pid), [], 'the main process computes nothing');
		});
	});
}
