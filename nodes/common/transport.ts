/**
 * HTTP for the Speech Platform client, through n8n's own request helpers: they bring the installation's proxy, its
 * protection against forged requests (SSRF) and its certificates.
 *
 * Not through `httpRequestWithAuthentication`: it turns every fault into an error that has already been reworded for
 * users and that drags along the request with the secret in its headers.
 */
import { ClientRequest } from 'node:http';
import { Readable, Stream } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	IN8nHttpFullResponse,
	RequestHelperFunctions,
} from 'n8n-workflow';
import { authenticationHeaders } from '../../credentials/authentication';
import { TransportError, type HttpRequest, type HttpResponse, type SignsOfLife, type Transport } from '../../speech-platform';
import { transportError } from './transportErrors';

type Credential = ICredentialDataDecryptedObject;

/** More than the longest recording's result has by far: whatever answers with more is not the API. */
const LARGEST_ANSWER = 64 * 2 ** 20;

/** Milliseconds. */
const TIME_FOR_REFUSAL = 5000;

/** For nodes. A body is streamed, and an answer is read as it comes. */
export class NodeTransport implements Transport {
	constructor(
		private readonly helpers: Pick<RequestHelperFunctions, 'httpRequest'>,
		private readonly credential: Credential,
	) {}

	async send(request: HttpRequest): Promise<HttpResponse> {
		const { body, signs } = request;
		let uploaded = false;
		body?.once('end', () => (uploaded = true));
		if (body && signs) reportConnection(body, signs);
		try {
			return await this.exchange(request);
		} catch (error) {
			const fault = transportError(error);
			const refusal = fault.kind === 'reset' && body && !uploaded ? await this.refusalOf(request) : undefined;
			if (refusal) return refusal;
			throw fault;
		}
	}

	/**
	 * A server that refuses a file answers at once and closes the connection, and what is still on its way to it breaks
	 * the answer off. So the same request is sent again without its file: now the answer, if there is one, comes through.
	 * The server cannot take this for a file, as most of what the request announces never comes.
	 */
	private async refusalOf(request: HttpRequest): Promise<HttpResponse | undefined> {
		const body = new Readable({ read() {} });
		body.push('--');
		const enough = AbortSignal.timeout(TIME_FOR_REFUSAL);
		const signal = request.signal ? AbortSignal.any([request.signal, enough]) : enough;
		try {
			const answer = await this.exchange({ ...request, body, signal, signs: undefined });
			return answer.status >= 400 ? answer : undefined;
		} catch {
			return undefined;
		} finally {
			body.destroy();
		}
	}

	private async exchange({ method, url, headers, body, signal, signs }: HttpRequest): Promise<HttpResponse> {
		const giveUp = new AbortController();
		try {
			const response = (await this.helpers.httpRequest({
				method,
				url,
				headers: { ...authenticationHeaders(this.credential), ...headers },
				...(body === undefined ? {} : { body }),
				// With redirects n8n would keep the whole upload in memory, to send it once more.
				disableFollowRedirect: true,
				ignoreHttpStatusErrors: true,
				returnFullResponse: true,
				encoding: 'stream',
				skipSslCertificateValidation: this.credential.ignoreSslIssues === true,
				abortSignal: signal ? AbortSignal.any([signal, giveUp.signal]) : giveUp.signal,
				// The helper's own clock runs through the upload too, so it is off. Whoever sends keeps the time.
				timeout: 0,
			})) as IN8nHttpFullResponse;
			signs?.answering();
			const text = await readText(response.body as Readable, LARGEST_ANSWER, signs);
			return { status: response.statusCode, headers: { ...response.headers } as HttpResponse['headers'], body: text };
		} catch (error) {
			// An answer that is not read to its end: destroying its stream alone does not close the connection.
			giveUp.abort();
			throw transportError(error);
		}
	}
}

/** Reads an answer to its end. */
async function readText(stream: Readable, largest: number, signs: SignsOfLife | undefined): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of stream as AsyncIterable<Buffer>) {
		signs?.answering();
		size += chunk.length;
		if (size > largest) {
			throw new TransportError('tooLarge', `The answer has more than ${largest} bytes`, { requestSent: true });
		}
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

/**
 * Tells when the connection stands on which a body is sent. n8n's helper does not show its request, but the body is piped
 * into it, maybe through other streams. Where it is not seen by the body's end, nothing is known and nothing is claimed.
 */
function reportConnection(body: Stream, signs: SignsOfLife): void {
	signs.connecting();
	let isSeen = false;
	body.once('end', () => isSeen || signs.connected());
	follow(body, (request) => {
		isSeen = true;
		const report = (socket: TLSSocket) => {
			const isPending = socket.connecting || (socket.encrypted && (socket as { secureConnecting?: boolean }).secureConnecting);
			if (isPending) socket.once(socket.encrypted ? 'secureConnect' : 'connect', () => signs.connected());
			else signs.connected();
		};
		if (request.socket) report(request.socket as TLSSocket);
		else request.once('socket', report);
	});
}

function follow(stream: Stream, found: (request: ClientRequest) => void): void {
	const pipe = stream.pipe.bind(stream);
	stream.pipe = (target, options) => {
		if (target instanceof ClientRequest) found(target);
		else if (target instanceof Stream) follow(target, found);
		return pipe(target, options);
	};
}

/** Milliseconds until an answer begins, for a request that nobody can stop. */
const LONGEST_PROBE = 15_000;

/** Bytes. */
const LARGEST_PROBE = 2 ** 20;

/** For the test in the credential's dialog, where n8n offers its older helper only. It asks, and sends no file. */
export class CredentialTestTransport implements Transport {
	constructor(
		private readonly helpers: ICredentialTestFunctions['helpers'],
		private readonly credential: Credential,
	) {}

	async send({ method, url, headers, signal, signs }: HttpRequest): Promise<HttpResponse> {
		let stream: Readable | undefined;
		// This helper cannot be told to stop, but its answer can be let go.
		const letGo = () => stream?.destroy();
		signal?.addEventListener('abort', letGo, { once: true });
		try {
			// eslint-disable-next-line @n8n/community-nodes/no-deprecated-workflow-functions -- n8n has no other one here
			const response = (await this.helpers.request({
				method,
				uri: url,
				headers: { ...authenticationHeaders(this.credential), ...headers },
				followRedirect: false,
				simple: false,
				resolveWithFullResponse: true,
				useStream: true,
				...(this.credential.ignoreSslIssues === true ? { rejectUnauthorized: false } : {}),
				timeout: LONGEST_PROBE,
			})) as { statusCode: number; headers: HttpResponse['headers']; body: Readable };
			stream = response.body;
			if (signal?.aborted) letGo();
			signs?.answering();
			const body = await readText(stream, LARGEST_PROBE, signs);
			return { status: response.statusCode, headers: { ...response.headers }, body };
		} catch (error) {
			stream?.destroy();
			throw transportError(error);
		} finally {
			signal?.removeEventListener('abort', letGo);
		}
	}
}
