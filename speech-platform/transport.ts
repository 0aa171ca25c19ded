/**
 * The one thing this room needs from outside: something that sends an HTTP request. In n8n that is n8n's own request
 * helper, with its proxy settings, certificates and protection against forged requests; in tests and tools undici.
 * Authentication is the transport's business too: this room never sees a secret.
 */
import type FormData from 'form-data';

export interface HttpRequest {
	method: 'GET' | 'POST';
	/** Absolute, always of the base URL's origin. */
	url: string;
	/** Lower-case names. For a form they include `content-type` with its boundary and, where known, `content-length`. */
	headers: Record<string, string>;
	/** A form is streamed, anything else is sent as JSON. */
	body?: FormData | object;
	/** Ends the exchange at once, also in the middle of the upload. */
	signal?: AbortSignal;
	/** Milliseconds the whole exchange may take; a transport may also count from the last sign of life. */
	timeoutMs?: number;
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
 * broke, before or in the middle of the answer.
 */
export type TransportFault = 'refused' | 'dns' | 'tls' | 'timeout' | 'reset' | 'blocked' | 'aborted' | 'other';

export class TransportError extends Error {
	readonly kind: TransportFault;

	/** False only where the server certainly got nothing of the request. */
	readonly requestSent: boolean;

	/** @param message Technical text without secrets; it is shown in descriptions, never in messages. */
	constructor(kind: TransportFault, message: string, options: { requestSent: boolean; cause?: unknown }) {
		super(message, { cause: options.cause });
		this.name = 'TransportError';
		this.kind = kind;
		this.requestSent = options.requestSent;
	}
}
