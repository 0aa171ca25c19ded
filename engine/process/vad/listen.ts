/**
 * Detection at the level of the recording's speech, whatever else is in it. The level that was measured is believed where
 * the sounds that set it turn out to be speech; else it is sought by listening. What only another level shows is added:
 * correcting the level never loses speech that is found without.
 */
import { type Audio, SAMPLE_RATE, type Span } from '../audio';
import { withoutRumble } from '../highPass';
import type { VadSettings } from '../../client/presets';
import { detectSpeech, type Detection } from './detect';
import { gainFor, WINDOW_SAMPLES, type LevelMeter } from './level';
import type { SileroModels } from './probabilities';
import { withoutAbsurd } from './sampleScale';
import { difference, intersection, lengthOf, union } from '../spans';
import { speechLevel } from './speechLevel';
import { findUnheard } from './unheard';

export interface ListeningOptions {
	settings: VadSettings;
	level: LevelMeter;
	keepProbabilities: boolean;
}

export interface Heard extends Detection {
	/** Speech that was found at another level only, in time order; part of `spans`. */
	atOtherLevels: Span[];
}

/** Sounds this much quieter than the level have not set it, dB. */
const SETS_LEVEL_DB = 6;
/** Share of the sounds that set the level which has to be speech. */
const TRUSTED = 0.75;
/** The loudest sounds stand alone where nothing is less than this below them, dB. */
const ALONE_DB = 12;
/** A level that is so close to the one that was used gives the same speech, dB. */
const SAME_DB = 6;
/** Seconds of a stretch of speech that are worth being told. */
const NOTABLE = 0.3;

/** Whether the sounds that set the level are speech. */
function isLevelOfSpeech(level: number, meter: LevelMeter, spans: readonly Span[]): boolean {
	let windows = 0;
	let speech = 0;
	let last = Infinity;
	for (const loudness of meter.loudnesses()) {
		if (loudness.level < level - SETS_LEVEL_DB) {
			// Speech fades; what stands alone above all else may be something else.
			if (last - loudness.level > ALONE_DB) return false;
			break;
		}
		last = loudness.level;
		const places = loudness.places.map((place) => ({ start: place / SAMPLE_RATE, end: (place + WINDOW_SAMPLES) / SAMPLE_RATE }));
		windows += loudness.windows;
		speech += (loudness.windows * lengthOf(intersection(spans, places))) / lengthOf(places);
	}
	return speech >= TRUSTED * windows;
}

/** The samples that are sound, without what would hide a voice from the models. */
export function soundOf(audio: Audio, { scale }: LevelMeter): Audio {
	return scale.absurd > 0 ? withoutAbsurd(audio, scale.ceiling) : audio;
}

function joined(one: Detection, other: Detection): Detection {
	const probabilities = one.probabilities?.map((probability, i) => Math.max(probability, other.probabilities?.[i] ?? 0));
	return { spans: union(one.spans, other.spans), hop: one.hop, ...(probabilities ? { probabilities } : {}) };
}

/**
 * @param audio as `soundOf` gives it
 * @param options the level is that of this audio
 */
export async function listen(audio: Audio, models: Required<SileroModels>, options: ListeningOptions): Promise<Heard> {
	const { settings, level: meter, keepProbabilities } = options;
	const detectWith = async (heard: Audio, gain: number) => await detectSpeech(heard, models, { settings, gain, keepProbabilities });
	// Silero's own mode is the recording as it is; silence is at no level.
	if (settings.sileroCompatible || meter.silent) return { ...(await detectWith(audio, 1)), atOtherLevels: [] };
	const heard = meter.rumbles ? withoutRumble(audio) : audio;
	const duration = audio.length / SAMPLE_RATE;
	let level = meter.level;
	let detection = await detectWith(heard, gainFor(level));
	let atOtherLevels: Span[] = [];
	const isTrusted = isLevelOfSpeech(level, meter, detection.spans);
	const found = isTrusted ? undefined : await speechLevel(heard, meter, models.wide);
	if (found !== undefined && Math.abs(found - level) > SAME_DB) {
		level = found;
		const second = await detectWith(heard, gainFor(level));
		atOtherLevels = difference(detection.spans, second.spans, duration);
		detection = joined(second, detection);
	}
	const asCorrected = { settings, gain: gainFor(level), keepProbabilities };
	const isOdd = !isTrusted || heard !== audio;
	const unheard = await findUnheard(audio, models, asCorrected, detection.spans, meter, isOdd);
	atOtherLevels = union(atOtherLevels, unheard).filter(({ start, end }) => end - start >= NOTABLE);
	return { ...detection, spans: union(detection.spans, unheard), atOtherLevels };
}
