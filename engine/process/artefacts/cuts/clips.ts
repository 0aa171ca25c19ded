/** The speech of a recording as many sounds, each a file, none larger than a limit. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClipArtefact, ClipsRequest, FoundSegment } from '../../../client/protocol';
import { VoiceprintError } from '../../../../errors';
import { divideClip, planClips, type ClipLimits, type ClipPlan, type ClipSegment } from './clipPlan';
import { CutSound, type Sound } from './cutSound';
import { encodeSounds, type EncodeOptions } from './encode';
import { bytesPerSecond, checkChannels, FORMATS, OVERHEAD, rateIn } from './formats';
import { inSamples } from './pieces';
import { round } from '../../audio';
import { union } from '../../spans';

/** Of whatever kind, in seconds of the file's own timeline. */
type AnySegment = Omit<FoundSegment, 'segment_type'>;

export interface ClipsOf {
	/** The recording at its own rate. */
	sound: Sound;
	/** What samples are multiplied by. */
	gain: number;
	/** In the order of the sound's channels. */
	channels: ReadonlyArray<{ channelNumber: number; segments: readonly AnySegment[] }>;
	/** Seconds of the file's timeline at which the sound begins. */
	start: number;
	folder: string;
	/** The recording's, without its ending. */
	baseName: string;
}

/** One channel of a sound. For all clips of it: there may be thousands. */
function channelOf(sound: Sound, channel: number): Sound {
	const { channels, rate, length } = sound;
	let all = new Int16Array(0);
	return {
		channels: 1,
		rate,
		length,
		read: (_, start, target) => sound.read(channel, start, target),
		readWhole(start, target) {
			if (all.length < target.length * channels) all = new Int16Array(target.length * channels);
			if (!sound.readWhole?.(start, all.subarray(0, target.length * channels))) return false;
			for (let i = 0, at = channel; i < target.length; i++, at += channels) target[i] = all[at]!;
			return true;
		},
	};
}

const labelOf = ({ speaker, name, echo_of_channel: echoOfChannel }: AnySegment): ClipSegment['label'] => ({
	...(speaker === undefined ? {} : { speaker, name: name ?? null }),
	...(echoOfChannel === undefined ? {} : { echoOfChannel }),
});

/** A segment in samples of the sound; none where it lies outside of it. */
function inSound(segment: AnySegment, { sound, start }: ClipsOf, channel: number | undefined): ClipSegment[] {
	const duration = sound.length / sound.rate;
	const within = (time: number) => Math.max(0, Math.min(duration, time - start));
	const pieces = inSamples([{ start: within(segment.start_time), end: within(segment.end_time) }], sound.rate);
	return pieces.map((piece) => ({ ...piece, ...(channel === undefined ? {} : { channel }), label: labelOf(segment) }));
}

const byTime = (one: ClipSegment, other: ClipSegment) => one.start - other.start || one.end - other.end;

/** The segments from which clips are made, those of each channel by themselves or all as one. */
function listsOf(recording: ClipsOf, channels: ClipsRequest['channels']): ClipSegment[][] {
	const lists = recording.channels.map(({ segments }, i) =>
		segments.flatMap((segment) => inSound(segment, recording, channels === 'each' ? i : undefined)).sort(byTime),
	);
	if (channels === 'each') return lists;
	const all = lists.flat().sort(byTime);
	if (all.some(({ label }) => label.speaker !== undefined)) return [all];
	return [union(all, []).map(({ start, end }) => ({ start, end, label: {} }))];
}

/** @param rate of the samples. @throws VoiceprintError INVALID_PARAMETER */
function limitsOf({ format, bitRate, mergePauses, padding, longest, largest }: ClipsRequest, { rate, channels }: Sound): ClipLimits {
	const bytes = largest === 0 ? Infinity : largest - OVERHEAD;
	const seconds = Math.min(longest || Infinity, bytes / bytesPerSecond(format, rate, channels, bitRate));
	if (!(seconds > 2 * padding + SHORTEST)) {
		const limit = `${round(Math.max(0, seconds))} s`;
		throw new VoiceprintError(
			'INVALID_PARAMETER',
			`'Padding' (${padding} s before and after) leaves no room for speech in clips of at most ${limit}`,
			"Choose a smaller 'Padding', or raise 'Maximum Length' and 'Maximum Size'. How many seconds go into a size depends on 'Audio Format'.",
		);
	}
	return { mergePauses: mergePauses * rate, padding: Math.round(padding * rate), longest: Math.floor(seconds * rate) };
}

/** Seconds; shorter clips are of no use to anybody. */
const SHORTEST = 0.5;

interface Clip {
	plan: ClipPlan;
	path: string;
	size: number;
}

/** Writes clips; those that come out too large are divided and written again. */
class ClipWriter {
	private count = 0;

	/** @param channels of the sound */
	constructor(
		private readonly recording: ClipsOf,
		private readonly request: ClipsRequest,
		private readonly channels: readonly Sound[],
	) {}

	async write(plans: readonly ClipPlan[]): Promise<Clip[]> {
		const { folder, gain } = this.recording;
		const { format, bitRate, largest } = this.request;
		const options: EncodeOptions = { format, bitRate, gain };
		const files = plans.map((plan) => ({
			path: join(folder, `clip-${this.count++}.${FORMATS[format].extension}`),
			sound: new CutSound(this.soundOf(plan), [plan]),
		}));
		const sizes = await encodeSounds(files, options);
		const clips: Clip[] = [];
		for (const [i, plan] of plans.entries()) {
			const [path, size] = [files[i]!.path, sizes[i]!];
			if (largest === 0 || size <= largest) {
				clips.push({ plan, path, size });
				continue;
			}
			rmSync(path);
			const longest = Math.floor(((plan.end - plan.start) * largest * 0.9) / size);
			clips.push(...(await this.write(divideClip(plan, this.soundOf(plan), Math.max(2, longest)))));
		}
		return clips;
	}

	private soundOf({ channel }: ClipPlan): Sound {
		return channel === undefined ? this.recording.sound : this.channels[channel]!;
	}
}

/**
 * @returns in the order of time, and of channels where two begin together; none where there is no speech
 * @throws VoiceprintError as `encodeSounds` does, INVALID_PARAMETER
 */
export async function cutClips(recording: ClipsOf, request: ClipsRequest): Promise<ClipArtefact[]> {
	const { sound, start, baseName } = recording;
	const { rate } = sound;
	const lists = listsOf(recording, request.channels);
	const channels = recording.channels.map((_, i) => channelOf(sound, i));
	const heard = request.channels === 'each' ? 1 : sound.channels;
	checkChannels(request.format, heard);
	const plans = lists.flatMap((segments, i) => {
		const source = request.channels === 'each' ? channels[i]! : sound;
		return planClips(segments, source, limitsOf(request, { ...source, channels: heard }));
	});
	const clips = await new ClipWriter(recording, request, channels).write(plans.sort((one, other) => one.start - other.start || (one.channel ?? 0) - (other.channel ?? 0)));
	const { extension, mimeType } = FORMATS[request.format];
	const digits = Math.max(3, String(clips.length).length);
	return clips.map(({ plan, path, size }, index) => {
		const { channel, label } = plan;
		const channelNumber = channel === undefined ? undefined : recording.channels[channel]!.channelNumber;
		return {
			kind: 'clip',
			path,
			fileName: `${baseName}-clip-${String(index + 1).padStart(digits, '0')}.${extension}`,
			mimeType,
			size,
			format: request.format,
			sampleRate: rateIn(request.format, rate),
			channels: heard,
			length: round((plan.end - plan.start) / rate),
			index,
			...(channelNumber === undefined ? {} : { channelNumber }),
			startTime: round(start + plan.start / rate),
			endTime: round(start + plan.end / rate),
			segments: plan.segments,
			isPart: plan.isPart,
			...label,
		};
	});
}
