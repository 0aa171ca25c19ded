/**
 * The Speech Platform client's errors: every failure is one of these codes, with a message that says what happened and
 * a description that says what to do, and then what the server said.
 */
import type { ErrorDetail } from './types';

/** Stable codes, listed for users in `docs/speech-platform-api.md`. */
export type SpeechPlatformErrorCode =
	// what the user gave
	| 'INVALID_BASE_URL'
	| 'INVALID_TASK_ID'
	// the server's answer
	| 'REQUEST_INVALID' // 400
	| 'UNAUTHORIZED' // 401, and 403 from a proxy
	| 'FORBIDDEN' // 403 from the API
	| 'LICENSE_EXHAUSTED' // 403, licensing.*
	| 'TASK_NOT_FOUND' // 404
	| 'API_NOT_FOUND' // 404 that is not about a task
	| 'METHOD_NOT_ALLOWED' // 405
	| 'UPLOAD_TOO_LARGE' // 413
	| 'REQUEST_REFUSED' // 422
	| 'RATE_LIMITED' // 429
	| 'STORAGE_FULL' // 507
	| 'SERVER_ERROR' // any other 5xx
	| 'UNEXPECTED_STATUS'
	| 'REDIRECTED' // 3xx
	| 'NOT_THE_API' // HTML where JSON is due
	| 'INVALID_ANSWER' // no JSON, or a field is missing
	// the task
	| 'TASK_REJECTED'
	| 'TASK_FAILED'
	| 'TASK_TIMEOUT'
	// the network
	| 'CONNECTION_REFUSED'
	| 'HOST_NOT_FOUND'
	| 'TLS_FAULT'
	| 'REQUEST_TIMEOUT'
	| 'CONNECTION_LOST'
	| 'ADDRESS_BLOCKED'
	| 'NETWORK_FAULT'
	| 'CANCELED';

/** What is known about the failure beside its texts. */
export interface ErrorFacts {
	httpStatus?: number;
	/** The API's own error type, such as `request.validation-error`. */
	type?: string;
	detail?: ErrorDetail[];
	correlationId?: string;
	requestId?: string;
	taskId?: string;
	/** The last state the server reported. */
	taskState?: string;
	/** Seconds after which the server allows the next request. */
	retryAfter?: number;
}

export class SpeechPlatformError extends Error implements ErrorFacts {
	readonly code: SpeechPlatformErrorCode;

	/** What to do about it, then the server's own words and the IDs to quote to its administrator, a line each. */
	readonly description: string;

	declare readonly httpStatus?: number;
	declare readonly type?: string;
	declare readonly detail?: ErrorDetail[];
	declare readonly correlationId?: string;
	declare readonly requestId?: string;
	declare readonly taskId?: string;
	declare readonly taskState?: string;
	declare readonly retryAfter?: number;

	/**
	 * @param message What happened, one sentence without a final period and without operating-system codes, which make
	 *   n8n replace the whole text.
	 */
	constructor(code: SpeechPlatformErrorCode, message: string, description: string, facts: ErrorFacts = {}) {
		super(message);
		this.name = 'SpeechPlatformError';
		this.code = code;
		this.description = description;
		Object.assign(this, facts);
	}
}
