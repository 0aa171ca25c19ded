/** Pieces in which the speaker changes after all: their parts say who talks from when to when. */
import type { Labels } from './attribution';
import { meanVoice, type Voice } from './comparison';

/** The parts of a piece, those of one speaker in a row as one. */
function runsOf(voice: Voice, speakers: readonly number[]): Array<{ voice: Voice; speaker: number }> {
	const runs: Array<{ parts: Voice[]; speaker: number }> = [];
	voice.parts!.forEach((part, i) => {
		const speaker = speakers[i]!;
		const last = runs.at(-1);
		if (last?.speaker === speaker) last.parts.push(part);
		else runs.push({ parts: [part], speaker });
	});
	if (runs.length === 1) return [{ voice, speaker: runs[0]!.speaker }];
	return runs.map(({ parts, speaker }) => {
		const clean = parts.reduce((sum, part) => sum + part.clean, 0);
		return { voice: { vector: meanVoice(parts), clean, start: parts[0]!.start, end: parts.at(-1)!.end }, speaker };
	});
}

/** @returns pieces of one speaker each, in time order, and who says them */
export function splitAtChanges(voices: readonly Voice[], { labels, centroids, ofParts }: Labels): { voices: Voice[]; labels: Labels } {
	const split = voices.flatMap((voice, i) => {
		const speakers = ofParts?.[i];
		return speakers ? runsOf(voice, speakers) : [{ voice, speaker: labels[i]! }];
	});
	split.sort((one, other) => one.voice.start - other.voice.start);
	return { voices: split.map(({ voice }) => voice), labels: { labels: split.map(({ speaker }) => speaker), centroids } };
}
