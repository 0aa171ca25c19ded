/** What the tests of the API client share: a stand-in server, a client of it, files to send, a clock that does not wait. */
import assert from 'node:assert/strict';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import {
	SpeechPlatform,
	SpeechPlatformError,
	type HttpRequest,
	type HttpResponse,
	type MediaUpload,
	type SpeechPlatformOptions,
	type Transport,
} from '../../../dist/speech-platform/index.js';
import { TECHNOLOGIES } from '../../../dist/speech-platform/technologies.js';
import type { Outcome } from '../server/results.mts';
import { StandIn, type StandInOptions } from '../server/server.mts';
import { undiciTransport, type UndiciTransportOptions } from './undiciTransport.mts';

export const CORRELATION_ID = 'execution-17';

export const TASK_ID = '123e4567-e89b-12d3-a456-426614174000';

export const SPEECH = {
	channels: [{ channel_number: 0, speech_length: 3.97, segments: [{ segment_type: 'voice', start_time: 3.43, end_time: 7.4 }] }],
};

export const VOICEPRINT = {
	channels: [{ channel_number: 0, voiceprint: 'e1UHdmVyc2lvblUBfQ==', speech_length: 31.42, model: 'xl-5.4.0' }],
};

/** Two who interrupt each other, and whose numbers are not in the order in which they speak. */
export const SPEAKERS = {
	channels: [
		{
			channel_number: 0,
			speakers_count: 2,
			segments: [
				{ speaker_id: 1, start_time: 1, end_time: 4.5 },
				{ speaker_id: 0, start_time: 4.2, end_time: 6.2 },
				{ speaker_id: 1, start_time: 7, end_time: 8.1 },
			],
		},
	],
};

const CANNED: Record<string, object> = { 'voice-activity-detection': SPEECH, 'speaker-diarization': SPEAKERS };

/** Results without an engine, so that any bytes will do as a file. */
export const canned = async (technology: string): Promise<Outcome> => ({
	state: 'done',
	result: structuredClone(CANNED[technology] ?? VOICEPRINT),
});

/** The connection test asks for one task of each. */
export const TECHNOLOGY_COUNT = Object.keys(TECHNOLOGIES).length;

/** A server that is gone after the test; the test fails where something was against the contract. */
export async function startServer(t: TestContext, options: StandInOptions = {}): Promise<StandIn> {
	const server = await new StandIn({ compute: canned, ...options }).start();
	t.after(async () => {
		await server.close();
		assert.deepEqual(server.violations, []);
	});
	return server;
}

/** A client with real HTTP. Its pauses take no time, unless `realTime` is set. */
export function client(
	t: TestContext,
	baseUrl: string,
	options: Partial<SpeechPlatformOptions> & UndiciTransportOptions & { realTime?: boolean } = {},
): SpeechPlatform {
	const { headers, ignoreSslIssues, realTime, ...rest } = options;
	const transport = undiciTransport({ headers, ignoreSslIssues });
	t.after(async () => await transport.close());
	const clock = realTime ? {} : virtualClock().options;
	return new SpeechPlatform({ baseUrl, transport, correlationId: CORRELATION_ID, ...clock, ...rest });
}

/** A file whose content is known; counts how often it is opened. */
export function fileOf(content: string | Buffer, options: Partial<MediaUpload> = {}): MediaUpload & { opened: number } {
	const bytes = Buffer.from(content);
	return {
		opened: 0,
		async open() {
			this.opened += 1;
			return Readable.from([bytes]);
		},
		fileName: 'call.wav',
		mimeType: 'audio/wav',
		bytes: bytes.length,
		...options,
	};
}

/** A clock on which waiting takes no time. */
export function virtualClock() {
	const pauses: number[] = [];
	const start = Date.now();
	let time = start;
	return {
		/** Milliseconds of each pause. */
		pauses,
		elapsed: () => time - start,
		options: {
			now: () => time,
			sleep: async (milliseconds: number) => {
				pauses.push(Math.round(milliseconds));
				time += milliseconds;
				await setImmediate();
			},
		},
	};
}

export const json = (status: number, body: unknown, headers: HttpResponse['headers'] = {}): HttpResponse => ({
	status,
	headers: { 'content-type': 'application/json', ...headers },
	body: JSON.stringify(body),
});

export const accepted = (headers: HttpResponse['headers'] = {}): HttpResponse =>
	json(202, { task: { task_id: TASK_ID, state: 'pending' } }, headers);

export const inState = (state: string, members: object = {}): HttpResponse =>
	json(200, { task: { task_id: TASK_ID, state }, ...members });

/** A transport without a network: gives one answer after the other, the last one for ever. */
export function scripted(...answers: Array<HttpResponse | Error>): Transport & { requests: HttpRequest[] } {
	const requests: HttpRequest[] = [];
	return {
		requests,
		send: async (request) => {
			requests.push(request);
			// As a connection does.
			if (request.body) await buffer((request.body as Readable).pipe(new PassThrough()));
			const answer = answers.length > 1 ? answers.shift()! : answers[0];
			if (answer instanceof Error) throw answer;
			return answer;
		},
	};
}

/** The error that something ends with. */
export async function failureOf(work: Promise<unknown>): Promise<SpeechPlatformError> {
	const outcome = await work.then(
		(value) => assert.fail(`Expected an error, got ${JSON.stringify(value)?.slice(0, 200)}`),
		(error: unknown) => error,
	);
	if (!(outcome instanceof SpeechPlatformError)) throw outcome;
	return outcome;
}

/** Detects speech from the upload to the result. */
export async function detect(api: SpeechPlatform, media: MediaUpload = fileOf('RIFF'), timeoutMs = 30_000) {
	return await api.waitForTask(await api.startVoiceActivityDetection(media), { timeoutMs });
}
