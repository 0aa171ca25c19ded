/** Which clips a recording gives: segments of speech, those close to each other joined, those too long divided. */
import { divide } from './quietPlace';
import type { Sound } from './cutSound';
import type { Piece } from './pieces';

/** Speech of one channel or of all, and whose it is. */
export interface ClipSegment extends Piece {
	/** Index of the channel; absent: all of them. */
	channel?: number;
	/** Clips are only made of segments that have the same: speaker, echo. */
	label: SegmentLabel;
}

export interface SegmentLabel {
	speaker?: string;
	name?: string | null;
	echoOfChannel?: number;
}

export interface ClipPlan extends ClipSegment {
	/** Segments in it. */
	segments: number;
	isPart: boolean;
	/** Whether it begins, and ends, within speech. */
	cutsInto: { start: boolean; end: boolean };
}

/** In samples. */
export interface ClipLimits {
	mergePauses: number;
	padding: number;
	/** Padding included; Infinity for no limit. */
	longest: number;
}

const isSame = (one: ClipSegment, other: ClipSegment) =>
	one.channel === other.channel && one.label.speaker === other.label.speaker && one.label.echoOfChannel === other.label.echoOfChannel;

function partsOf(segment: ClipSegment, sound: Sound, longest: number): ClipPlan[] {
	const parts = divide(sound, segment, longest);
	return parts.map(({ start, end }, i) => ({
		...segment,
		start,
		end,
		segments: 1,
		isPart: parts.length > 1,
		cutsInto: { start: i > 0, end: i < parts.length - 1 },
	}));
}

/** Segments and parts of segments of one channel in clips, without padding. */
function joined(parts: readonly ClipPlan[], { mergePauses }: ClipLimits, longest: number): ClipPlan[] {
	const clips: ClipPlan[] = [];
	for (const part of parts) {
		const last = clips.at(-1);
		const end = last && Math.max(last.end, part.end);
		const isOne = last && isSame(last, part) && !part.cutsInto.start && part.start - last.end <= mergePauses && end! - last.start <= longest;
		if (!isOne) {
			clips.push({ ...part });
			continue;
		}
		Object.assign(last, { end, segments: last.segments + 1, isPart: last.isPart || part.isPart, cutsInto: { start: last.cutsInto.start, end: part.cutsInto.end } });
	}
	return clips;
}

/** Wider, where there is room: no two clips of a channel have the same sound because of it. */
function padded(clips: readonly ClipPlan[], padding: number, length: number): ClipPlan[] {
	return clips.map((clip, i) => {
		const before = Math.max(0, ...clips.slice(Math.max(0, i - NEAR), i).map(({ end }) => end));
		const after = clips[i + 1]?.start ?? length;
		const [left, right] = [i === 0 ? clip.start : (clip.start - before) / 2, i === clips.length - 1 ? length - clip.end : (after - clip.end) / 2];
		const room = (space: number, isCut: boolean) => (isCut ? 0 : Math.floor(Math.max(0, Math.min(padding, space))));
		return { ...clip, start: clip.start - room(left, clip.cutsInto.start), end: clip.end + room(right, clip.cutsInto.end) };
	});
}

/** Clips before one that may reach up to it: as many as may talk at the same time. */
const NEAR = 8;

/**
 * @param segments of one channel, or of all as one; in time order
 * @param sound what is heard in the clips
 */
export function planClips(segments: readonly ClipSegment[], sound: Sound, limits: ClipLimits): ClipPlan[] {
	const longest = Math.max(2, limits.longest - 2 * limits.padding);
	const parts = segments.flatMap((segment) => partsOf(segment, sound, longest));
	return padded(joined(parts, limits, longest), limits.padding, sound.length);
}

/** A clip in parts: what turned out too large. @param longest samples */
export function divideClip(clip: ClipPlan, sound: Sound, longest: number): ClipPlan[] {
	const parts = divide(sound, clip, longest);
	return parts.map(({ start, end }, i) => ({
		...clip,
		start,
		end,
		isPart: true,
		cutsInto: { start: i > 0 || clip.cutsInto.start, end: i < parts.length - 1 || clip.cutsInto.end },
	}));
}
