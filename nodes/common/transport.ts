/**
 * HTTP for the Speech Platform client, through n8n's own request helpers: they bring the installation's proxy, its
 * protection against forged requests (SSRF) and its certificates.
 *
 * Not through `httpRequestWithAuthentication`: it turns every fault into an error that has already been reworded for
 * users and that drags along the request with the secret in its headers.
 */
import { Readable, Stream } from 'node:stream';
import type {
	ICredentialDataDecryptedObject,
	ICredentialTestFunctions,
	IN8nHttpFullResponse,
	RequestHelperFunctions,
} from 'n8n-workflow';
import { authenticationHeaders } from '../../credentials/authentication';
import { TransportError, type HttpRequest, type HttpResponse, type Transport } from '../../speech-platform';
import { transportError } from './transportErrors';

type Credential = ICredentialDataDecryptedObject;

/** More than the longest recording's result has by far: whatever answers with more is not the API. */
const LARGEST_ANSWER = 64 * 2 ** 20;

/** Milliseconds. A server that shows no sign of life for so long does not come back, however large the upload. */
const LONGEST_SILENCE = 300_000;

/** Milliseconds. */
const TIME_FOR_REFUSAL = 5000;

/** For nodes. A form is streamed, and an answer is read as it comes. */
export class NodeTransport implements Transport {
	constructor(
		private readonly helpers: Pick<RequestHelperFunctions, 'httpRequest'>,
		private readonly credential: Credential,
	) {}

	async send(request: HttpRequest): Promise<HttpResponse> {
		const upload = request.body instanceof Stream ? request.body : undefined;
		let uploaded = false;
		upload?.once('end', () => (uploaded = true));
		try {
			return await this.exchange(request);
		} catch (error) {
			const fault = transportError(error);
			const refusal = fault.kind === 'reset' && upload && !uploaded ? await this.refusalOf(request) : undefined;
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
		try {
			const answer = await this.exchange({ ...request, body, timeoutMs: TIME_FOR_REFUSAL });
			return answer.status >= 400 ? answer : undefined;
		} catch {
			return undefined;
		} finally {
			body.destroy();
		}
	}

	private async exchange({ method, url, headers, body, signal, timeoutMs }: HttpRequest): Promise<HttpResponse> {
		const longestSilence = Math.min(timeoutMs ?? LONGEST_SILENCE, LONGEST_SILENCE);
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
				timeout: longestSilence,
			})) as IN8nHttpFullResponse;
			const text = await readText(response.body as unknown as Readable, longestSilence);
			return { status: response.statusCode, headers: { ...response.headers } as HttpResponse['headers'], body: text };
		} catch (error) {
			// An answer that is not read to its end: destroying its stream alone does not close the connection.
			giveUp.abort();
			throw transportError(error);
		}
	}
}

/** Reads an answer to its end. The helper watches the clock only until the answer begins. */
async function readText(stream: Readable, longestSilence: number): Promise<string> {
	let timer: NodeJS.Timeout | undefined;
	const stalled = new Promise<never>((_, reject) => {
		const message = `No more of the answer came for ${longestSilence} ms`;
		timer = setTimeout(() => reject(new TransportError('timeout', message, { requestSent: true })), longestSilence);
	});
	const chunks: Buffer[] = [];
	let size = 0;
	const read = async () => {
		for await (const chunk of stream as AsyncIterable<Buffer>) {
			timer?.refresh();
			size += chunk.length;
			if (size > LARGEST_ANSWER) {
				throw new TransportError('other', `The answer has more than ${LARGEST_ANSWER} bytes`, { requestSent: true });
			}
			chunks.push(chunk);
		}
	};
	try {
		await Promise.race([read(), stalled]);
	} finally {
		clearTimeout(timer);
	}
	return Buffer.concat(chunks).toString('utf8');
}

/** For the test in the credential's dialog, where n8n offers its older helper only. It asks, and sends no file. */
export class CredentialTestTransport implements Transport {
	constructor(
		private readonly helpers: ICredentialTestFunctions['helpers'],
		private readonly credential: Credential,
	) {}

	async send({ method, url, headers, timeoutMs }: HttpRequest): Promise<HttpResponse> {
		try {
			// eslint-disable-next-line @n8n/community-nodes/no-deprecated-workflow-functions -- n8n has no other one here
			const response = (await this.helpers.request({
				method,
				uri: url,
				headers: { ...authenticationHeaders(this.credential), ...headers },
				followRedirect: false,
				simple: false,
				resolveWithFullResponse: true,
				...(this.credential.ignoreSslIssues === true ? { rejectUnauthorized: false } : {}),
				...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
			})) as { statusCode: number; headers: HttpResponse['headers']; body: string };
			return { status: response.statusCode, headers: response.headers, body: response.body };
		} catch (error) {
			throw transportError(error);
		}
	}
}
