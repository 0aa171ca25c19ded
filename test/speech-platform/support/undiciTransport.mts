/** The HTTP client outside n8n: undici behind the interface that this package's API client asks for. */
import { PassThrough, type Readable } from 'node:stream';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import FormData from 'form-data';
import { Agent } from 'undici';
import { TransportError, type HttpRequest, type Transport, type TransportFault } from '../../../dist/speech-platform/index.js';

export interface UndiciTransport extends Transport {
	close(): Promise<void>;
}

export interface UndiciTransportOptions {
	/** Sent with each request, such as `authorization`. */
	headers?: Record<string, string>;
	ignoreSslIssues?: boolean;
}

export function undiciTransport({ headers = {}, ignoreSslIssues = false }: UndiciTransportOptions = {}): UndiciTransport {
	const agent = new Agent({ connect: { rejectUnauthorized: !ignoreSslIssues } });
	return {
		close: async () => await agent.destroy(),
		send: async (request) => {
			const { method, url, signal, signs } = request;
			const { origin, pathname, search } = new URL(url);
			try {
				const response = await agent.request({
					origin,
					path: pathname + search,
					method,
					headers: { ...request.headers, ...headers },
					body: bodyOf(request),
					signal,
					headersTimeout: 0,
					bodyTimeout: 0,
				});
				signs?.answering();
				response.body.on('data', () => signs?.answering());
				const content = Buffer.from(await response.body.arrayBuffer());
				const encoding = response.headers['content-encoding'];
				return {
					status: response.statusCode,
					headers: response.headers,
					body: (DECODERS[String(encoding)]?.(content) ?? content).toString(),
				};
			} catch (error) {
				throw transportError(error, signal);
			}
		},
	};
}

const DECODERS: Record<string, ((content: Buffer) => Buffer) | undefined> = {
	gzip: gunzipSync,
	deflate: inflateSync,
	br: brotliDecompressSync,
};

function bodyOf({ body }: HttpRequest): Readable | undefined {
	if (!(body instanceof FormData)) return body as Readable | undefined;
	// form-data makes streams of an old kind.
	const stream = new PassThrough();
	body.on('error', (error) => stream.destroy(error));
	return body.pipe(stream);
}

/** Which fault each code stands for, and whether anything was sent by then. */
const FAULTS: Array<[codes: RegExp, kind: TransportFault, requestSent: boolean]> = [
	[/^ECONNREFUSED$/, 'refused', false],
	[/^(ENOTFOUND|EAI_AGAIN)$/, 'dns', false],
	[/^UND_ERR_CONNECT_TIMEOUT$/, 'timeout', false],
	[/^UND_ERR_(HEADERS|BODY)_TIMEOUT$|^ETIMEDOUT$/, 'timeout', true],
	[/^(ERR_TLS|ERR_SSL|CERT_|SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/, 'tls', false],
	[/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'reset', true],
];

function transportError(error: unknown, signal: AbortSignal | undefined): TransportError {
	const { code = '', message } = error as NodeJS.ErrnoException;
	if ((error as Error).name === 'HTTPParserError') return new TransportError('notHttp', message, { requestSent: true, cause: error });
	if (signal?.aborted) return new TransportError('aborted', message, { requestSent: true, cause: error });
	const [, kind, requestSent] = FAULTS.find(([codes]) => codes.test(code)) ?? [undefined, 'other' as const, true];
	return new TransportError(kind, `${code} ${message}`.trim(), { requestSent, cause: error });
}
