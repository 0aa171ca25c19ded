/** Errors that do not come from an HTTP answer: the network's, and a task's own end. */
import { doubt, factsOf, type Subject } from './answers';
import { apiError, describe, detailText, oneLine, quoted } from './description';
import { SpeechPlatformError, type ErrorFacts, type SpeechPlatformErrorCode } from './errors';
import { TECHNOLOGIES } from './technologies';
import { seconds } from './time';
import type { Redact } from './redaction';
import { TransportError, type TransportFault } from './transport';

type Verdict = [code: SpeechPlatformErrorCode, message: string, advice: string];

const HTTPS = "If the server encrypts its connections, the 'Base URL' begins with https://.";

const FAULTS: Record<TransportFault, (subject: Subject, fault: TransportError) => Verdict> = {
	refused: ({ host }) => [
		'CONNECTION_REFUSED',
		`Nothing accepts connections at the server's address${quoted(host)}`,
		"Check that the Speech Platform runs, and the port of the 'Base URL' (8000 on the appliance). In a container, " +
			'localhost is the container itself.',
	],
	dns: ({ host }) => [
		'HOST_NOT_FOUND',
		`The server's name could not be found${quoted(host)}`,
		"Check the host in the 'Base URL', and that the machine n8n runs on can look it up.",
	],
	tls: () => [
		'TLS_FAULT',
		'No trusted encrypted connection to the server could be made',
		"If its certificate is self-signed, turn on 'Ignore SSL Issues' in the credential, or make the certificate known " +
			'with the environment variable NODE_EXTRA_CA_CERTS. If the server does not encrypt, the base URL begins with http://.',
	],
	timeout: ({ host }, { phase }) => [
		'REQUEST_TIMEOUT',
		phase === 'connecting' ? `No connection to the server could be made in time${quoted(host)}` : 'The server did not answer in time',
		phase === 'connecting'
			? "Check the host and port of the 'Base URL', and that no firewall drops the requests."
			: 'It may be overloaded, or a firewall may drop the requests.',
	],
	reset: ({ isEncrypted }) => [
		'CONNECTION_LOST',
		'The connection to the server broke off',
		`The server or a proxy may have been restarted.${isEncrypted ? '' : ` ${HTTPS}`}`,
	],
	blocked: () => [
		'ADDRESS_BLOCKED',
		"n8n's protection against forged requests (SSRF) blocks the server's address; allow it with " +
			'N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES',
		'Private addresses are blocked while N8N_SSRF_PROTECTION_ENABLED is on. Ask the administrator of n8n to add the ' +
			"host of the 'Base URL' to one of these environment variables (lists separated by commas).",
	],
	aborted: () => ['CANCELED', 'The execution was canceled', ''],
	tooLarge: () => [
		'NETWORK_FAULT',
		"The server's answer is larger than any of the Speech Platform",
		"It was not read to its end. Check 'Base URL' in the credential: something else may answer there.",
	],
	notHttp: ({ isEncrypted }) => [
		'NETWORK_FAULT',
		'What answers at the address does not speak HTTP',
		`Check the port of the 'Base URL' (8000 on the appliance).${isEncrypted ? '' : ` ${HTTPS}`}`,
	],
	other: () => ['NETWORK_FAULT', 'The request did not get through to the server', 'See the technical detail.'],
};

/** How far an upload came that did not come to its end. */
export interface Progress {
	taken: number;
	total?: number;
}

/**
 * The error for an exchange that brought no whole answer.
 * @param redact Takes a login out of the technical detail.
 * @param progress Of an upload of which no server can have all.
 */
export function networkError(fault: TransportError, subject: Subject, redact: Redact, progress?: Progress): SpeechPlatformError {
	const [code, message, advice] = FAULTS[fault.kind](subject, fault);
	const facts = factsOf(subject, {});
	const uncertain = fault.requestSent && fault.kind !== 'aborted' ? doubt(subject) : '';
	const technical = redact(fault.message);
	if (!progress) return new SpeechPlatformError(code, message, describe(uncertain + advice, facts, undefined, technical), facts);
	const { input } = TECHNOLOGIES[subject.technology];
	const stalled = fault.kind === 'timeout' ? 'The server took no more of the upload' : message;
	const unaccepted = `The server cannot have the whole ${input}, so it has not accepted it. `;
	return new SpeechPlatformError(
		code,
		`${stalled}, after ${size(progress.taken)}${progress.total === undefined ? '' : ` of ${size(progress.total)}`}`,
		describe(unaccepted + advice, facts, undefined, technical),
		facts,
	);
}

const size = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

/** The error of a request for which the server's rate limit leaves no time. */
export function tooSoonError(wait: number, subject: Subject): SpeechPlatformError {
	const facts = factsOf(subject, { retryAfter: wait / 1000 });
	const advice = "That is longer than 'Timeout' allows. Raise it, send fewer files, or ask the administrator to raise the limit.";
	const message = `The server's rate limit is reached; it allows the next request in ${seconds(wait)}`;
	return new SpeechPlatformError('RATE_LIMITED', message, describe(advice, facts), facts);
}

/** A transport should throw nothing else than its own error; if it does, nobody knows what was sent. */
export function asTransportError(thrown: unknown): TransportError {
	if (thrown instanceof TransportError) return thrown;
	return new TransportError('other', thrown instanceof Error ? thrown.message : String(thrown), { requestSent: true });
}

/** The error of a task that ended as `rejected` or `failed`. */
export function taskError(state: string, error: unknown, subject: Subject): SpeechPlatformError {
	const body = apiError(error);
	const facts = factsOf(subject, { type: body?.type, detail: body?.detail ?? undefined, taskState: state });
	const [first] = (body?.detail ?? []).map((detail) => detail.message ?? detailText(detail)).filter(Boolean);
	const reason = quoted(first ?? body?.message);
	const { input } = TECHNOLOGIES[subject.technology];
	if (state === 'rejected') {
		const advice = `Send another ${input}, or change the parameters: the same request would be rejected again.`;
		return new SpeechPlatformError(
			'TASK_REJECTED',
			`The server rejected the ${input}${reason}`,
			describe(advice, facts, body?.message),
			facts,
		);
	}
	const advice = "Trouble on the server's side: the same request may succeed later. If not, its administrator must act.";
	return new SpeechPlatformError(
		'TASK_FAILED',
		`The server failed to process the ${input}${reason}`,
		describe(advice, facts, body?.message),
		facts,
	);
}

/** States in which the documentation says that a task goes on. */
const GOES_ON: ReadonlySet<string> = new Set(['pending', 'running']);

/**
 * The error of a wait that reached its deadline.
 * @param facts The task's ID and the last state the server reported.
 * @param last What went wrong with the last request, if it did.
 */
export function deadlineError(
	timeoutMs: number,
	facts: ErrorFacts & { taskId: string; taskState: string },
	last: SpeechPlatformError | undefined,
): SpeechPlatformError {
	const trouble = last ? ` The last request had no success: ${last.message}.` : '';
	const fate = GOES_ON.has(facts.taskState)
		? 'It goes on on the server. '
		: 'The node does not know this state, so it is not known whether the task goes on. ';
	return new SpeechPlatformError(
		'TASK_TIMEOUT',
		`The task was not done within ${seconds(timeoutMs)}; its last state is '${oneLine(facts.taskState)}'`,
		describe(
			`${fate}Fetch its result later with the operation 'Get Result' and the task ID ${facts.taskId}, or raise 'Timeout'.${trouble}`,
			facts,
		),
		facts,
	);
}

/** Failures after which there is nothing to be fetched. */
const ENDED: ReadonlySet<string> = new Set(['TASK_REJECTED', 'TASK_FAILED', 'TASK_NOT_FOUND', 'TASK_TIMEOUT', 'CANCELED']);

/** The same error for a task that the server has accepted, and that is charged: how its result is had all the same. */
export function afterAcceptance(error: SpeechPlatformError, taskId: string, taskState: string): SpeechPlatformError {
	if (ENDED.has(error.code)) return error;
	const [advice = '', ...lines] = error.description.split('\n');
	const fate = "The server has accepted the task, which goes on there. Fetch its result later with the operation 'Get Result' and the task ID ";
	const { httpStatus, type, detail, correlationId, requestId, retryAfter } = error;
	const facts = { httpStatus, type, detail, correlationId, requestId, retryAfter, taskId, taskState };
	const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
	return new SpeechPlatformError(error.code, error.message, [`${advice} ${fate}${taskId}.`, ...lines].join('\n'), known);
}

/** The error of a cancelled execution; facts with a task's ID say that the task goes on. */
export function canceledError(facts: ErrorFacts): SpeechPlatformError {
	const advice = facts.taskId
		? `The task ${facts.taskId} goes on on the server; its result can be fetched later with the operation 'Get Result'.`
		: '';
	return new SpeechPlatformError('CANCELED', 'The execution was canceled', describe(advice, facts), facts);
}
