/**
 * What the stand-in server computes: speech by the local engine, voiceprints made up. A made-up voiceprint depends on
 * the file's bytes and the channel only and says nothing about a voice; equal ones get a high score, others a low one.
 */
import { createHash } from 'node:crypto';
import { runJob, withWorkFolder } from '../../../dist/engine/client/client.js';
import type { Job, JobResult, MediaRequest, SpeakersChannel, SpeakersJob, VadJob } from '../../../dist/engine/client/protocol.js';
import type { ReceivedPart } from './multipart.mts';

export interface MediaInput {
	file: ReceivedPart;
	query: URLSearchParams;
}

export interface ApiError {
	type: string;
	message: string;
	detail?: unknown[];
}

export type Outcome = { state: 'done'; result: unknown } | { state: 'rejected' | 'failed'; error: ApiError };

export const MADE_UP_MODEL = 'made-up-voiceprint';

const VECTOR_LENGTH = 128;

/** Errors of the engine that are not the file's or the request's fault. */
const SYSTEM_ERRORS = new Set([
	'NO_DISK_SPACE',
	'TEMPORARY_FILE',
	'RUNTIME_UNAVAILABLE',
	'OUT_OF_MEMORY',
	'ENGINE_CRASHED',
	'ENGINE_START',
	'TIMEOUT',
	'CANCELED',
	'INTERNAL',
]);

export function rejection(message: string, location: string[] = ['body', 'file']): Outcome {
	const detail = [{ location, message, type: 'media.invalid', context: {} }];
	return { state: 'rejected', error: { type: 'task.validation-error', message: 'Task validation error.', detail } };
}

export function failure(): Outcome {
	return { state: 'failed', error: { type: 'internal', message: 'Internal error.', detail: [] } };
}

/** The part of a file that a request asks for. */
function mediaOf({ file, query }: MediaInput): MediaRequest {
	const number = (name: string) => (query.get(name) === null ? undefined : Number(query.get(name)));
	const channels = query.get('channels');
	return {
		path: file.path,
		fileName: file.fileName,
		channelMode: query.get('channel_mode') === 'mix' ? 'mix' : 'split',
		channels: channels ? channels.split(',').map(Number) : [],
		rangeFrom: number('range_from'),
		rangeTo: number('range_to'),
	};
}

/** What the local engine makes of a file, as an outcome of a task. */
async function compute<J extends Job>(job: Omit<J, 'workFolder'>, toResult: (result: JobResult<J>) => object): Promise<Outcome> {
	try {
		const result = await withWorkFolder(async (workFolder) => await runJob({ ...job, workFolder } as unknown as J));
		return { state: 'done', result: toResult(result) };
	} catch (error) {
		const { code, message } = error as { code?: string; message: string };
		return code === undefined || SYSTEM_ERRORS.has(code) ? failure() : rejection(`${message}.`);
	}
}

/** Speech in a file, by the local engine. */
export async function detectSpeech(input: MediaInput): Promise<Outcome> {
	const job = { type: 'vad', media: mediaOf(input), vad: { preset: 'balanced' }, runtime: 'auto' } as const;
	return await compute<VadJob>(job, ({ channels }) => ({ channels }));
}

/** Who speaks when in a file, by the local engine; it tells as much as the API does. */
export async function diarizeSpeakers(input: MediaInput): Promise<Outcome> {
	const { query } = input;
	const [most, total] = [query.get('max_speakers'), query.get('total_speakers')];
	const atMost = total ?? most;
	const job: Omit<SpeakersJob, 'workFolder'> = {
		type: 'speakers',
		media: mediaOf(input),
		vad: { preset: 'balanced' },
		speakers: {
			minimumSpeakers: Number(total ?? 1),
			...(atMost === null ? {} : { maximumSpeakers: Number(atMost) }),
			mergePauses: 0.5,
			shortestTurn: 0.25,
			known: [],
			threshold: 'balanced',
		},
		runtime: 'auto',
	};
	return await compute<SpeakersJob>(job, ({ channels }) => ({ channels: channels.map(asTheApiTells) }));
}

/** Speakers have numbers of their own in each channel. */
function asTheApiTells({ channel_number, speakers_count, speakers, segments }: SpeakersChannel) {
	const ids = speakers.map(({ speaker }) => speaker);
	return {
		channel_number,
		speakers_count,
		segments: segments.map(({ speaker, start_time, end_time }) => ({ speaker_id: ids.indexOf(speaker), start_time, end_time })),
	};
}

/** A made-up voiceprint for each channel of the file; how much speech is in it is true. */
export async function extractVoiceprints(input: MediaInput): Promise<Outcome> {
	const speech = await detectSpeech(input);
	if (speech.state !== 'done') return speech;
	const { channels } = speech.result as { channels: Array<{ channel_number: number; speech_length: number }> };
	const withVector = input.query.get('include_vector_voiceprint') === 'true';
	const result = channels.map(({ channel_number, speech_length }) => {
		const vector = speech_length > 0 ? madeUpVector(`${input.file.sha256}/${channel_number}`) : [];
		return {
			channel_number,
			voiceprint: encode(vector),
			speech_length,
			model: MADE_UP_MODEL,
			...(withVector ? { vector_voiceprint: vector } : {}),
		};
	});
	return { state: 'done', result: { channels: result } };
}

/** Scores of made-up voiceprints: A makes the columns, B the rows. */
export function compareVoiceprints(a: string[], b: string[]): Outcome {
	const columns = a.map(decode);
	const rows = b.map(decode);
	if ([...columns, ...rows].includes(undefined)) {
		return rejection('Voiceprint could not be read.', ['body', columns.includes(undefined) ? 'voiceprints_a' : 'voiceprints_b']);
	}
	const values = rows.flatMap((row) => columns.map((column) => score(row!, column!)));
	return { state: 'done', result: { scores: { rows_count: rows.length, columns_count: columns.length, values } } };
}

/** A unit vector that only the seed decides. */
function madeUpVector(seed: string): number[] {
	const bytes = Buffer.concat(
		Array.from({ length: VECTOR_LENGTH / 16 }, (_, i) => createHash('sha256').update(`${seed}/${i}`).digest()),
	);
	const raw = Array.from({ length: VECTOR_LENGTH }, (_, i) => bytes.readInt16LE(i * 2));
	const norm = Math.hypot(...raw);
	return raw.map((value) => Number((value / norm).toFixed(6)));
}

const encode = (vector: number[]) => Buffer.from(JSON.stringify({ made_up: vector })).toString('base64');

function decode(voiceprint: string): number[] | undefined {
	try {
		const { made_up: vector } = JSON.parse(Buffer.from(voiceprint, 'base64').toString()) as { made_up?: number[] };
		return Array.isArray(vector) ? vector : undefined;
	} catch {
		return undefined;
	}
}

/** 10 for equal voiceprints, about -5 for others. */
function score(one: number[], other: number[]): number {
	const cosine = one.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);
	return Number((15 * cosine - 5).toFixed(3));
}
