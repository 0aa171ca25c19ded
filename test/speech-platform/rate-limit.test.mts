/** Many files at once on a server that limits its rate: none fails, and none is carried there for nothing. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../support/engine.mts';
import { pacesFor, type SpeechPlatform } from '../../dist/speech-platform/index.js';
import { client, failureOf, fileOf, startServer, virtualClock } from './support/harness.mts';
import * as faults from './server/faults.mts';
import type { RateLimitOptions } from './server/misbehaviour.mts';

const WINDOW = 150;

/** So many starts at the same time, by clients that share their gates as the items of a run do. */
async function startAll(apis: SpeechPlatform[]): Promise<string[]> {
	const work = apis.map(async (api, i) => await api.startVoiceActivityDetection(fileOf(`file ${i}`)));
	return (await Promise.all(work)).map(({ taskId }) => taskId);
}

// They wait for most of their time, each for a server of its own.
describe('ten files, five at once', { concurrency: true }, () => {
	const cases: Array<[name: string, options: Omit<RateLimitOptions, 'windowMs'>, wasted: number]> = [
		['one per window, as all answers say', { requests: 1, tells: 'always' }, 0],
		['three per window, as all answers say', { requests: 3, tells: 'always' }, 0],
		// Who tells of a limit only in a refusal has to refuse for it to be known.
		['one per window, as a refusal says', { requests: 1, tells: 'retry-after' }, 8],
		['one per window, as a refusal says by its end', { requests: 1, tells: 'reset' }, 8],
	];
	for (const [name, options, wasted] of cases) {
		test(name, async (t) => {
			const server = await startServer(t, { rateLimit: { ...options, windowMs: WINDOW } });
			const paces = pacesFor();
			const api = () => client(t, server.url, { paces, realTime: true });
			const ids = [...(await startAll([api(), api(), api(), api(), api()])), ...(await startAll([api(), api(), api(), api(), api()]))];
			assert.equal(new Set(ids).size, 10);
			const refused = server.posts.filter(({ status }) => status === 429).length;
			assert.ok(refused <= wasted, `${refused} files were sent for nothing`);
			t.diagnostic(`${refused} sent for nothing`);
		});
	}
});

describe('a start that is refused for the rate', () => {
	test('is repeated after 5, 10, 20 and 40 seconds where the server names no time', async (t) => {
		const server = await startServer(t);
		server.inject('POST', ...Array.from({ length: 9 }, () => faults.status(429, { type: 'x', message: 'Too many.' })));
		const clock = virtualClock();
		const error = await failureOf(client(t, server.url, clock.options).startVoiceActivityDetection(fileOf('a')));
		assert.equal(error.code, 'RATE_LIMITED');
		assert.deepEqual(clock.pauses, [5000, 10_000, 20_000, 40_000]);
		assert.equal(server.posts.length, 5);
	});

	test("is repeated after the API's own words where there is no header", async (t) => {
		const server = await startServer(t);
		server.inject('POST', faults.rateLimited({})); // 1 per 5 second
		const clock = virtualClock();
		await client(t, server.url, clock.options).startVoiceActivityDetection(fileOf('a'));
		assert.deepEqual(clock.pauses, [5000]);
	});

	const inSeconds = (seconds: number) => Math.round(Date.now() / 1000) + seconds;
	for (const [name, headers] of Object.entries({
		'seconds since the epoch': () => ({ 'x-ratelimit-reset': inSeconds(9) }),
		'milliseconds since the epoch': () => ({ 'x-ratelimit-reset': inSeconds(9) * 1000 }),
		'seconds that are left': () => ({ 'x-ratelimit-reset': 9 }),
		'seconds that are left, under the newer name': () => ({ 'ratelimit-reset': 9 }),
		'an end although something seems to be left': () => ({ 'x-ratelimit-remaining': 3, 'x-ratelimit-reset': 9 }),
	})) {
		test(`waits for the window's end, given as ${name}`, async (t) => {
			const server = await startServer(t);
			server.inject('POST', faults.rateLimited(headers()));
			const clock = virtualClock();
			await client(t, server.url, clock.options).startVoiceActivityDetection(fileOf('a'));
			const [pause] = clock.pauses;
			assert.ok(pause > 7500 && pause <= 9500, `${pause} ms`);
			assert.equal(server.posts.length, 2);
		});
	}
});

test('questions wait for the same gate, and each task is done', async (t) => {
	const server = await startServer(t);
	const paces = pacesFor();
	const apis = Array.from({ length: 4 }, () => client(t, server.url, { paces, realTime: true }));
	const handles = await Promise.all(apis.map(async (api) => await api.startVoiceActivityDetection(fileOf('a'))));
	server.inject('GET', faults.rateLimited({ 'retry-after': 0.8 }));
	await Promise.all(apis.map(async (api, i) => await api.waitForTask(handles[i], { timeoutMs: 10_000, pollingIntervalMs: 100 })));
	const refused = server.gets.findIndex(({ status }) => status === 429);
	const after = server.gets.slice(refused + 1).filter(({ at }) => at > server.gets[refused].at + 300);
	assert.ok(after[0].at - server.gets[refused].at >= 790, 'nobody asked meanwhile');
});

test('who waits for another one of the run is let go where the execution is cancelled', async (t) => {
	const server = await startServer(t);
	server.inject('POST', faults.silent());
	const controller = new AbortController();
	const paces = pacesFor();
	const api = () => client(t, server.url, { paces, realTime: true, signal: controller.signal });
	const all = [api(), api()].map(async (one) => await failureOf(one.startVoiceActivityDetection(fileOf('a'))));
	await until(() => server.posts.length === 1, 'the first upload');
	controller.abort();
	assert.deepEqual((await Promise.all(all)).map(({ code }) => code), ['CANCELED', 'CANCELED']);
	assert.equal(server.posts.length, 1);
});
