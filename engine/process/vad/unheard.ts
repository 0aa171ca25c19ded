/**
 * Speech that correcting the level has hidden: a quiet voice beside one that was turned down, a loud one beside what was
 * turned up until it broke. It is looked for with the recording as it is, only where it can be.
 */
import { type Audio, SAMPLE_RATE, type Span } from '../audio';
import { detectSpeech, type DetectionOptions } from './detect';
import type { LevelMeter } from './level';
import type { SileroModels } from './probabilities';
import { quantile } from '../quantile';
import { gaps, intersection, lengthOf, union } from '../spans';

/** Gains closer to the recording's own than this change nothing that is worth a look, dB. */
const NOTABLE_DB = 3;
/** Speech that is turned down to less than this is missed in part, and below the other it is not found at all, dBFS. */
const HIDDEN_DB = -40;
const INAUDIBLE_DB = -70;
/** Speech that is turned up to more than this is overdriven, dBFS. */
const OVERDRIVEN_DB = -8;
/** Seconds for which the models may miss speech behind what was overdriven, and frames of that which do no harm. */
const DEAF = 3;
const FEW = 4;
/** Between its loud and its quiet frames speech has more than this, noise less, dB. */
const MODULATION_DB = 10;
/** Seconds: shorter gaps are pauses; beside speech it fades; of speech before a gap that the models hear first. */
const SHORTEST_GAP = 0.5;
const FADE = 0.1;
const LEAD = 1;
/** Seconds of speech in one piece that are worth it. */
const SHORTEST_SPEECH = 0.3;
/** Share of the recording from which one run over all of it costs no more. */
const MOST = 0.7;
/** Seconds of a gap that are judged together. */
const PIECE = 2;
/** Samples at 16 kHz: 20 ms. */
const FRAME = 320;

const decibels = (power: number) => 10 * Math.log10(power + 1e-12);

/** One for all: what is looked at goes into the thousands, and would lie about until 64 MiB are full of it. */
const stretch = new Float32Array(Math.ceil((DEAF + PIECE) * SAMPLE_RATE));

/** Levels of the frames of a stretch, dBFS, without their offset. @param span of DEAF and PIECE seconds at most */
function frameLevels(audio: Audio, { start, end }: Span): number[] {
	const samples = stretch.subarray(0, Math.floor((end - start) * SAMPLE_RATE));
	audio.read(Math.round(start * SAMPLE_RATE), samples);
	const levels: number[] = [];
	for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
		let sum = 0;
		let squares = 0;
		for (let i = at; i < at + FRAME; i++) {
			sum += samples[i] as number;
			squares += (samples[i] as number) ** 2;
		}
		levels.push(decibels(squares / FRAME - (sum / FRAME) ** 2));
	}
	return levels;
}

/** A gap without its edges, in pieces. */
function pieces(gap: Span): Span[] {
	const [start, end] = [gap.start + FADE, gap.end - FADE];
	const count = Math.ceil((end - start) / PIECE);
	const at = (index: number) => start + ((end - start) * index) / count;
	return Array.from({ length: count }, (_, i) => ({ start: at(i), end: at(i + 1) }));
}

/** Whether a piece of a gap can hold speech that the gain has hidden. @param gainDb beside the recording as it is */
function canHide(audio: Audio, piece: Span, gainDb: number, unitDb: number): boolean {
	if (gainDb > 0) {
		const before = frameLevels(audio, { start: Math.max(0, piece.start - DEAF), end: piece.end });
		return (before.sort((a, b) => b - a)[FEW] ?? -Infinity) + unitDb + gainDb > OVERDRIVEN_DB;
	}
	const levels = frameLevels(audio, piece);
	const loud = quantile(levels, 0.9) + unitDb;
	const quiet = quantile(levels, 0.1) + unitDb;
	return loud > INAUDIBLE_DB && loud + gainDb < HIDDEN_DB && loud - quiet > MODULATION_DB;
}

/** A stretch of the audio as audio of its own; what lies behind it can still be read. */
function part(audio: Audio, start: number, end: number): Audio {
	return { length: end - start, read: (at, target) => audio.read(start + at, target) };
}

const moved = (spans: readonly Span[], by: number): Span[] => spans.map(({ start, end }) => ({ start: start + by, end: end + by }));

/** Where speech can be hidden: the parts of the gaps that are worth a second look. */
function hidingPlaces(audio: Audio, silences: readonly Span[], gainDb: number, unitDb: number): Span[] {
	const suspects = silences
		.filter(({ start, end }) => end - start >= SHORTEST_GAP)
		.flatMap(pieces)
		.filter((piece) => canHide(audio, piece, gainDb, unitDb))
		.map(({ start, end }) => ({ start: start - PIECE / 2, end: end + PIECE / 2 }));
	return intersection(union(suspects, []), silences);
}

/**
 * @param found speech found with the gain of `options`
 * @param meter its `scale.unit` is the gain of the recording as it is
 * @param thorough look at all of the recording, where the level is not surely that of speech
 * @returns speech in the gaps between, in pieces worth it
 */
export async function findUnheard(
	audio: Audio,
	models: SileroModels,
	options: DetectionOptions,
	found: readonly Span[],
	meter: LevelMeter,
	thorough: boolean,
): Promise<Span[]> {
	const { unit } = meter.scale;
	const gainDb = 20 * Math.log10(options.gain / unit);
	if (!meter.rumbles && Math.abs(gainDb) < NOTABLE_DB) return [];
	if (!meter.rumbles && gainDb > 0 && meter.loudest + 20 * Math.log10(options.gain) < OVERDRIVEN_DB) return [];
	const duration = audio.length / SAMPLE_RATE;
	const silences = gaps(found, duration);
	const hiding = thorough ? silences : hidingPlaces(audio, silences, gainDb, 20 * Math.log10(unit));
	const withLead = union(hiding.map(({ start, end }) => ({ start: Math.max(0, start - LEAD), end })), []);
	const whole = thorough || lengthOf(withLead) > MOST * duration;
	const asItIs = { ...options, gain: unit, keepProbabilities: false };
	const heard: Span[] = [];
	for (const { start, end } of whole ? [{ start: 0, end: duration }] : withLead) {
		const [from, to] = [start, end].map((seconds) => Math.round(seconds * SAMPLE_RATE)) as [number, number];
		const detection = await detectSpeech(part(audio, from, to), models, asItIs);
		heard.push(...moved(detection.spans, from / SAMPLE_RATE));
	}
	// Beside loud tones, the 16 kHz model alone hears some speech that both together do not.
	if (thorough) heard.push(...(await detectSpeech(audio, { wide: models.wide }, asItIs)).spans);
	const { paddingBefore, paddingAfter } = options.settings.thresholds;
	const shortest = thorough ? 0 : SHORTEST_SPEECH + (paddingBefore + paddingAfter) / 1000;
	return intersection(union(heard, []), hiding).filter(({ start, end }) => end - start >= shortest);
}
