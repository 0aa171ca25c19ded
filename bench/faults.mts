/**
 * How long a node takes with a server that misbehaves, and what comes out: each case with its limit, through the real node
 * on n8n's execution engine and n8n's own HTTP. The limits are the real ones, so the longest case takes a minute.
 */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import * as faults from '../test/speech-platform/server/faults.mts';
import * as misbehaviour from '../test/speech-platform/server/misbehaviour.mts';
import { StandIn, type StandInOptions } from '../test/speech-platform/server/server.mts';
import { canned, SPEECH } from '../test/speech-platform/support/harness.mts';
import { deadPort } from '../test/support/deadPort.mts';
import { createHarness, type Harness, type HarnessItem } from '../tools/n8n/harness.mts';
import { printTable } from './table.mts';

type Fault = faults.Fault;

interface Case {
	name: string;
	/** For the start requests and the questions, in this order; the last one for all that follow where `forEver` is set. */
	post?: Array<Fault | undefined>;
	get?: Array<Fault | undefined>;
	forEver?: 'post' | 'get';
	options?: StandInOptions;
	parameters?: INodeParameters;
	/** Bytes. */
	file?: number;
	items?: number;
	/** `done`, or the code of the error. */
	outcome: string;
	/** Seconds. */
	limit: number;
	/** Start requests with a whole file. */
	most?: number;
	unreachable?: boolean;
}

/** Seconds of the option Timeout in the cases that hang. */
const TIMEOUT = 4;

/** Seconds that anything takes on a busy machine. */
const SLACK = 4;

const withTimeout = { options: { timeout: TIMEOUT, pollingInterval: 0.2 } };
const quick = { options: { pollingInterval: 0.2 } };

const odd: Record<string, () => Fault> = {
	'204': () => misbehaviour.empty(204),
	'302 to a login': () => faults.redirect('/login'),
	'400 of a proxy': () => faults.page(400, '400 Bad Request'),
	'401 of a proxy': faults.unauthorized,
	'403 of a proxy': () => faults.page(403, '403 Forbidden'),
	'404 of a proxy': () => faults.page(404, '404 page not found'),
	'404 of another service': () => faults.answer({ detail: 'Not Found' }, 404),
	'408': () => faults.page(408, '408 Request Timeout'),
	'409': () => faults.page(409, '409 Conflict'),
	'410': () => faults.page(410, '410 Gone'),
	'425': () => faults.page(425, '425 Too Early'),
	'429 without headers': () => faults.status(429, { type: 'x', message: 'Too many.' }),
	'500': () => faults.serverError(500),
	'502 of a proxy': faults.badGateway,
	'503 of a proxy': () => faults.unavailable(),
	'504 of a proxy': () => faults.page(504, '504 Gateway Time-out'),
	'507': faults.storageFull,
	'a login page': faults.loginPage,
	'an empty answer': () => misbehaviour.empty(200),
	'cut JSON': faults.invalidJson,
	'JSON of another service': () => faults.answer({ ok: true }),
	'an answer that breaks off': faults.cutAnswer,
	'a broken connection': faults.resetAtOnce,
	'no HTTP': () => misbehaviour.notHttp('220 mail ESMTP\r\n'),
	'another task that is done': () => misbehaviour.otherTask(SPEECH),
};

const hanging: Record<string, () => Fault> = {
	'never answers': faults.silent,
	'stops within its answer': misbehaviour.headOnly,
	'drips its answer': () => misbehaviour.dripping(50),
};

const starts: Array<[name: string, fault: () => Fault, outcome: string, most?: number]> = [
	['400', faults.invalidRequest, 'REQUEST_INVALID'],
	['401', faults.unauthorized, 'UNAUTHORIZED'],
	['403, license', faults.licenseExhausted, 'LICENSE_EXHAUSTED'],
	['403', faults.forbidden, 'FORBIDDEN'],
	['404', () => faults.page(404, '404'), 'API_NOT_FOUND'],
	['405', faults.methodNotAllowed, 'METHOD_NOT_ALLOWED'],
	['413', faults.tooLarge, 'UPLOAD_TOO_LARGE'],
	['413 before it is read', () => faults.earlyPage(413), 'UPLOAD_TOO_LARGE'],
	['422', faults.notValid, 'REQUEST_REFUSED'],
	["422 of the API's framework", () => faults.answer({ detail: [{ loc: ['query', 'channels'], msg: 'bad', type: 'x' }] }, 422), 'REQUEST_REFUSED'],
	['500', () => faults.serverError(500), 'SERVER_ERROR'],
	['502', faults.badGateway, 'SERVER_ERROR'],
	['503 without retry-after', () => faults.unavailable(), 'SERVER_ERROR'],
	['504', () => faults.page(504, '504'), 'SERVER_ERROR'],
	['302', () => faults.redirect('http://127.0.0.1:9/'), 'REDIRECTED'],
	['a login page', faults.loginPage, 'NOT_THE_API'],
	['cut JSON', faults.invalidJson, 'INVALID_ANSWER'],
	['250,000 details', () => faults.answer({ type: 'x', message: 'x', detail: Array.from({ length: 250_000 }, () => ({ message: 'x' })) }, 422), 'REQUEST_REFUSED'],
	['a task that is rejected', () => faults.rejected(), 'TASK_REJECTED'],
	['a task that fails', () => faults.failed(), 'TASK_FAILED'],
	['a reset after accepting', faults.resetAfterAccepting, 'CONNECTION_LOST'],
];

function cases(): Case[] {
	return [
		...starts.map(([name, fault, outcome]): Case => ({ name: `start: ${name}`, post: [fault()], outcome, limit: SLACK, most: 1, parameters: quick })),
		...['', '{}', 'null', '{"task": {"task_i'].map((body): Case => ({
			name: `start: 202 with ${body === '' ? 'an empty body' : body}, ID in the header`,
			post: [misbehaviour.acceptedWith(body)], outcome: 'done', limit: 3 + SLACK, most: 1, parameters: quick,
		})),
		...Object.entries(hanging).flatMap(([name, fault]): Case[] => [
			{ name: `start: the server ${name}`, post: [fault()], parameters: withTimeout, outcome: 'REQUEST_TIMEOUT', limit: TIMEOUT + SLACK },
			{ name: `question: the server ${name}, each time`, get: [fault()], forEver: 'get', parameters: withTimeout, outcome: 'TASK_TIMEOUT', limit: TIMEOUT + SLACK },
			{ name: `Get Result: the server ${name}, each time`, get: [fault()], forEver: 'get', parameters: { operation: 'getResult', taskId: 'abc', ...withTimeout }, outcome: 'REQUEST_TIMEOUT', limit: TIMEOUT + SLACK },
		]),
		...Object.entries(odd).map(([name, fault]): Case => ({ name: `question: ${name}, once`, get: [undefined, fault()], outcome: 'done', limit: 6 + SLACK, most: 1, parameters: quick })),
		{ name: 'question: a state that nobody knows, for ever', get: [faults.unknownState('canceled')], forEver: 'get', parameters: withTimeout, outcome: 'TASK_TIMEOUT', limit: TIMEOUT + SLACK },
		{ name: 'question: another task, for ever', get: [misbehaviour.otherTask(SPEECH)], forEver: 'get', parameters: quick, outcome: 'INVALID_ANSWER', limit: 4 + SLACK },
		{ name: 'question: expired', get: [faults.expired()], parameters: quick, outcome: 'TASK_NOT_FOUND', limit: 1 + SLACK },
		{ name: 'no connection is accepted', unreachable: true, parameters: withTimeout, outcome: 'REQUEST_TIMEOUT', limit: TIMEOUT + SLACK },
		{ name: 'no connection is accepted, Timeout of 10 minutes', unreachable: true, parameters: quick, outcome: 'REQUEST_TIMEOUT', limit: 2 * 15 + 1 + SLACK },
		{ name: '429, retry-after beyond Timeout', post: [faults.rateLimited({ 'retry-after': 20 })], parameters: withTimeout, outcome: 'RATE_LIMITED', limit: SLACK, most: 1 },
		{ name: '429, reset in 2 s', post: [faults.rateLimited({ 'x-ratelimit-reset': 2 })], parameters: quick, outcome: 'done', limit: 4 + SLACK, most: 1 },
		{ name: '429 without headers', post: [faults.status(429, { type: 'x', message: 'x' })], parameters: quick, outcome: 'done', limit: 8 + SLACK, most: 1 },
		{ name: '503 with retry-after', post: [faults.unavailable({ 'retry-after': 1 })], parameters: quick, outcome: 'done', limit: 4 + SLACK, most: 1 },
		{ name: '507, once', post: [faults.storageFull()], parameters: quick, outcome: 'done', limit: 8 + SLACK, most: 1 },
		{ name: 'upload: stops half-way', post: [misbehaviour.stalledReader(2 ** 20)], file: 32 * 2 ** 20, parameters: quick, outcome: 'REQUEST_TIMEOUT', limit: 60 + 3 * SLACK, most: 0 },
		// Five of the seconds go to the question why.
		{ name: 'upload: breaks off once', post: [misbehaviour.brokenUpload(2 ** 20)], file: 32 * 2 ** 20, parameters: quick, outcome: 'done', limit: 5 + 5 + SLACK, most: 1 },
		{ name: 'upload: slower than all limits, Timeout 1 s', post: [misbehaviour.steadyReader(1.5 * 2 ** 20)], file: 32 * 2 ** 20, parameters: { options: { timeout: 1, pollingInterval: 0.2 }, waitForCompletion: false }, outcome: 'pending', limit: 22 + 3 * SLACK, most: 1 },
		{ name: '20 files of 3 s, 5 at a time', items: 20, options: { runningMs: 3000 }, parameters: quick, outcome: 'done', limit: 15, most: 20 },
		{ name: '8 files, one per second allowed', items: 8, options: { rateLimit: { requests: 1, windowMs: 1000, tells: 'always' } }, parameters: quick, outcome: 'done', limit: 8 * 1.2 + 2 * SLACK, most: 8 },
	];
}

interface Finding {
	outcome: string;
	seconds: number;
	whole: number;
}

async function runCase(harness: Harness, path: (bytes: number) => string, one: Case): Promise<Finding> {
	const { post = [], get = [], forEver, options, parameters = {}, file = 100_000, items = 1, unreachable } = one;
	const server = await new StandIn({
		compute: canned,
		...options,
		chooseFault: (method) => (forEver?.toUpperCase() === method ? (forEver === 'post' ? post : get).at(-1) : undefined),
	}).start();
	server.inject('POST', ...post);
	server.inject('GET', ...get);
	const dead = unreachable ? await deadPort() : undefined;
	const list: HarnessItem[] = Array.from({ length: items }, (_, i) => ({ files: { data: { path: path(file), fileName: `${i}.wav`, mimeType: 'audio/wav' } } }));
	const startedAt = performance.now();
	const { output } = await harness.run({
		node: 'voiceActivityDetection',
		parameters: { engine: 'api', ...parameters },
		items: list,
		credentials: { speechPlatformApi: { baseUrl: dead?.url ?? server.url, authentication: 'none' } },
		onError: 'continueRegularOutput',
	});
	const seconds = (performance.now() - startedAt) / 1000;
	const outcomes = new Set(output.map(({ json }) => (json.error as { code?: string } | undefined)?.code ?? (json.state as string)));
	const whole = server.posts.filter(({ parts, taskId }) => taskId !== undefined && parts.length > 0).length;
	await server.close();
	dead?.close();
	return { outcome: [...outcomes].join(', '), seconds, whole };
}

/** Cases that run beside each other. */
const BESIDE = 4;

export async function faultsBench(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	const paths = new Map<number, string>();
	const path = (bytes: number) => {
		const known = paths.get(bytes) ?? join(folder, `${bytes}.wav`);
		if (!paths.has(bytes)) {
			const file = openSync(known, 'w');
			ftruncateSync(file, bytes);
			closeSync(file);
			paths.set(bytes, known);
		}
		return known;
	};
	const harness = await createHarness({ binaryMode: 'filesystem' });
	const all = cases();
	const rows: Array<Array<string | number>> = [];
	let bad = 0;
	let next = 0;
	const work = async () => {
		while (next < all.length) {
			const index = next++;
			const one = all[index];
			const { outcome, seconds, whole } = await runCase(harness, path, one);
			const isGood = outcome === one.outcome && seconds <= one.limit && whole <= (one.most ?? Infinity);
			if (!isGood) bad += 1;
			rows[index] = [one.name, outcome, seconds.toFixed(1), one.limit.toFixed(0), whole, isGood ? '' : `NOT as it should be: ${one.outcome}`];
		}
	};
	try {
		await Promise.all(Array.from({ length: BESIDE }, work));
	} finally {
		harness.dispose();
		rmSync(folder, { recursive: true, force: true });
	}
	printTable('A server that misbehaves', ['case', 'outcome', 'seconds', 'limit', 'accepted', ''], rows);
	console.log(`${all.length} cases, ${bad === 0 ? 'all as they should be' : `${bad} NOT as they should be`}`);
	if (bad > 0) process.exitCode = 1;
}
