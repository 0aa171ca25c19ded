/**
 * From windows to tracks: the local speakers of neighbouring windows are linked by when they talk, and where windows
 * overlap they vote. A track is one person as far as the windows can tell; a person may have many.
 */
import { FRAMES, LOCAL_SPEAKERS } from './segmentation';

/** Frames from window to window: a quarter of one. With half of one, each frame has two votes only, and more speech is missed. */
export const HOP = 147;

/** Two local speakers are one track from that many common frames on… */
const LEAST_COMMON = 12;
/** …where those are this share of all frames of both. */
const LEAST_SHARE = 0.3;

/** A stretch in which a track talks, in frames of the recording. */
export interface Run {
	track: number;
	from: number;
	/** The frame behind the last one. */
	to: number;
}

export interface Tracks {
	/** In time order. */
	runs: Run[];
	/** How many talk in each frame. */
	talkers: Uint8Array;
}

interface Window {
	/** First frame. */
	start: number;
	activity: Uint8Array;
	/** Track of each local speaker; -1 for one who does not talk. */
	tracks: number[];
}

const isOn = (activity: Uint8Array, frame: number, speaker: number) => ((activity[frame]! >> speaker) & 1) === 1;

/** All ways to give each of three one of three. */
const PERMUTATIONS = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] as const;

/** Collects windows in time order and says who talks when. */
export class TrackBuilder {
	private windows: Window[] = [];

	private count = 0;

	/**
	 * @param start first frame of the window; one that shares no frames with the one before begins anew
	 * @param activity `[FRAMES]`, see `Segmentation.window`
	 */
	add(start: number, activity: Uint8Array): void {
		const before = this.windows.at(-1);
		const tracks = before ? this.linked(before, start, activity) : Array<number>(LOCAL_SPEAKERS).fill(-1);
		for (let speaker = 0; speaker < LOCAL_SPEAKERS; speaker++) {
			const talks = activity.some((bits) => (bits >> speaker) & 1);
			if (!talks) tracks[speaker] = -1;
			else if (tracks[speaker] === -1) tracks[speaker] = this.count++;
		}
		this.windows.push({ start, activity, tracks });
	}

	/** @param frames of the recording */
	finish(frames: number): Tracks {
		const talkers = new Uint8Array(frames);
		const runs: Run[] = [];
		/** By track. */
		const open = new Map<number, Run>();
		let first = 0;
		for (let frame = 0; frame < frames; frame++) {
			while (first < this.windows.length && this.windows[first]!.start + FRAMES <= frame) first++;
			const voted = this.vote(frame, first);
			talkers[frame] = voted.length;
			for (const track of voted) {
				const run = open.get(track);
				if (run?.to === frame) run.to = frame + 1;
				else {
					const started = { track, from: frame, to: frame + 1 };
					open.set(track, started);
					runs.push(started);
				}
			}
		}
		return { runs, talkers };
	}

	/** Which tracks of the window before the local speakers of the next one are: the pairing with most frames in common. */
	private linked(before: Window, start: number, activity: Uint8Array): number[] {
		const shift = start - before.start;
		const common = Array.from({ length: LOCAL_SPEAKERS }, () => new Int32Array(LOCAL_SPEAKERS));
		const [here, there] = [new Int32Array(LOCAL_SPEAKERS), new Int32Array(LOCAL_SPEAKERS)];
		for (let frame = shift; frame < FRAMES; frame++) {
			for (let one = 0; one < LOCAL_SPEAKERS; one++) {
				const talked = isOn(before.activity, frame, one);
				if (talked) there[one]!++;
				for (let other = 0; other < LOCAL_SPEAKERS; other++) {
					const talks = isOn(activity, frame - shift, other);
					if (talks && one === 0) here[other]!++;
					if (talks && talked) common[one]![other]!++;
				}
			}
		}
		const sum = (pairing: readonly number[]) => pairing.reduce((total, other, one) => total + common[one]![other]!, 0);
		const best = PERMUTATIONS.reduce<readonly number[]>((most, pairing) => (sum(pairing) > sum(most) ? pairing : most), PERMUTATIONS[0]);
		const tracks = Array<number>(LOCAL_SPEAKERS).fill(-1);
		best.forEach((other, one) => {
			const shared = common[one]![other]!;
			const all = there[one]! + here[other]! - shared;
			if (shared >= LEAST_COMMON && shared >= LEAST_SHARE * all) tracks[other] = before.tracks[one]!;
		});
		return tracks;
	}

	/** The tracks that talk in a frame: as many as the windows find on average, those that most windows name. */
	private vote(frame: number, first: number): number[] {
		const votes = new Map<number, number>();
		let [windows, talkers] = [0, 0];
		for (let i = first; i < this.windows.length && this.windows[i]!.start <= frame; i++) {
			const { start, activity, tracks } = this.windows[i]!;
			if (frame >= start + FRAMES) continue;
			windows++;
			for (let speaker = 0; speaker < LOCAL_SPEAKERS; speaker++) {
				if (!isOn(activity, frame - start, speaker)) continue;
				talkers++;
				votes.set(tracks[speaker]!, (votes.get(tracks[speaker]!) ?? 0) + 1);
			}
		}
		if (talkers === 0) return [];
		const count = roundToEven(talkers / windows);
		const ranked = [...votes].sort(([one, votesOfOne], [other, votesOfOther]) => votesOfOther - votesOfOne || one - other);
		return ranked.slice(0, count).map(([track]) => track);
	}
}

/** Where two windows disagree by one, neither hears more talkers nor fewer on the whole. */
function roundToEven(value: number): number {
	const low = Math.floor(value);
	if (value - low !== 0.5) return Math.round(value);
	return low % 2 === 0 ? low : low + 1;
}
