/** What the example workflows talk to, stood in for on this machine: each notes what it got, and answers as the real one does. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface Received {
	method: string;
	path: string;
	contentType: string;
	body: Buffer;
}

export interface Answer {
	status?: number;
	/** Sent as JSON, text as it is. */
	body: unknown;
}

export interface Service {
	url: string;
	received: Received[];
	close(): Promise<void>;
}

/** An HTTP server; where the answer throws, it is 500 with the message. */
export async function startService(answer: (request: Received) => Answer | Promise<Answer>): Promise<Service> {
	const received: Received[] = [];
	async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const one = {
			method: request.method!,
			path: request.url!,
			contentType: request.headers['content-type'] ?? '',
			body: await buffer(request),
		};
		received.push(one);
		const { status = 200, body } = await Promise.resolve(one).then(answer).catch((error: Error) => ({ status: 500, body: { error: error.message } }));
		response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body));
	}
	const server: Server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		received,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}

/** The fields of a form, files among them. */
export async function formOf({ contentType, body }: Received): Promise<FormData> {
	return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
}

/** Seconds of a FLAC file, as its first block says. */
export function flacSeconds(bytes: Buffer): number {
	must(bytes.subarray(0, 4).toString() === 'fLaC', 'no FLAC file');
	// 20 bits of sample rate, 3 of channels, 5 of sample size, 36 of samples.
	const bits = bytes.readBigUInt64BE(18);
	return Number(bits & 0xf_ffff_ffffn) / Number(bits >> 44n);
}

/**
 * A transcription service that takes FLAC: of any sound it gives two words, which begin and end 0.1 s from its ends.
 * It holds the request against the OpenAI API.
 */
export async function transcribed(request: Received): Promise<Answer> {
	const form = await formOf(request);
	must(request.path === '/v1/audio/transcriptions' && form.get('response_format') === 'verbose_json' && form.get('model') !== null, 'the request');
	must(form.get('timestamp_granularities[]') === 'word', 'times of words');
	const file = form.get('file') as File;
	const duration = flacSeconds(Buffer.from(await file.arrayBuffer()));
	const words = [
		{ word: file.name, start: 0.1, end: 0.3 },
		{ word: 'last', start: duration - 0.3, end: duration - 0.1 },
	];
	return { body: { task: 'transcribe', duration, text: `${file.name} last`, words } };
}

interface Point {
	id: string | number;
	vector: number[];
	payload: Record<string, unknown>;
}

interface Query {
	query: number[];
	limit: number;
	with_payload?: boolean;
	filter?: { must: Array<{ key: string; match: { value: unknown } }> };
}

const cosine = (a: number[], b: number[]) =>
	a.reduce((sum, value, i) => sum + value * b[i], 0) / (Math.hypot(...a) * Math.hypot(...b));

function must(condition: boolean, message: string): asserts condition {
	if (!condition) throw new Error(message);
}

/** The part of Qdrant's REST API that stores vectors and finds the nearest, with its checks, for one collection. */
export function qdrant(): { answer: (request: Received) => Answer; points: Map<string | number, Point> } {
	let size: number | undefined;
	const points = new Map<string | number, Point>();
	const ID = /^([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
	function answer({ method, path, body }: Received): Answer {
		const json = JSON.parse(body.toString());
		if (method === 'PUT' && path === '/collections/voices') {
			if (size !== undefined) return { status: 409, body: { status: { error: 'Collection `voices` already exists!' } } };
			must(json.vectors.distance === 'Cosine' && Number.isInteger(json.vectors.size), 'a size and a distance');
			({ size } = json.vectors);
			return { body: { result: true, status: 'ok' } };
		}
		must(size !== undefined, 'no such collection');
		if (method === 'PUT' && path === '/collections/voices/points?wait=true') {
			for (const point of json.points as Point[]) {
				must(typeof point.id === 'number' || ID.test(point.id), `${point.id} is no UUID`);
				must(point.vector.length === size, `a vector of ${point.vector.length} in a collection of ${size}`);
				points.set(point.id, point);
			}
			return { body: { result: { status: 'completed' }, status: 'ok' } };
		}
		must(method === 'POST' && path === '/collections/voices/points/query', `${method} ${path}`);
		const { query, limit, with_payload, filter } = json as Query;
		must(query.length === size, `a query of ${query.length} in a collection of ${size}`);
		const fitting = [...points.values()].filter(({ payload }) => (filter?.must ?? []).every(({ key, match }) => payload[key] === match.value));
		const scored = fitting.map(({ id, vector, payload }) => ({ id, score: cosine(vector, query), ...(with_payload ? { payload } : {}) }));
		return { body: { result: { points: scored.sort((a, b) => b.score - a.score).slice(0, limit) }, status: 'ok' } };
	}
	return { answer, points };
}
