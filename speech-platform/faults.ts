/** Errors that do not come from an HTTP answer: the network's, and a task's own end. */
import { doubt, factsOf, type Subject } from './answers';
import { apiError, describe, detailText, oneLine, quoted } from './description';
import { SpeechPlatformError, type ErrorFacts, type SpeechPlatformErrorCode } from './errors';
import { TECHNOLOGIES } from './technologies';
import { seconds } from './time';
import { TransportError, type TransportFault } from './transport';

const FAULTS: Record<TransportFault, (host: string) => [code: SpeechPlatformErrorCode, message: string, advice: string]> = {
	refused: (host) => [
		'CONNECTION_REFUSED',
		`Nothing accepts connections at the server's address${quoted(host)}`,
		"Check that the Speech Platform runs, and the port of the 'Base URL' (8000 on the appliance). In a container, " +
			'localhost is the container itself.',
	],
	dns: (host) => [
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
	timeout: () => ['REQUEST_TIMEOUT', 'The server did not answer in time', 'It may be overloaded, or a firewall may drop the requests.'],
	reset: () => ['CONNECTION_LOST', 'The connection to the server broke off', 'The server or a proxy may have been restarted.'],
	blocked: () => [
		'ADDRESS_BLOCKED',
		"n8n's protection against forged requests (SSRF) blocks the server's address; allow it with " +
			'N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES',
		'Private addresses are blocked while N8N_SSRF_PROTECTION_ENABLED is on. Ask the administrator of n8n to add the ' +
			"host of the 'Base URL' to one of these environment variables (lists separated by commas).",
	],
	aborted: () => ['CANCELED', 'The execution was canceled', ''],
	other: () => ['NETWORK_FAULT', 'The request did not get through to the server', 'See the technical detail.'],
};

/** The error for an exchange that brought no whole answer. */
export function networkError(thrown: unknown, subject: Subject): SpeechPlatformError {
	const fault = asTransportError(thrown);
	const [code, message, advice] = FAULTS[fault.kind](subject.host);
	const facts = factsOf(subject, {});
	const uncertain = fault.requestSent && fault.kind !== 'aborted' ? doubt(subject) : '';
	return new SpeechPlatformError(code, message, describe(uncertain + advice, facts, undefined, fault.message), facts);
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
	return new SpeechPlatformError(
		'TASK_TIMEOUT',
		`The task was not done within ${seconds(timeoutMs)}; its last state is '${oneLine(facts.taskState)}'`,
		describe(
			"It goes on on the server. Fetch its result later with the operation 'Get Result' and the task ID " +
				`${facts.taskId}, or raise 'Timeout'.${trouble}`,
			facts,
		),
		facts,
	);
}

/** The error of a cancelled execution; facts with a task's ID say that the task goes on. */
export function canceledError(facts: ErrorFacts): SpeechPlatformError {
	const advice = facts.taskId ? 'The task goes on on the server; its result can be fetched later.' : '';
	return new SpeechPlatformError('CANCELED', 'The execution was canceled', describe(advice, facts), facts);
}
