/**
 * The Speech Platform API as a client uses it: start a task, ask for it, wait for it. Every failure is a
 * SpeechPlatformError, except what `media.open()` and its stream throw, which is passed on as it is.
 */
import { documentedTaskUrl, parseBaseUrl, startUrl, taskUrl } from './address';
import type { SpeechPlatformError } from './errors';
import { Exchange, FIRST_WAIT, GROWTH, type Call, type ExchangeOptions } from './exchange';
import { deadlineError } from './faults';
import { probe, type ProbeResult } from './probe';
import { header, serverWait } from './rateLimit';
import { fetchedTask, startedTask } from './tasks';
import type {
	MediaUpload,
	Task,
	TaskHandle,
	TaskState,
	Technology,
	TechnologyResult,
	VoiceActivityDetectionOptions,
	VoiceprintExtractionOptions,
} from './types';
import { jsonBody, mediaBody, type RequestBody } from './upload';

export interface SpeechPlatformOptions extends ExchangeOptions {
	/** Such as `http://appliance:8000`; a path prefix is allowed. */
	baseUrl: string;
}

export interface WaitOptions {
	/** Milliseconds between two requests at most; the first ones come sooner. Default 5000. */
	pollingIntervalMs?: number;
	/** Milliseconds to wait in all. */
	timeoutMs: number;
	/** Called with each state that differs from the one before. */
	onState?: (state: TaskState) => void;
}

/** Milliseconds; an upload on a slow line takes long. */
const UPLOAD_LIMIT = 3_600_000;

/** Milliseconds for an answer without an upload. */
const ANSWER_LIMIT = 60_000;

/** Milliseconds left to a request that is sent just before a deadline. */
const SHORTEST_LIMIT = 1000;

const POLLING_INTERVAL = 5000;

/** Milliseconds; nobody gains from asking more often. */
const SHORTEST_INTERVAL = 100;

/** Of a single request, so that a short fault does not fail an item, and a wrong address fails it soon. */
const REPETITION = { attempts: 4, withinMs: 120_000 };

export class SpeechPlatform {
	private readonly baseUrl: string;

	private readonly correlationId: string;

	private readonly exchange: Exchange;

	/** @throws SpeechPlatformError INVALID_BASE_URL */
	constructor({ baseUrl, ...options }: SpeechPlatformOptions) {
		this.baseUrl = parseBaseUrl(baseUrl);
		this.correlationId = options.correlationId;
		this.exchange = new Exchange(options);
	}

	async startVoiceActivityDetection(
		media: MediaUpload,
		options: VoiceActivityDetectionOptions = {},
	): Promise<TaskHandle<'voice-activity-detection'>> {
		const { channelMode, channels, rangeFrom, rangeTo } = options;
		return await this.start('voice-activity-detection', async () => await mediaBody(media), {
			channel_mode: channelMode,
			channels: channels?.join(','),
			range_from: rangeFrom,
			range_to: rangeTo,
		});
	}

	async startVoiceprintExtraction(
		media: MediaUpload,
		options: VoiceprintExtractionOptions = {},
	): Promise<TaskHandle<'speaker-identification-voiceprint-extraction'>> {
		const { channelMode, channels, includeVectorVoiceprint } = options;
		return await this.start('speaker-identification-voiceprint-extraction', async () => await mediaBody(media), {
			channel_mode: channelMode,
			channels: channels?.join(','),
			include_vector_voiceprint: includeVectorVoiceprint,
		});
	}

	/** Compares each voiceprint (base64) of `a`, the columns of the scores, with each of `b`, the rows. */
	async startVoiceprintComparison(
		a: string[],
		b: string[],
	): Promise<TaskHandle<'speaker-identification-voiceprint-comparison'>> {
		const body = jsonBody({ voiceprints_a: a, voiceprints_b: b });
		return await this.start('speaker-identification-voiceprint-comparison', async () => body, {});
	}

	/**
	 * The task as it stands: unfinished, or done with its result.
	 * @throws SpeechPlatformError TASK_REJECTED, TASK_FAILED, TASK_NOT_FOUND, INVALID_TASK_ID, …
	 */
	async getTask<T extends Technology>(technology: T, taskId: string): Promise<Task<TechnologyResult<T>>> {
		const id = taskId.trim();
		const call = getCall(technology, id, documentedTaskUrl(this.baseUrl, technology, id));
		return fetchedTask(technology, await this.exchange.repeat(call, REPETITION), id);
	}

	/**
	 * Asks until the task is done: soon at first, then in growing intervals, later where the server says so. Faults of
	 * the network, rate limits and server errors only postpone the next request.
	 * @throws SpeechPlatformError TASK_TIMEOUT at the deadline, while the task goes on on the server; TASK_REJECTED, …
	 */
	async waitForTask<T extends Technology>(
		{ technology, taskId, url, answer }: TaskHandle<T>,
		{ pollingIntervalMs = POLLING_INTERVAL, timeoutMs, onState }: WaitOptions,
	): Promise<TechnologyResult<T>> {
		let { state } = answer.task;
		onState?.(state);
		if (answer.result !== undefined) return answer.result;
		const deadline = this.exchange.now() + timeoutMs;
		const longest = Math.max(SHORTEST_INTERVAL, pollingIntervalMs);
		let interval = Math.min(FIRST_WAIT, longest);
		let serverSays = 0;
		let lastError: SpeechPlatformError | undefined;
		for (let left = timeoutMs; left > 0; left = deadline - this.exchange.now()) {
			await this.exchange.pause(Math.min(Math.max(interval, serverSays), left), taskId);
			if (serverSays > left) break;
			const timeLimit = Math.min(ANSWER_LIMIT, Math.max(SHORTEST_LIMIT, deadline - this.exchange.now()));
			const outcome = await this.exchange.attempt(getCall(technology, taskId, url, timeLimit));
			if ('error' in outcome) {
				lastError = outcome.error;
				if (!outcome.temporary) throw lastError;
				serverSays = (lastError.retryAfter ?? 0) * 1000;
			} else {
				lastError = undefined;
				const { task, result } = fetchedTask(technology, outcome, taskId);
				if (task.state !== state) onState?.(task.state);
				({ state } = task);
				if (result !== undefined) return result;
				serverSays = serverWait(outcome.response.headers, this.exchange.now()) ?? 0;
			}
			interval = Math.min(interval * GROWTH, longest);
		}
		throw deadlineError(timeoutMs, { taskId, taskState: state, correlationId: this.correlationId }, lastError);
	}

	/** Whether an API answers at the base URL and lets us in. Uploads nothing and never throws. */
	async probe(): Promise<ProbeResult> {
		return await probe(this.exchange, this.baseUrl);
	}

	private async start<T extends Technology>(
		technology: T,
		body: () => Promise<RequestBody>,
		query: Record<string, string | number | boolean | undefined>,
	): Promise<TaskHandle<T>> {
		const url = new URL(startUrl(this.baseUrl, technology));
		for (const [name, value] of Object.entries(query)) {
			if (value !== undefined && value !== '') url.searchParams.set(name, `${value}`);
		}
		const call: Call = { method: 'POST', url: url.href, technology, body, timeoutMs: UPLOAD_LIMIT };
		const accepted = await this.exchange.repeat(call, REPETITION);
		const answer = startedTask(technology, accepted);
		const taskId = answer.task.task_id;
		const { headers } = accepted.response;
		const location = header(headers, 'location') ?? header(headers, 'x-location');
		return { technology, taskId, url: taskUrl(this.baseUrl, technology, taskId, location), answer };
	}
}

function getCall(technology: Technology, taskId: string, url: string, timeoutMs = ANSWER_LIMIT): Call {
	return { method: 'GET', url, technology, taskId, timeoutMs };
}
