/**
 * The Speech Platform API as a client uses it: start a task, ask for it, wait for it. Every failure is a
 * SpeechPlatformError, except what `media.open()` and its stream throw, which is passed on as it is.
 */
import { documentedTaskUrl, parseBaseUrl, startUrl, taskUrl } from './address';
import type { Budget } from './budget';
import { SpeechPlatformError } from './errors';
import { Exchange, FIRST_WAIT, GROWTH, type ExchangeOptions, type Failure } from './exchange';
import { afterAcceptance, deadlineError } from './faults';
import { probe, type ProbeResult } from './probe';
import { serverWait } from './rateLimit';
import { fetchedTask, locationOf, startedTask, type Answer } from './tasks';
import type {
	MediaUpload,
	SpeakerDiarizationOptions,
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
	/** Milliseconds to wait in all. Default: no limit but the budget's. */
	timeoutMs?: number;
	/** What the start of the task has left of its time. */
	budget?: Budget;
	/** Called with each state that differs from the one before. */
	onState?: (state: TaskState) => void;
}

/** Milliseconds that a start may take beside its upload where nobody says otherwise. */
const START_LIMIT = 600_000;

/** Milliseconds before a deadline, and share of the whole time, at which it is asked for the last time. */
const LAST_LOOK = { before: 1000, share: 0.1 };

const POLLING_INTERVAL = 5000;

/** Milliseconds; nobody gains from asking more often. */
const SHORTEST_INTERVAL = 100;

/** Answers in a row that look final, given by something between us and the server that has accepted the task. */
const MOST_ODD = 3;

type Query = Record<string, string | number | boolean | undefined>;

/** Which channels and which part of the file. */
function partQuery({ channelMode, channels, rangeFrom, rangeTo }: VoiceActivityDetectionOptions): Query {
	return { channel_mode: channelMode, channels: channels?.join(','), range_from: rangeFrom, range_to: rangeTo };
}

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
		budget?: Budget,
	): Promise<TaskHandle<'voice-activity-detection'>> {
		return await this.start('voice-activity-detection', async () => await mediaBody(media), partQuery(options), budget);
	}

	async startSpeakerDiarization(
		media: MediaUpload,
		options: SpeakerDiarizationOptions = {},
		budget?: Budget,
	): Promise<TaskHandle<'speaker-diarization'>> {
		const { maxSpeakers, totalSpeakers } = options;
		const query = { ...partQuery(options), max_speakers: maxSpeakers, total_speakers: totalSpeakers };
		return await this.start('speaker-diarization', async () => await mediaBody(media), query, budget);
	}

	async startVoiceprintExtraction(
		media: MediaUpload,
		options: VoiceprintExtractionOptions = {},
		budget?: Budget,
	): Promise<TaskHandle<'speaker-identification-voiceprint-extraction'>> {
		const { channelMode, channels, includeVectorVoiceprint } = options;
		const query = {
			channel_mode: channelMode,
			channels: channels?.join(','),
			include_vector_voiceprint: includeVectorVoiceprint,
		};
		return await this.start('speaker-identification-voiceprint-extraction', async () => await mediaBody(media), query, budget);
	}

	/** Compares each voiceprint (base64) of `a`, the columns of the scores, with each of `b`, the rows. */
	async startVoiceprintComparison(
		a: string[],
		b: string[],
		budget?: Budget,
	): Promise<TaskHandle<'speaker-identification-voiceprint-comparison'>> {
		const body = async () => jsonBody({ voiceprints_a: a, voiceprints_b: b });
		return await this.start('speaker-identification-voiceprint-comparison', body, {}, budget);
	}

	/** The time for one piece of work, from its start to its result; an upload is not counted. */
	budget(milliseconds: number): Budget {
		return this.exchange.budget(milliseconds);
	}

	/**
	 * The task as it stands: unfinished, or done with its result.
	 * @throws SpeechPlatformError TASK_REJECTED, TASK_FAILED, TASK_NOT_FOUND, INVALID_TASK_ID, …
	 */
	async getTask<T extends Technology>(
		technology: T,
		taskId: string,
		within?: Budget,
	): Promise<Task<TechnologyResult<T>>> {
		const id = taskId.trim();
		const url = documentedTaskUrl(this.baseUrl, technology, id);
		const budget = this.budget(Math.min(this.exchange.limits.look, within?.left ?? Infinity));
		return fetchedTask(technology, await this.exchange.repeat({ method: 'GET', url, technology, taskId: id, budget }), id);
	}

	/** A task that was started before, as `getTask` gives it, for `waitForTask`. */
	handleOf<T extends Technology>(technology: T, answer: Task<TechnologyResult<T>>): TaskHandle<T> {
		const { task_id: taskId } = answer.task;
		return { technology, taskId, url: documentedTaskUrl(this.baseUrl, technology, taskId), answer };
	}

	/**
	 * Asks until the task is done: soon at first, then in growing intervals, later where the server says so. The task is
	 * accepted and charged, so whatever else than the API's own word only postpones the next request.
	 * @throws SpeechPlatformError TASK_TIMEOUT at the deadline, while the task goes on on the server; TASK_REJECTED, …
	 */
	async waitForTask<T extends Technology>(handle: TaskHandle<T>, options: WaitOptions): Promise<TechnologyResult<T>> {
		const state = { last: handle.answer.task.state };
		try {
			return await this.poll(handle, options, state);
		} catch (error) {
			if (!(error instanceof SpeechPlatformError)) throw error;
			throw afterAcceptance(error, handle.taskId, state.last);
		}
	}

	private async poll<T extends Technology>(
		{ technology, taskId, url, answer }: TaskHandle<T>,
		{ pollingIntervalMs = POLLING_INTERVAL, timeoutMs = Infinity, budget = this.budget(timeoutMs), onState }: WaitOptions,
		state: { last: TaskState },
	): Promise<TechnologyResult<T>> {
		onState?.(state.last);
		if (answer.result !== undefined) return answer.result;
		const longest = Math.max(SHORTEST_INTERVAL, pollingIntervalMs);
		const lastLook = Math.min(LAST_LOOK.before, budget.totalMs * LAST_LOOK.share);
		let interval = Math.min(FIRST_WAIT, longest);
		let serverSays = 0;
		let lastError: SpeechPlatformError | undefined;
		for (let left = budget.left, odd = 0; left > 0; left = budget.left) {
			const pause = Math.max(interval, serverSays);
			// The last question is early enough for its answer.
			await this.exchange.pause(pause < left ? pause : serverSays > left ? left : Math.max(0, left - lastLook), taskId);
			if (serverSays > left) break;
			const outcome = await this.look(technology, taskId, url, budget);
			if ('error' in outcome) {
				lastError = outcome.error;
				odd = outcome.outlook === 'odd' ? odd + 1 : 0;
				if (outcome.outlook === 'final' || odd >= MOST_ODD) throw lastError;
				serverSays = (lastError.retryAfter ?? 0) * 1000;
			} else {
				lastError = undefined;
				odd = 0;
				if (outcome.task.task.state !== state.last) onState?.(outcome.task.task.state);
				state.last = outcome.task.task.state;
				if (outcome.task.result !== undefined) return outcome.task.result;
				serverSays = serverWait(outcome.headers, this.exchange.now()) ?? 0;
			}
			if (pause >= left) break;
			interval = Math.min(interval * GROWTH, longest);
		}
		const facts = { taskId, taskState: state.last, correlationId: this.correlationId };
		throw deadlineError(budget.totalMs, facts, lastError);
	}

	/** One question for a task. @throws SpeechPlatformError where the task itself has come to a bad end */
	private async look<T extends Technology>(
		technology: T,
		taskId: string,
		url: string,
		budget: Budget,
	): Promise<Failure | { task: Task<TechnologyResult<T>>; headers: Answer['response']['headers'] }> {
		const outcome = await this.exchange.attempt({ method: 'GET', url, technology, taskId, budget });
		if ('error' in outcome) return outcome;
		try {
			return { task: fetchedTask(technology, outcome, taskId), headers: outcome.response.headers };
		} catch (error) {
			// Another task's answer, or none at all: not what this server says of this task.
			if (error instanceof SpeechPlatformError && error.code === 'INVALID_ANSWER') return { error, outlook: 'odd' };
			throw error;
		}
	}

	/** Whether an API answers at the base URL and lets us in. Uploads nothing and never throws. */
	async probe(): Promise<ProbeResult> {
		return await probe(this.exchange, this.baseUrl);
	}

	private async start<T extends Technology>(
		technology: T,
		body: () => Promise<RequestBody>,
		query: Query,
		budget = this.budget(START_LIMIT),
	): Promise<TaskHandle<T>> {
		const url = new URL(startUrl(this.baseUrl, technology));
		for (const [name, value] of Object.entries(query)) {
			if (value !== undefined && value !== '') url.searchParams.set(name, `${value}`);
		}
		const accepted = await this.exchange.repeat({ method: 'POST', url: url.href, technology, body, budget });
		const answer = startedTask(technology, accepted);
		const taskId = answer.task.task_id;
		return { technology, taskId, url: taskUrl(this.baseUrl, technology, taskId, locationOf(accepted.response)), answer };
	}
}
