/** Which of a file's sound tracks is decoded, and several of them as channels one after the other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VoiceprintError } from '../../../errors';
import { BLOCK_SAMPLES } from './channels';
import type { LoggedStream } from './ffmpeg/log';
import type { RangeCut } from './rangeCut';
import { Spool } from './spool';

/** FFmpeg's specifier of a sound track. */
export const trackMap = (track: number): string => `0:a:${track}`;

/** A track that no file has: FFmpeg reads what tracks there are, and ends. */
export const NO_TRACK = trackMap(1_000_000);

const ENGLISH = new Intl.DisplayNames(['en'], { type: 'language' });

/** The shortest code of a language: `de` for `ger` and `deu`; undefined for what is no code. */
function shortest(code: string): string | undefined {
	try {
		return new Intl.Locale(code).language;
	} catch {
		return undefined;
	}
}

/** Whether a track's language is the one asked for, by any of its codes or by its English name. */
function isLanguage(language: string, wanted: string): boolean {
	if (language.toLowerCase() === wanted.toLowerCase()) return true;
	const code = shortest(language);
	if (code === undefined || code === 'und') return false;
	return code === shortest(wanted) || ENGLISH.of(code)?.toLowerCase() === wanted.toLowerCase();
}

function listing(tracks: LoggedStream[]): string {
	const one = ({ language, codec }: LoggedStream, track: number) => `${track} (${language === 'und' ? '' : `${language}, `}${codec})`;
	const count = tracks.length === 1 ? '1 audio track' : `${tracks.length} audio tracks`;
	return `${count}: ${tracks.slice(0, 20).map(one).join(', ')}`;
}

/**
 * The number of the track that is asked for.
 * @param wanted its number from 0, or its language
 * @throws VoiceprintError TRACK_NOT_FOUND
 */
export function findTrack(tracks: LoggedStream[], wanted: number | string, fileName: string): number {
	const found = typeof wanted === 'number' ? wanted : tracks.findIndex(({ language }) => isLanguage(language, wanted));
	if (Number.isInteger(found) && found >= 0 && found < tracks.length) return found;
	throw new VoiceprintError(
		'TRACK_NOT_FOUND',
		`Audio track ${wanted} does not exist: "${fileName}" has ${listing(tracks)}`,
		'Tracks count from 0. Choose a track that the file has, or leave Audio Track empty for the default one.',
	);
}



/** Tracks on the disk, side by side. */
export class TrackSpools {
	private readonly spools: Spool[] = [];

	private readonly folder: string;

	/** @param workFolder a private folder that exists */
	constructor(workFolder: string) {
		this.folder = mkdtempSync(join(workFolder, 'tracks-'));
	}

	/** A place for the next track. */
	add(): Spool {
		const spool = new Spool(mkdtempSync(join(this.folder, 'track-')));
		this.spools.push(spool);
		return spool;
	}

	/** Hands on all tracks as channels of one recording; the shorter ones end in silence. @param channels of each track */
	merge(channels: number[], cut: RangeCut): void {
		const total = channels.reduce((sum, count) => sum + count, 0);
		const length = Math.max(...this.spools.map((spool) => spool.length));
		cut.onChannels(total);
		const [one, all] = [new Float32Array(BLOCK_SAMPLES), new Float32Array(BLOCK_SAMPLES * total)];
		for (let start = 0; start < length; start += BLOCK_SAMPLES) {
			const frames = Math.min(BLOCK_SAMPLES, length - start);
			all.fill(0);
			this.interleave(channels, start, one, all);
			if (all.every((sample) => sample === 0)) cut.onSilence(frames);
			else cut.onFrames(all, 0, frames);
		}
	}

	dispose(): void {
		for (const spool of this.spools) spool.dispose();
		rmSync(this.folder, { recursive: true, force: true });
	}

	private interleave(channels: number[], start: number, one: Float32Array, all: Float32Array): void {
		const total = all.length / one.length;
		let place = 0;
		for (const [index, spool] of this.spools.entries()) {
			for (let channel = 0; channel < channels[index]!; channel++, place++) {
				const count = spool.read(channel, start, one);
				for (let frame = 0, at = place; frame < count; frame++, at += total) all[at] = one[frame]!;
			}
		}
	}
}
