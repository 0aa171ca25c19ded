/** What n8n's request helpers throw, told apart by what a user can do about it. */
import { textOf } from '../../errors';
import { TransportError, type TransportFault } from '../../speech-platform';

interface Thrown {
	name?: string;
	code?: unknown;
	/** The system call that failed. */
	syscall?: unknown;
	message?: string;
	cause?: unknown;
	/** Of an AggregateError: one per address that was tried. */
	errors?: unknown;
}

interface Rule {
	kind: TransportFault;
	matches: (thrown: Thrown) => boolean;
}

const code =
	(...codes: string[]) =>
	(thrown: Thrown) =>
		codes.includes(String(thrown.code));

/** In this order: n8n's guard and Node's TLS also use codes and texts of the later ones. */
const RULES: Rule[] = [
	{ kind: 'blocked', matches: ({ name }) => name === 'SsrfBlockedIpError' || name === 'SsrfBlockedHostnameError' },
	{ kind: 'aborted', matches: (thrown) => code('ERR_CANCELED', 'ABORT_ERR')(thrown) || thrown.name === 'AbortError' },
	{
		kind: 'tls',
		matches: ({ code: given, message }) =>
			/^(EPROTO$|ERR_SSL|ERR_TLS|CERT_|CRL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH)/.test(String(given)) ||
			/before secure TLS connection/.test(message ?? ''),
	},
	{ kind: 'notHttp', matches: ({ code: given }) => /^HPE_(?!INVALID_EOF_STATE)/.test(String(given)) },
	{ kind: 'dns', matches: code('ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_NODATA', 'EAI_NONAME') },
	{ kind: 'refused', matches: code('ECONNREFUSED') },
	{ kind: 'timeout', matches: (thrown) => code('ETIMEDOUT')(thrown) || /^timeout of \d+ms/.test(thrown.message ?? '') },
	{
		kind: 'reset',
		matches: (thrown) =>
			code('ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE', 'HPE_INVALID_EOF_STATE')(thrown) ||
			/^(aborted|socket hang up|stream has been aborted)$/.test(thrown.message ?? ''),
	},
];

/** Faults before the first byte of the request. */
const NOTHING_SENT: ReadonlySet<TransportFault> = new Set(['blocked', 'dns', 'refused', 'tls']);

/** The cause is left behind: it holds the request, and with it the secret in its headers. */
export function transportError(error: unknown): TransportError {
	if (error instanceof TransportError) return error;
	const chain = causesOf(error);
	const kind = RULES.find(({ matches }) => chain.some(matches))?.kind ?? 'other';
	const connecting = chain.some(({ syscall }) => syscall === 'connect');
	const message = chain.map((one) => one.message).find((one) => one !== undefined && one !== '') ?? textOf(error);
	return new TransportError(kind, message, { requestSent: !NOTHING_SENT.has(kind) && !connecting });
}

/** The error, its causes and, for a host of several addresses, the error of each. */
function causesOf(error: unknown, depth = 0): Thrown[] {
	if (typeof error !== 'object' || error === null || depth > 5) return [];
	const thrown = error as Thrown;
	const inner: unknown[] = [thrown.cause, ...((thrown.errors as unknown[] | undefined) ?? [])];
	return [thrown, ...inner.flatMap((one) => causesOf(one, depth + 1))];
}
