/** Whose colours a picture has: speech and echo, or the speakers where they are known. */
import type { FoundSegment } from '../../../client/protocol';
import type { RecordedChannel } from '../recorded';
import type { Palette } from './palette';

export interface Voice {
	/** In the legend. */
	label: string;
	/** In the picture, where colours are not enough; absent where there is one voice. */
	tag?: string;
	color: string;
	/** Drawn with stripes: the colours are used a second time. */
	striped: boolean;
	/** Seconds in all. */
	length: number;
}

export interface Voices {
	all: Voice[];
	/** Whether they are people. */
	areSpeakers: boolean;
	/** Index of a segment's voice. */
	of: (segment: FoundSegment) => number;
}

const LETTERS = 26;

/** A to Z, then AA to ZZ. */
function tagOf(index: number): string {
	const letter = (i: number) => String.fromCharCode(65 + (i % LETTERS));
	return index < LETTERS ? letter(index) : letter(Math.floor(index / LETTERS) - 1) + letter(index);
}

/** Speakers in the order of their numbers, which is that of their first words. */
export function voicesOf(channels: readonly RecordedChannel[], palette: Palette): Voices {
	const segments = channels.flatMap((channel) => channel.segments);
	const ids = [...new Set(segments.flatMap(({ speaker }) => speaker ?? []))];
	return ids.length > 0 ? speakers(ids, segments, palette) : speech(segments, palette);
}

const lengthOf = (segments: readonly FoundSegment[]) => segments.reduce((sum, { start_time, end_time }) => sum + end_time - start_time, 0);

function speakers(ids: readonly string[], segments: readonly FoundSegment[], { voices }: Palette): Voices {
	const indexes = new Map(ids.map((id, i) => [id, i]));
	const of = ({ speaker }: FoundSegment) => indexes.get(speaker ?? '') ?? 0;
	const bySpeaker = ids.map((): FoundSegment[] => []);
	for (const segment of segments) bySpeaker[of(segment)]!.push(segment);
	const all = bySpeaker.map((own, i) => ({
		label: own.find(({ name }) => typeof name === 'string')?.name ?? ids[i]!,
		tag: tagOf(i),
		color: voices[i % voices.length]!,
		striped: i >= voices.length,
		length: lengthOf(own),
	}));
	return { all, areSpeakers: true, of };
}

function speech(segments: readonly FoundSegment[], { voices, echo }: Palette): Voices {
	const echoes = segments.filter(({ echo_of_channel: other }) => other !== undefined);
	const all: Voice[] = [{ label: 'Speech', color: voices[0]!, striped: false, length: lengthOf(segments) - lengthOf(echoes) }];
	if (echoes.length > 0) all.push({ label: 'Echo of another channel', color: echo, striped: true, length: lengthOf(echoes) });
	return { all, areSpeakers: false, of: ({ echo_of_channel: other }) => (other === undefined ? 0 : 1) };
}
