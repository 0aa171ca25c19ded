/** Compare Voiceprints by the Speech Platform API. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IDataObject } from 'n8n-workflow';
import { blocks } from '../../dist/nodes/CompareVoiceprints/drivers/serverScores.js';
import { answer } from '../speech-platform/server/faults.mts';
import { startApi, type Api } from './support/api.mts';
import { COMPARE, compare, faultOf, itemOf, summary, textOf, voices } from './support/compare.mts';
import { assertItemsUntouched } from './support/node.mts';

/** A voiceprint of the stand-in server, whose score is 15 times the cosine minus 5. */
const print = (...vector: number[]) => Buffer.from(JSON.stringify({ made_up: vector })).toString('base64');
const [X, Y, XY] = [print(1, 0, 0), print(0, 1, 0), print(0.6, 0.8, 0)];

const item = (voiceprint: string, rest: object = {}) => itemOf({ voiceprint, ...rest });
const pair = (one: string, other: string, rest: object = {}) => item(one, { voiceprint_2: other, ...rest });

type Body = { voiceprints_a: string[]; voiceprints_b: string[] };
const bodies = ({ server }: Api) => server.posts.map(({ body }) => body as Body);

const score = (json: IDataObject) => json.score;
const speaker = (json: IDataObject) => json.speaker;

const LOCAL = textOf(voices(45).anna);

describe('Verify', () => {
	it('gives the score of the server', async (t) => {
		const api = await startApi(t);
		const { output } = await api.run(COMPARE, {}, [pair(X, XY), pair(X, Y)]);
		const { correlation_id, probability, ...json } = output[0].json;
		assert.deepEqual(json, {
			item: 0,
			file_name: null,
			channel_number: null,
			second_item: 0,
			second_file_name: null,
			second_channel_number: null,
			matched_by: null,
			same_speaker: true,
			score: 4,
			score_type: 'llr',
			operating_point: 'balanced',
			threshold: 0,
			expected_false_accept_rate: null,
			expected_false_reject_rate: null,
			speech_length: null,
			second_speech_length: null,
			model: null,
			engine: 'api',
			warnings: '',
		});
		assert.ok(Math.abs((probability as number) - 1 / (1 + Math.exp(-4))) < 1e-5);
		assert.equal(correlation_id, api.server.posts[0].headers['x-correlation-id']);
		assert.equal(output[1].json.same_speaker, false);
		assert.deepEqual(bodies(api)[0], { voiceprints_a: [X], voiceprints_b: [XY] });
	});

	it('has the vendor\'s thresholds', async (t) => {
		const api = await startApi(t);
		const thresholds = [];
		for (const operatingPoint of ['balanced', 'fewFalseAccepts', 'fewFalseRejects']) {
			thresholds.push((await api.run(COMPARE, { operatingPoint }, [pair(X, XY)])).output[0].json.threshold);
		}
		assert.deepEqual(thresholds, [0, 2, -2]);
		const custom = await api.run(COMPARE, { operatingPoint: 'custom', threshold: 4.001 }, [pair(X, XY)]);
		assert.equal(custom.output[0].json.same_speaker, false);
	});

	it('knows what stands beside the voiceprints', async (t) => {
		const api = await startApi(t);
		const fields = { model: 'xl-5', speech_length: 1.5, model_2: 'xl-5', speech_length_2: 30 };
		const { json } = (await api.run(COMPARE, {}, [pair(X, X, fields)])).output[0];
		assert.deepEqual([json.model, json.speech_length, json.second_speech_length], ['xl-5', 1.5, 30]);
		assert.match(json.warnings as string, /^LITTLE_SPEECH: The first voiceprint has only 1\.5 s/);
	});

	it('compares many items with a single one in one request', async (t) => {
		const api = await startApi(t);
		const run = await api.run(COMPARE, { compareWith: 'input' }, [item(X), item(XY), item(Y)], { secondItems: [item(X)] });
		assert.deepEqual(summary(run, score), [10, 4, -5]);
		assert.deepEqual(bodies(api), [{ voiceprints_a: [X, XY, Y], voiceprints_b: [X] }]);
	});
});

describe('Identify', () => {
	const GALLERY = [item(X, { name: 'Xaver', model: 'xl-5' }), item(Y, { name: 'Yvonne', speech_length: 9 })];

	it('gives each score to the right pair: more voiceprints than entries, and the other way round', async (t) => {
		const api = await startApi(t);
		const LISTED = { operation: 'identify', options: { maximumMatches: 5 } };
		const wide = await api.run(COMPARE, LISTED, [item(XY), item(X), item(Y)], { secondItems: GALLERY });
		assert.deepEqual(summary(wide, speaker), ['Yvonne', 'Xaver', 'Yvonne']);
		const scores = wide.output.map(({ json }) =>
			Object.fromEntries((json.matches as Array<{ name: string; score: number }>).map(({ name, score: value }) => [name, value])),
		);
		assert.deepEqual(scores, [{ Xaver: 4, Yvonne: 7 }, { Xaver: 10, Yvonne: -5 }, { Xaver: -5, Yvonne: 10 }]);
		const tall = await api.run(COMPARE, LISTED, [item(X)], { secondItems: [...GALLERY, item(XY, { name: 'Z' })] });
		assert.deepEqual((tall.output[0].json.matches as Array<{ name: string; score: number }>).map((one) => [one.name, one.score]), [
			['Xaver', 10],
			['Z', 4],
			['Yvonne', -5],
		]);
		assert.deepEqual(bodies(api), [
			{ voiceprints_a: [XY, X, Y], voiceprints_b: [X, Y] },
			{ voiceprints_a: [X], voiceprints_b: [X, Y, XY] },
		]);
	});

	it('says what is known, and no more', async (t) => {
		const api = await startApi(t);
		const { json } = (await api.run(COMPARE, { operation: 'identify', options: { maximumMatches: 5 } }, [item(X)], { secondItems: GALLERY })).output[0];
		assert.ok(!('cosine' in json));
		assert.deepEqual([json.gallery_size, json.expected_false_accept_rate, json.expected_false_matches, json.model], [2, null, null, 'xl-5']);
		const [first, second] = json.matches as Array<{ speech_length: number | null; cosine?: number }>;
		assert.deepEqual([first.speech_length, second.speech_length, first.cosine], [null, 9, undefined]);
	});

	it('finds the voiceprint that the server does not like, and keeps the others', async (t) => {
		const api = await startApi(t);
		const bad = item('bm8=');
		const run = await api.run(COMPARE, { operation: 'identify' }, [item(X), bad, item(Y)], { secondItems: GALLERY, onError: 'continueRegularOutput' });
		assert.deepEqual(summary(run, speaker), ['Xaver', 'TASK_REJECTED', 'Yvonne']);
		assert.deepEqual(bodies(api).map(({ voiceprints_a }) => voiceprints_a.length), [3, 1, 1, 1]);
	});

	it('sends nothing of items that are refused anyway', async (t) => {
		const api = await startApi(t);
		const probes = [item(X), item(LOCAL), itemOf({}), item(Y, { model: 'l-5' }), item(Y)];
		const run = await api.run(COMPARE, { operation: 'identify' }, probes, { secondItems: GALLERY, onError: 'continueRegularOutput' });
		assert.deepEqual(summary(run, speaker), ['Xaver', 'INVALID_VOICEPRINT', 'VOICEPRINT_MISSING', 'MODELS_DIFFER', 'Yvonne']);
		assert.deepEqual(bodies(api), [{ voiceprints_a: [X, Y], voiceprints_b: [X, Y] }]);
	});
});

describe('Group', () => {
	const CALLS = [
		item(X, { file_name: 'a', file_index: 0, channel_number: 0, speech_length: 4 }),
		item(Y, { file_name: 'a', file_index: 0, channel_number: 1, speech_length: 20 }),
		item(print(0.96, 0.28, 0), { file_name: 'b', speech_length: 5 }),
		item(print(0, 0, 1), { file_name: 'b', speech_length: 0 }),
	];

	it('finds the speakers', async (t) => {
		const api = await startApi(t);
		const run = await api.run(COMPARE, { operation: 'group' }, CALLS);
		assert.deepEqual(summary(run, speaker), ['speaker_2', 'speaker_1', 'speaker_2', null]);
		assert.equal(run.output[0].json.correlation_id, api.server.posts[0].headers['x-correlation-id']);
		assert.equal(bodies(api)[0].voiceprints_a.length, 3);
		assert.equal(api.server.posts.length, 1);
	});

	it('lists them, without a voiceprint of all, which only the server could make', async (t) => {
		const api = await startApi(t);
		const { output } = await api.run(COMPARE, { operation: 'group', output: 'speaker' }, CALLS);
		assert.deepEqual(output.map(({ json }) => [json.speaker, json.speech_length, json.together_with, json.voiceprint]), [
			['speaker_1', 20, 'speaker_2', undefined],
			['speaker_2', 9, 'speaker_1', undefined],
		]);
	});

	it('asks nobody about one voiceprint', async (t) => {
		const api = await startApi(t);
		assert.deepEqual(summary(await api.run(COMPARE, { operation: 'group' }, [CALLS[0]]), speaker), ['speaker_1']);
		assert.equal(api.server.requests.length, 0);
	});
});

describe('large comparisons', () => {
	it('are cut so that a server takes them, and nothing is left out or done twice', () => {
		for (const [a, b] of [[1, 1], [3, 2], [1, 100_000], [100_000, 1], [40, 50_000], [5000, 5000], [10_001, 101]]) {
			const list = blocks(a, b);
			const pairs = list.reduce((sum, { columns, rows }) => sum + columns * rows, 0);
			assert.equal(pairs, a * b);
			for (const block of list) {
				assert.ok(block.columns <= 50_000 && block.rows <= 50_000 && block.columns * block.rows <= 1_000_000);
				assert.ok(block.a + block.columns <= a && block.b + block.rows <= b);
			}
			assert.equal(new Set(list.map((block) => `${block.a}/${block.b}`)).size, list.length);
			assert.ok(list.length <= 2 + Math.ceil((a * b) / 250_000) + Math.ceil((a + b) / 10_000), `${a}x${b}: ${list.length} requests`);
		}
	});

	it('are put together again', async (t) => {
		const api = await startApi(t);
		const gallery = Array.from({ length: 10_050 }, (_, i) => item(i === 10_020 ? XY : Y, { name: `Person ${i}` }));
		const { json } = (await api.run(COMPARE, { operation: 'identify' }, [item(print(0.8, 0.6, 0))], { secondItems: gallery })).output[0];
		assert.equal(json.gallery_item, 10_020);
		assert.deepEqual(bodies(api).map((body) => [body.voiceprints_a.length, body.voiceprints_b.length]), [[1, 10_000], [1, 50]]);
	});
});

it('more voiceprints than go into one square are grouped square by square', async (t) => {
	const api = await startApi(t);
	const many = Array.from({ length: 1005 }, (_, i) => item(i === 0 || i === 1004 ? X : i === 3 || i === 1003 ? XY : Y));
	const run = await api.run(COMPARE, { operation: 'group', operatingPoint: 'custom', threshold: 9 }, many);
	const speakers = summary(run, speaker);
	assert.deepEqual([0, 1, 3, 1002, 1003, 1004].map((i) => speakers[i]), [2, 1, 3, 1, 3, 2].map((i) => `speaker_${i}`));
	assert.deepEqual(bodies(api).map((body) => [body.voiceprints_a.length, body.voiceprints_b.length]), [[1000, 1000], [1000, 5], [5, 5]]);
});

describe('refused before anything is sent:', () => {
	const cases: Array<[string, object, ReturnType<typeof itemOf>[], object, string, RegExp]> = [
		['a voiceprint of the local engine', {}, [pair(X, LOCAL)], {}, 'INVALID_VOICEPRINT', /made by the local engine/],
		['no text', {}, [itemOf({ voiceprint: [1], voiceprint_2: X })], {}, 'INVALID_VOICEPRINT', /must be text/],
		['different models', {}, [pair(X, Y, { model: 'xl-5', model_2: 'l-5' })], {}, 'MODELS_DIFFER', /'xl-5' and 'l-5'/],
		['a gallery of different models', { operation: 'identify' }, [item(X)],
			{ secondItems: [item(X, { name: 'a', model: 'xl-5' }), item(Y, { name: 'b', model: 'l-5' })] }, 'MODELS_DIFFER', /'xl-5' and, in item 1, 'l-5'/],
		['a gallery of another model', { operation: 'identify' }, [item(X, { model: 'xl-5' })],
			{ secondItems: [item(X, { name: 'a', model: 'l-5' })] }, 'MODELS_DIFFER', /'l-5' and 'xl-5'/],
		['items of different models', { operation: 'group' }, [item(X, { model: 'xl-5' }), item(X), item(X, { model: 'l-5' })], {},
			'MODELS_DIFFER', /'xl-5' \(item 0\) and 'l-5' \(item 2\)/],
		['a negative time', { options: { timeout: -1 } }, [pair(X, Y)], {}, 'INVALID_PARAMETER', /'Timeout'/],
	];
	for (const [name, parameters, list, rest, code, message] of cases) {
		it(name, async (t) => {
			const api = await startApi(t);
			const fault = faultOf(await api.run(COMPARE, parameters as { operation: string }, list, rest));
			assert.equal(fault.code, code);
			assert.match(fault.message, message);
			assert.equal(api.server.requests.length, 0);
		});
	}
});

describe('an answer that does not fit the question', () => {
	const scores = (columns_count: number, rows_count: number, values: unknown[]) =>
		answer({ task: { task_id: '123e4567-e89b-12d3-a456-426614174000', state: 'done' }, result: { scores: { rows_count, columns_count, values } } });

	for (const [name, fault, message] of [
		['turned round', scores(2, 3, [1, 2, 3, 4, 5, 6]), /6 scores, 2 by 3, where 3 by 2 were asked for/],
		['too short', scores(3, 2, [1, 2, 3, 4, 5]), /5 scores/],
		['not of numbers', scores(3, 2, [1, 2, 3, 4, 5, null]), /no numbers/],
	] as const) {
		it(`is refused: ${name}`, async (t) => {
			const { server, run } = await startApi(t);
			server.inject('POST', fault);
			const gallery = [item(X, { name: 'x' }), item(Y, { name: 'y' })];
			const found = faultOf(await run(COMPARE, { operation: 'identify' }, [item(X), item(Y), item(XY)], { secondItems: gallery }));
			assert.equal(found.code, 'INVALID_ANSWER');
			// By which the server's administrator finds it.
			assert.match(found.description, /Task ID: [0-9a-f-]{36}\.\nCorrelation ID: [0-9a-f-]{36}\./);
			assert.match(found.message, message);
			server.violations.length = 0; // the answer was made to be wrong
		});
	}
});

it('waits no longer than it may', async (t) => {
	const { run } = await startApi(t, { pendingMs: 60_000 });
	const fault = faultOf(await run(COMPARE, { options: { timeout: 0.3 } }, [pair(X, Y)]));
	assert.equal(fault.code, 'TASK_TIMEOUT');
});

it('voiceprints of a server are refused by the local engine', async () => {
	const fault = faultOf(await compare({}, [pair(X, Y)]));
	assert.equal(fault.code, 'INVALID_VOICEPRINT');
	assert.match(fault.description, /set Engine to Speech Platform API/);
});

it('leaves the items as they were', async (t) => {
	const { run } = await startApi(t);
	await assertItemsUntouched(t, COMPARE, async () => {
		assert.equal((await run(COMPARE, {}, [pair(X, Y)])).status, 'success');
		assert.equal((await run(COMPARE, { operation: 'group', output: 'speaker' }, [item(X), item(Y)])).status, 'success');
	});
});
