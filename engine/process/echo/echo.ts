/**
 * Speech in a channel that is another channel's, heard again: the echo of a line, a microphone that hears the other
 * party's loudspeaker, crosstalk. It is sought where both channels speak, moment by moment, so that it is also found
 * beside speech that is the channel's own.
 */
import { type Audio, SAMPLE_RATE, type Span } from '../audio';
import { intersection, lengthOf, union } from '../spans';
import { DelayFinder, ECHO_RATE, LONGEST_DELAY, MOMENT } from './delay';

/** A channel with the speech that was found in it. */
export interface Speaking {
	audio: Audio;
	spans: readonly Span[];
}

export interface Echo {
	/** Index of the channel whose speech it is. */
	of: number;
	/** The stretches of speech that are the echo. */
	spans: Span[];
	/** Seconds behind the original, and dB below it: medians. */
	delay: number;
	attenuation: number;
	/** It is the same sound, neither later nor much quieter. */
	same: boolean;
}

/** Seconds of speech that can be compared at least. */
const SHORTEST = 0.4;
/** Share of a moment in which the other channel has to speak, up to the longest delay before. */
const BOTH = 0.5;
/** Moments that are judged with one delay, of which so many find it: it drifts. */
const GROUP = 24;
const FINDERS = 4;
/** Clarity from which a delay is one: of unrelated speech it was 8.3 at most, of echoes 38 at least. */
const CLEAR = 9;
/** Correlation at that delay from which a moment is an echo, and from which two channels hold the same. */
const ECHOES = 0.35;
const SAME = 0.99;
/** Correlation of two microphones in one place; moments that are looked at for it, and share that has to agree. */
const STEREO = 0.8;
const LOOKS = 8;
const MOST = 0.75;
/** Power of an echo beside the mean of what may be its original, in which there may be pauses. */
const LOUDEST = 1;
/** Samples at ECHO_RATE around the delay that are tried. */
const JITTER = 8;
/** Quieter by this many dB, and later by this many seconds or else quieter still: two microphones in one room are not. */
const QUIETER_DB = 3;
const LATER = 0.003;
const MUCH_QUIETER_DB = 12;
/** Pairs of channels that are compared at most. */
const PAIRS = 56;

/** Samples at ECHO_RATE of a moment, and of what may be its original. */
const [ECHO, ORIGINAL] = [MOMENT, MOMENT + LONGEST_DELAY].map((seconds) => Math.ceil(seconds * ECHO_RATE) + 1) as [number, number];

/**
 * Where the moments of a group lie, and what is read of one: there are thousands of them, and the collector does not hurry
 * for what lies outside of its heap.
 */
const sounds = new Float32Array(GROUP * (ECHO + ORIGINAL));
const read = new Float32Array(2 * ORIGINAL + 2);

const finder = new DelayFinder();

/** Sound at ECHO_RATE from `start` on, without its offset and with the high tones raised, as speech is compared best. @param room for it */
function readSound(audio: Audio, start: number, seconds: number, room: Float32Array): Float32Array {
	const samples = read.subarray(0, 2 * Math.round(seconds * ECHO_RATE) + 2);
	audio.read(Math.round(start * SAMPLE_RATE) - 2, samples);
	const sound = room.subarray(0, samples.length / 2 - 1);
	let before = (samples[0]! + samples[1]!) / 2;
	for (let i = 0; i < sound.length; i++) {
		const now = (samples[2 * i + 2]! + samples[2 * i + 3]!) / 2;
		sound[i] = now - before;
		before = now;
	}
	return sound;
}

/** The speech of a channel cut into moments in which the other one speaks or has just spoken. */
function moments(spans: readonly Span[], others: readonly Span[]): Span[] {
	const near = union(others.map(({ start, end }) => ({ start, end: end + LONGEST_DELAY })), []);
	return spans.flatMap(({ start, end }) => {
		const count = Math.max(1, Math.round((end - start) / MOMENT));
		const at = (index: number) => start + ((end - start) * index) / count;
		return Array.from({ length: count }, (_, i) => ({ start: at(i), end: Math.min(at(i + 1), at(i) + MOMENT) })).filter(
			(moment) => moment.end - moment.start >= SHORTEST && lengthOf(intersection([moment], near)) >= BOTH * (moment.end - moment.start),
		);
	});
}

interface Likeness {
	correlation: number;
	/** dB that the original is louder. */
	attenuation: number;
	/** Samples at ECHO_RATE. */
	lag: number;
}

/** How alike a moment is to the original some samples before, at the best of the delays around. */
function likeness(original: Float32Array, echo: Float32Array, lag: number): Likeness {
	const origin = original.length - echo.length;
	let best: Likeness = { correlation: 0, attenuation: 0, lag };
	for (let tried = Math.max(0, lag - JITTER); tried <= Math.min(origin, lag + JITTER); tried++) {
		let both = 0;
		let originals = 1e-20;
		let echoes = 1e-20;
		for (let i = 0; i < echo.length; i++) {
			const a = original[origin - tried + i]!;
			const b = echo[i]!;
			both += a * b;
			originals += a * a;
			echoes += b * b;
		}
		const correlation = Math.abs(both) / Math.sqrt(originals * echoes);
		if (correlation > best.correlation) best = { correlation, attenuation: 10 * Math.log10(originals / echoes), lag: tried };
	}
	return best;
}

function median(values: readonly number[]): number {
	return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

interface Match extends Likeness {
	moment: Span;
}

interface Sounds {
	moment: Span;
	echo: Float32Array;
	original: Float32Array;
	/** Power of the channel beside that of the other one. */
	share: number;
}

function powerOf(sound: Float32Array): number {
	let sum = 1e-20;
	for (let i = 0; i < sound.length; i++) sum += sound[i]! * sound[i]!;
	return sum / sound.length;
}

/** @param place in the group: valid until there is another moment */
function soundsOf(moment: Span, own: Audio, other: Audio, place = 0): Sounds {
	const room = sounds.subarray(place * (ECHO + ORIGINAL), (place + 1) * (ECHO + ORIGINAL));
	const echo = readSound(own, moment.start, moment.end - moment.start, room.subarray(0, ECHO));
	const original = readSound(other, moment.start - LONGEST_DELAY, moment.end - moment.start + LONGEST_DELAY, room.subarray(ECHO));
	return { moment, echo, original, share: powerOf(echo) / powerOf(original) };
}

const spread = <T>(all: readonly T[], most: number): T[] =>
	all.length <= most ? [...all] : Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)] as T);

/** The moments of a group that are the other channel's sound. */
function matchGroup(group: readonly Span[], own: Audio, other: Audio): Match[] {
	const heard = group.map((moment, place) => soundsOf(moment, own, other, place)).filter(({ share }) => share < LOUDEST);
	if (heard.length === 0) return [];
	// Where the channel is quietest beside the other one, it is least its own.
	const least = heard.toSorted((a, b) => a.share - b.share);
	finder.clear();
	for (const { original, echo } of least.slice(0, FINDERS)) finder.add(original, echo);
	const { lag, clarity } = finder.find();
	if (clarity < CLEAR) return [];
	return heard
		.map(({ moment, original, echo }) => ({ moment, ...likeness(original, echo, lag) }))
		.filter(({ correlation }) => correlation >= ECHOES);
}

const isEcho = ({ attenuation, lag }: Match) =>
	attenuation >= MUCH_QUIETER_DB || (attenuation >= QUIETER_DB && lag >= LATER * ECHO_RATE);

/** Whether two channels hold the same sound, or that of one place by two microphones: then neither is an echo. */
function placeOf(all: readonly Span[], own: Audio, other: Audio): 'same' | 'stereo' | undefined {
	const looks = spread(all, LOOKS).map((moment) => {
		const { original, echo } = soundsOf(moment, own, other);
		return likeness(original, echo, 0);
	});
	const near = looks.filter(({ attenuation, lag }) => Math.abs(attenuation) < MUCH_QUIETER_DB && lag < LATER * ECHO_RATE);
	const like = (least: number, latest: number) =>
		near.filter(({ correlation, lag }) => correlation >= least && lag <= latest).length >= MOST * looks.length;
	if (like(SAME, 1)) return 'same';
	return like(STEREO, JITTER) ? 'stereo' : undefined;
}

function compare(own: Speaking, other: Speaking, of: number): Echo | undefined {
	const all = moments(own.spans, other.spans);
	if (all.length === 0) return undefined;
	const place = placeOf(all, own.audio, other.audio);
	if (place === 'same') return { of, spans: [...own.spans], delay: 0, attenuation: 0, same: true };
	if (place === 'stereo') return undefined;
	const matches: Match[] = [];
	for (let i = 0; i < all.length; i += GROUP) {
		matches.push(...matchGroup(all.slice(i, i + GROUP), own.audio, other.audio).filter(isEcho));
	}
	if (matches.length === 0) return undefined;
	return {
		of,
		spans: union(matches.map(({ moment }) => moment), []),
		delay: median(matches.map(({ lag }) => lag)) / ECHO_RATE,
		attenuation: median(matches.map(({ attenuation }) => attenuation)),
		same: false,
	};
}

/** Whether two channels hold the same sound, or that of one place by two microphones. */
export function isOnePlace(own: Speaking, other: Speaking): boolean {
	const all = moments(own.spans, other.spans);
	return all.length > 0 && placeOf(all, own.audio, other.audio) !== undefined;
}

/**
 * The echo in each channel, where there is one, of the channel that it has most of. Of two channels that hold the same,
 * the second is said to.
 */
export function findEchoes(channels: readonly Speaking[]): Array<Echo | undefined> {
	let pairs = 0;
	return channels.map((own, index) => {
		let most: Echo | undefined;
		channels.forEach((other, of) => {
			if (of === index || own.spans.length === 0 || other.spans.length === 0 || ++pairs > PAIRS) return;
			const echo = compare(own, other, of);
			if (!echo || (echo.same && of > index)) return;
			if (!most || lengthOf(echo.spans) > lengthOf(most.spans)) most = echo;
		});
		return most;
	});
}
