/**
 * A server that behaves like the documented Speech Platform API, for tests, for the demo and for looking at by hand:
 * tasks with states over time, results that are computed, faults on demand. It holds every request and every answer
 * against the OpenAPI description, and remembers all requests.
 */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Contract } from './contract.mts';
import { Exchange, type RecordedRequest } from './exchange.mts';
import { expired, methodNotAllowed, page, status, type Fault } from './faults.mts';
import { Window, type RateLimitOptions } from './misbehaviour.mts';
import { readMultipart } from './multipart.mts';
import { compareVoiceprints, detectSpeech, diarizeSpeakers, extractVoiceprints, failure, type MediaInput, type Outcome } from './results.mts';

export type * from './exchange.mts';

const API = '/api/technology/';

/** Where the answer to a start request says that the task is. */
export type Locations = 'both' | 'location' | 'x-location' | 'none' | 'absolute' | 'relative';

export interface StandInOptions {
	/** 0 or absent: any free one. */
	port?: number;
	/** Path in front of `/api`, as behind a proxy; such as `/speech`. */
	prefix?: string;
	/** The server writes its prefix into the locations. Default: it does not know that it has one. */
	knowsPrefix?: boolean;
	locations?: Locations;
	/** An address of elsewhere in front of the locations' paths. */
	foreignOrigin?: string;
	/** Requests for a task that are answered with `pending`, then with `running`. Default 1 each. */
	pendingPolls?: number;
	runningPolls?: number;
	/** Milliseconds that a task stays `pending`, then `running`, at least. Default 0. */
	pendingMs?: number;
	runningMs?: number;
	/** Members without a value are sent as null instead of being left out. */
	nulls?: boolean;
	gzip?: boolean;
	/** Bytes of a file; a larger one is refused. */
	maximumFileSize?: number;
	/** What a proxy in front wants to see in the header `authorization`. */
	authorization?: string;
	/** Makes the server speak HTTPS. */
	tls?: { key: string; cert: string };
	/** Computes a media task's result; default the local engine. */
	compute?: (technology: string, input: MediaInput) => Promise<Outcome>;
	/** Of start requests. */
	rateLimit?: RateLimitOptions;
	/** Technologies that it does not know. */
	without?: string[];
	/** Chooses a fault for each request for which none is queued. */
	chooseFault?: (method: string) => Fault | undefined;
	/** Called when a request is over, however it ended. */
	onAnswer?: (request: RecordedRequest) => void;
	onViolation?: (violation: string) => void;
}

interface Task {
	id: string;
	technology: string;
	createdAt: number;
	polls: number;
	outcome?: Outcome;
}

export class StandIn {
	/** Everything that was asked, in order of arrival. */
	readonly requests: RecordedRequest[] = [];

	/** What the contract objects to in requests and in answers that are not faults outside it. */
	readonly violations: string[] = [];

	readonly tasks = new Map<string, Task>();

	readonly contract = new Contract();

	private readonly options: StandInOptions;

	private readonly folder = mkdtempSync(join(tmpdir(), 'speech-platform-'));

	private readonly queues: Record<string, Fault[]> = { POST: [], GET: [] };

	private readonly server;

	private uploads = 0;

	private readonly window: Window | undefined;

	constructor(options: StandInOptions = {}) {
		this.options = options;
		this.window = options.rateLimit && new Window(options.rateLimit);
		const listener = (request: IncomingMessage, response: ServerResponse) => void this.handle(request, response);
		this.server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener);
	}

	/** Where it listens, without the prefix. */
	get origin(): string {
		const { port } = this.server.address() as AddressInfo;
		return `${this.options.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
	}

	/** The base URL for clients. */
	get url(): string {
		return this.origin + (this.options.prefix ?? '');
	}

	get posts(): RecordedRequest[] {
		return this.requests.filter(({ method }) => method === 'POST');
	}

	get gets(): RecordedRequest[] {
		return this.requests.filter(({ method }) => method === 'GET');
	}

	async start(): Promise<this> {
		this.server.listen(this.options.port ?? 0, '127.0.0.1');
		await once(this.server, 'listening');
		return this;
	}

	/** Each of the next requests of that method meets one of the faults; undefined lets one pass. */
	inject(method: 'GET' | 'POST', ...faults: Array<Fault | undefined>): void {
		this.queues[method].push(...faults.map((fault) => fault ?? { name: 'none', act: async () => false }));
	}

	async close(): Promise<void> {
		this.server.closeAllConnections();
		this.server.close();
		await once(this.server, 'close');
		rmSync(this.folder, { recursive: true, force: true });
	}

	private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const { prefix = '', authorization, chooseFault, gzip = false } = this.options;
		const method = request.method ?? '';
		const turn = method === 'POST' ? this.window?.take() : undefined;
		const fault = turn?.fault ?? this.queues[method]?.shift() ?? chooseFault?.(method);
		for (const [name, value] of Object.entries(turn?.headers ?? {})) response.setHeader(name, value);
		const url = new URL(request.url ?? '', 'http://localhost');
		const path = url.pathname.slice(prefix.length);
		const judge = (code: number, headers: OutgoingHttpHeaders, body: string) => {
			this.note(`answer to ${method} ${path}`, this.contract.answer(method, path, code, headers, body));
		};
		const isOurs = url.pathname.startsWith(prefix + API);
		const exchange = new Exchange(request, response, { gzip, judge });
		exchange.outside = fault?.outside ?? false;
		exchange.serve = async (options) => await this.serve(exchange, path, url.searchParams, fault?.outcome, options);
		exchange.record.fault = fault?.name;
		this.requests.push(exchange.record);
		response.once('close', () => this.options.onAnswer?.(exchange.record));
		try {
			const isAuthorized = authorization === undefined || request.headers.authorization === authorization;
			if (!isAuthorized) await this.outside(exchange, page(401, '401 Authorization Required'));
			else if (!isOurs) await this.outside(exchange, page(404, '404 Not Found'));
			else if (!(await fault?.act(exchange))) await exchange.serve();
		} catch (error) {
			// The client has gone; anything else is a mistake here.
			if (!request.destroyed && !response.destroyed) this.note('stand-in server', [String(error)]);
			response.destroy();
		}
	}

	private async outside(exchange: Exchange, fault: Fault): Promise<void> {
		exchange.outside = true;
		exchange.record.fault = fault.name;
		await fault.act(exchange);
	}

	private async serve(
		exchange: Exchange,
		path: string,
		query: URLSearchParams,
		outcome?: Outcome,
		{ silently = false }: { silently?: boolean } = {},
	): Promise<void> {
		const { method } = exchange.record;
		const [technology, taskId, ...more] = path.slice(API.length).split('/');
		const template = taskId === undefined ? `${API}${technology}` : `${API}${technology}/{task_id}`;
		const methods = this.contract.description.paths[template] as object | undefined;
		if (!methods || more.length > 0 || this.options.without?.includes(technology)) return await this.outside(exchange, notRouted());
		if (!(method.toLowerCase() in methods)) return await this.outside(exchange, methodNotAllowed());
		if (method === 'GET') {
			this.note(`GET ${path}`, this.contract.request({ method, path, query, headers: exchange.request.headers }));
			return await this.answerTask(exchange, this.tasks.get(taskId), technology);
		}
		const task = await this.startTask(exchange, technology, path, query, outcome);
		if (task && !silently) await exchange.json(202, this.state(task), this.locations(path, task.id));
	}

	private async answerTask(exchange: Exchange, task: Task | undefined, technology: string): Promise<void> {
		if (!task || task.technology !== technology) return void (await expired().act(exchange));
		task.polls += 1;
		await exchange.json(200, this.state(task));
	}

	/** Reads the request and starts its task; answers itself, and returns nothing, where the request is not good. */
	private async startTask(
		exchange: Exchange,
		technology: string,
		path: string,
		query: URLSearchParams,
		outcome?: Outcome,
	): Promise<Task | undefined> {
		const { record, request } = exchange;
		const { method, headers } = record;
		const boundary = /boundary=("?)([^";]+)\1/.exec(headers['content-type'] ?? '')?.[2];
		if (boundary) record.parts = await readMultipart(exchange.content(), boundary, this.uploadFolder());
		else record.body = await readJson(exchange.content());
		const { parts, body } = record;
		const faults = this.contract.request({ method, path, query, headers: request.headers, parts, body });
		if (faults.length > 0) {
			this.note(`POST ${path}`, faults);
			const detail = faults.map((message) => ({ location: ['query'], message, type: 'contract' }));
			await status(422, { type: 'request.validation-error', message: 'Request validation error.', detail }).act(exchange);
			return undefined;
		}
		const file = parts.find(({ name }) => name === 'file');
		const limit = this.options.maximumFileSize ?? Infinity;
		if (file && file.bytes > limit) {
			const context = { file_size: file.bytes, max_file_size: limit, size_unit: 'bytes' };
			const detail = [{ location: ['body', 'file'], message: 'Input media file too large.', type: 'media.too-large', context }];
			await status(413, { type: 'request.size-limit-exceeded', message: 'Request size limit exceeded.', detail }).act(exchange);
			return undefined;
		}
		const task: Task = { id: randomUUID(), technology, createdAt: Date.now(), polls: 0, outcome };
		this.tasks.set(task.id, task);
		record.taskId = task.id;
		if (!outcome) void this.run(task, file ? { file, query } : undefined, body);
		return task;
	}

	private async run(task: Task, input: MediaInput | undefined, body: unknown): Promise<void> {
		const compute = this.options.compute ?? computeLocally;
		const { voiceprints_a: a, voiceprints_b: b } = (body ?? {}) as { voiceprints_a?: string[]; voiceprints_b?: string[] };
		const outcome = input ? compute(task.technology, input) : compareVoiceprints(a ?? [], b ?? []);
		task.outcome = await Promise.resolve(outcome).catch(failure);
		if (input) await rm(input.file.path, { force: true });
	}

	/** What a request for the task is answered with now. */
	private state(task: Task): object {
		const { pendingPolls = 1, runningPolls = 1, pendingMs = 0, runningMs = 0, nulls } = this.options;
		const age = Date.now() - task.createdAt;
		const describe = (state: string, members: object = {}) => ({
			task: { task_id: task.id, state },
			...(nulls ? { result: null, error: null } : {}),
			...members,
		});
		if (task.polls <= pendingPolls || age < pendingMs) return describe('pending');
		if (task.polls <= pendingPolls + runningPolls || age < pendingMs + runningMs || !task.outcome) return describe('running');
		const { state, ...members } = task.outcome;
		return describe(state, members);
	}

	private locations(path: string, id: string): OutgoingHttpHeaders {
		const { locations = 'both', foreignOrigin, knowsPrefix, prefix = '' } = this.options;
		const shown = (foreignOrigin ?? (locations === 'absolute' ? this.origin : '')) + (knowsPrefix ? prefix : '') + `${path}/${id}`;
		const last = path.split('/').at(-1);
		const location = locations === 'relative' ? `${last}/${id}` : shown;
		return {
			...(locations === 'none' || locations === 'x-location' ? {} : { location }),
			...(locations === 'both' || locations === 'x-location' ? { 'x-location': location } : {}),
		};
	}

	private uploadFolder(): string {
		return mkdtempSync(join(this.folder, `${(this.uploads += 1)}-`));
	}

	private note(what: string, faults: string[]): void {
		for (const fault of faults) {
			this.violations.push(`${what}: ${fault}`);
			this.options.onViolation?.(`${what}: ${fault}`);
		}
	}
}

const COMPUTATIONS: Record<string, (input: MediaInput) => Promise<Outcome>> = {
	'voice-activity-detection': detectSpeech,
	'speaker-diarization': diarizeSpeakers,
};

async function computeLocally(technology: string, input: MediaInput): Promise<Outcome> {
	return await (COMPUTATIONS[technology] ?? extractVoiceprints)(input);
}

/** As the web framework of the API answers where it has no such path. */
const notRouted = (): Fault => ({
	name: 'not routed',
	act: async (exchange) => {
		await exchange.json(404, { detail: 'Not Found' });
		return true;
	},
});

async function readJson(content: AsyncIterable<Buffer>): Promise<unknown> {
	const chunks: Buffer[] = [];
	for await (const chunk of content) chunks.push(chunk);
	return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
}
