/** What may come of a file, however it was made. */
import type { ArtefactsJob, Job, JobResult, Segment } from '../../../dist/engine/client/protocol.js';
import { textOf, VoiceprintError } from '../../../dist/errors.js';
import { decodeVoiceprint } from '../../../dist/voiceprints/encoding.js';

/** What can be wrong with a file; all else would be our fault. */
const FAULTS_OF_FILES = new Set<string>([
	'EMPTY_FILE',
	'NOT_MEDIA',
	'NO_AUDIO',
	'RAW_AUDIO',
	'UNSUPPORTED_CODEC',
	'UNSUPPORTED_FORMAT',
	'NO_SAMPLES',
	'DECODE_FAILED',
	'FILE_TOO_LONG',
	'OUT_OF_MEMORY',
]);

const MOST_CHANNELS = 64;
const LONGEST_MESSAGE = 300;
const LONGEST_DESCRIPTION = 2500;

/** A job that says what it found in the file. */
export type ResultJob = Exclude<Job, ArtefactsJob>;

export type Outcome = { result: JobResult<ResultJob> } | { error: unknown };

function faultOfSegments(segments: Segment[], duration: number): string | undefined {
	let before = 0;
	for (const { start_time: start, end_time: end } of segments) {
		if (!(start >= before && end > start && end <= duration + 0.001)) return `segment ${start} to ${end} of ${duration} s`;
		before = end;
	}
	return undefined;
}

function faultOfResult({ duration, media, channels }: JobResult<ResultJob>): string | undefined {
	if (!(duration > 0 && duration < Infinity)) return `duration ${duration}`;
	if (channels.length === 0 || channels.length > MOST_CHANNELS) return `${channels.length} channels`;
	if (!(media.sample_rate >= 1000 && media.sample_rate <= 768_000)) return `a sample rate of ${media.sample_rate} Hz`;
	for (const channel of channels) {
		const { speech_length: speech } = channel;
		if (!(speech >= 0 && speech <= duration + 0.001)) return `${speech} s of speech in ${duration} s`;
		if ('voiceprint' in channel) decodeVoiceprint(channel.voiceprint);
		const fault = 'segments' in channel ? faultOfSegments(channel.segments, duration) : undefined;
		if (fault !== undefined) return fault;
	}
	return undefined;
}

function faultOfError(error: unknown): string | undefined {
	if (!(error instanceof VoiceprintError)) return `an error without a type: ${textOf(error)}`;
	const { code, message, description = '' } = error;
	if (!FAULTS_OF_FILES.has(code)) return `${code}: ${message} ${description}`;
	if (message.length > LONGEST_MESSAGE) return `a message of ${message.length} characters`;
	if (description.length > LONGEST_DESCRIPTION) return `a description of ${description.length} characters`;
	if (/\bE[A-Z]{4,}\b/.test(message)) return `a system's word in the message: ${message}`;
	return undefined;
}

/** Why that must not come of a file; undefined where it may. */
export function faultOf(outcome: Outcome): string | undefined {
	try {
		return 'error' in outcome ? faultOfError(outcome.error) : faultOfResult(outcome.result);
	} catch (error) {
		return textOf(error);
	}
}
