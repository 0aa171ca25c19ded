/** From labelled pieces to what is reported: who talks from when to when, and where several do. */
import { cosine } from '../../../voiceprints/vector';
import { isOverlapped, overlapsOf, type Overlap as OverlapOf } from '../../client/talk';
import type { Labels } from './attribution';
import type { Voice } from './comparison';

/** Of speakers by their numbers. */
export type Overlap = OverlapOf<number>;

export interface SpeakerSegment {
	/** Number of the speaker; who talks first is 0. */
	speaker: number;
	/** Seconds. */
	start: number;
	/** Seconds. */
	end: number;
	/** Whether somebody else talks in a part of it. */
	overlap: boolean;
	/** How much more it sounds like its speaker than like the most alike other one: difference of cosines; null for one speaker alone. */
	confidence: number | null;
}

export interface SegmentRules {
	/** A pause of a speaker up to this does not end the segment, seconds. */
	mergePauses: number;
	/** Shorter segments are left out, seconds. */
	shortest: number;
}

interface Said extends SpeakerSegment {
	/** Sum of confidences, each times the seconds it holds for; and those seconds. */
	margin: number;
	judged: number;
}

/** How much more a piece sounds like its speaker than like any other. */
function marginOf({ vector }: Voice, label: number, { centroids }: Labels): number | undefined {
	if (!vector || centroids.length < 2) return undefined;
	const alike = centroids.map((centroid) => cosine(centroid, vector));
	return alike[label]! - Math.max(...alike.filter((_, i) => i !== label));
}

/** @param voices in time order */
function merged(voices: readonly Voice[], labels: Labels, { mergePauses, shortest }: SegmentRules): Said[] {
	const segments: Said[] = [];
	const last = new Map<number, Said>();
	voices.forEach((voice, i) => {
		const speaker = labels.labels[i]!;
		const margin = marginOf(voice, speaker, labels);
		let segment = last.get(speaker);
		if (!segment || voice.start - segment.end > mergePauses) {
			segment = { speaker, start: voice.start, end: voice.end, overlap: false, confidence: null, margin: 0, judged: 0 };
			last.set(speaker, segment);
			segments.push(segment);
		}
		segment.end = Math.max(segment.end, voice.end);
		if (margin === undefined) return;
		segment.margin += margin * voice.clean;
		segment.judged += voice.clean;
	});
	return segments.filter(({ start, end }) => end - start >= shortest);
}

/** Speakers are numbered anew, in the order in which they first talk. */
function inOrder(segments: Said[]): { segments: Said[]; order: number[] } {
	const sorted = segments.sort((one, other) => one.start - other.start || one.speaker - other.speaker);
	const order = [...new Set(sorted.map(({ speaker }) => speaker))];
	for (const segment of sorted) segment.speaker = order.indexOf(segment.speaker);
	return { segments: sorted, order };
}

/**
 * @param voices pieces, in time order
 * @returns segments in time order, and for each speaker's number the one that it has in the labels
 */
export function speakerSegments(
	voices: readonly Voice[],
	labels: Labels,
	rules: SegmentRules,
): { segments: SpeakerSegment[]; overlaps: Overlap[]; order: number[] } {
	const { segments, order } = inOrder(merged(voices, labels, rules));
	const overlaps = overlapsOf(segments);
	return {
		segments: segments.map(({ speaker, start, end, margin, judged }) => ({
			speaker,
			start,
			end,
			overlap: isOverlapped({ speaker, start, end }, overlaps),
			confidence: judged > 0 ? margin / judged : null,
		})),
		overlaps,
		order,
	};
}
