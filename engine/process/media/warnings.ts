/** What the user should know about a file that was decoded. */
import type { VoiceprintError } from '../../../errors';
import type { MediaInfo, Warning } from '../../client/protocol';
import { formatSeconds } from './range';
import type { RangeCut } from './rangeCut';

/** Seconds of inserted silence that are worth a warning. */
const NOTABLE_SILENCE = 0.1;

/** How the decoding of one recording went. */
export interface Outcome {
	/** How many parts could not be decoded. */
	damaged: number;
	/** Seconds that are there of a recording that was cut off. */
	truncatedAt: number | undefined;
	/** Channels of a part that has another number of them. */
	otherChannels?: number | undefined;
}

interface Decoded {
	runs: Array<Outcome & { info: MediaInfo }>;
	cut: RangeCut;
	lost: VoiceprintError[];
	otherTrack?: VoiceprintError;
}

function truncated(name: string, runs: Outcome[]): Warning[] {
	const seconds = runs.find(({ truncatedAt }) => truncatedAt !== undefined)?.truncatedAt;
	if (seconds === undefined) return [];
	const part = runs.length > 1 ? `A recording in "${name}"` : `"${name}"`;
	const message = `${part} is cut off; the ${formatSeconds(seconds)} that are there were processed`;
	return [{ code: 'TRUNCATED_FILE', message }];
}

function damaged(name: string, runs: Outcome[], lost: VoiceprintError[]): Warning[] {
	const warnings: Warning[] = lost.slice(0, 1).map(({ message }) => ({
		code: 'DECODING_ERRORS',
		message: `"${name}" goes on with something that could not be decoded; what is before it was processed (${message})`,
	}));
	const count = runs.reduce((sum, run) => sum + run.damaged, 0);
	if (count === 0) return warnings;
	const parts = count === 1 ? '1 damaged part' : `${count} damaged parts`;
	const message = `"${name}" has ${parts} that could not be decoded; the rest was processed`;
	return [...warnings, { code: 'DECODING_ERRORS', message }];
}

function channelsChanged(name: string, runs: Outcome[], channels: number): Warning[] {
	const other = runs.find(({ otherChannels }) => otherChannels !== undefined)?.otherChannels;
	if (other === undefined) return [];
	const done = other > channels ? 'mixed' : 'spread';
	const message = `A part of "${name}" has ${other} channel${other === 1 ? '' : 's'} instead of ${channels}; its sound was ${done} to ${channels}`;
	return [{ code: 'CHANNELS_CHANGED', message }];
}

function silence(name: string, seconds: number): Warning[] {
	if (seconds < NOTABLE_SILENCE) return [];
	const message = `${seconds.toFixed(1)} s of silence were inserted where the timeline of "${name}" has no audio`;
	return [{ code: 'SILENCE_INSERTED', message }];
}

function otherTrack(name: string, track: number | undefined, reason: VoiceprintError | undefined): Warning[] {
	if (!reason) return [];
	const message = `The default audio track of "${name}" could not be decoded, so track ${track ?? 0} was taken (${reason.message})`;
	return [{ code: 'OTHER_TRACK', message }];
}

/** Which of several tracks was taken, where nobody chose it. */
export function severalTracks(name: string, { audio_track: track, audio_tracks: tracks, audio_language: language }: MediaInfo): Warning[] {
	if (track === undefined || tracks === undefined) return [];
	const taken = language === undefined ? `track ${track}` : `track ${track} (${language})`;
	const others = tracks === 2 ? 'another one' : `${tracks - 1} others`;
	const message = `The audio ${taken} of "${name}" was processed; the file has ${others}. The option Audio Track chooses`;
	return [{ code: 'SEVERAL_TRACKS', message }];
}

export function mediaWarnings(name: string, { runs, cut, lost, otherTrack: reason }: Decoded): Warning[] {
	return [
		...otherTrack(name, runs[0]?.info.audio_track, reason),
		...truncated(name, runs),
		...damaged(name, runs, lost),
		...channelsChanged(name, runs, cut.channels),
		...cut.warnings(),
		...silence(name, cut.silence / cut.range.rate),
	];
}
