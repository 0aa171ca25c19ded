/**
 * The one thing this room needs from outside: something that sends an HTTP request. In n8n that is n8n's own request
 * helper, with its proxy settings, certificates and protection against forged requests; in tests and tools undici.
 * Authentication is the transport's business too: this room never sees a secret.
 */
import type { Stream } from 'node:stream';

/** What a transport tells while it sends, so that somebody else can watch the clock. It may leave out what it cannot see. */
export interface SignsOfLife {
	/** To be called at once, and only by a transport that will also call `connected`. */
	connecting(): void;
	/** The connection stands, with its encryption where there is one. */
	connected(): void;
	/** More of the answer came, its head to begin with. */
	answering(): void;
}

export interface HttpRequest {
	method: 'GET' | 'POST';
	/** Absolute, always of the base URL's origin. */
	url: string;
	/** Lower-case names. For a form they include `content-type` with its boundary and, where known, `content-length`. */
	headers: Record<string, string>;
	/** To be streamed. */
	body?: Stream;
	/** Ends the exchange at once, also in the middle of the upload. A transport keeps no clock of its own. */
	signal?: AbortSignal;
	signs?: SignsOfLife;
}

export interface HttpResponse {
	status: number;
	/** Lower-case names. */
	headers: Record<string, string | string[] | undefined>;
	/** The decoded text, decompressed. */
	body: string;
}

export interface Transport {
	/**
	 * Resolves for every HTTP status and never follows a redirect.
	 * @throws TransportError where there is no whole answer
	 */
	send(request: HttpRequest): Promise<HttpResponse>;
}

/**
 * `blocked`: the installation's own rules forbid the address (in n8n the SSRF protection). `reset`: the connection
 * broke, before or in the middle of the answer. `tooLarge`: the answer. `notHttp`: what came is no HTTP.
 */
export type TransportFault =
	| 'refused'
	| 'dns'
	| 'tls'
	| 'timeout'
	| 'reset'
	| 'blocked'
	| 'aborted'
	| 'tooLarge'
	| 'notHttp'
	| 'other';

export interface TransportFacts {
	/** False only where the server certainly got nothing of the request. */
	requestSent: boolean;
	/** Of a `timeout`: what took too long. */
	phase?: 'connecting' | 'uploading' | 'waiting' | 'reading';
	cause?: unknown;
}

export class TransportError extends Error {
	readonly kind: TransportFault;

	readonly requestSent: boolean;

	readonly phase: TransportFacts['phase'];

	/** @param message Technical text without secrets; it is shown in descriptions, never in messages. */
	constructor(kind: TransportFault, message: string, { requestSent, phase, cause }: TransportFacts) {
		super(message, { cause });
		this.name = 'TransportError';
		this.kind = kind;
		this.requestSent = requestSent;
		this.phase = phase;
	}
}
