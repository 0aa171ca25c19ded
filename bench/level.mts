/**
 * Quiet speech beside what is no speech and much louder: the share of it that is found, beside what the same models find
 * with the recording as it is. `--data DIR`: hand-labelled speech; `--lengths 3,10`: seconds.
 */
import { chooseRuntime } from '../dist/engine/process/runtime/chooseRuntime.js';
import { detectSpeech, loadSileroModels } from '../dist/engine/process/vad/detect.js';
import { LevelMeter } from '../dist/engine/process/vad/level.js';
import { listen, soundOf } from '../dist/engine/process/vad/listen.js';
import { vadSettings } from '../dist/engine/client/presets.js';
import { DISTURBANCES, generator } from '../test/support/disturbances.mts';
import { audioOf, decodeChannels, labelledRecordings, NO_LABELLED_SPEECH, SAMPLE_RATE } from '../test/support/recordings.mts';
import { frames, type Span } from '../test/support/scores.mts';
import { printTable } from './table.mts';

const newMeter = await LevelMeter.prepare();

const LENGTHS = [3, 10, 60, 2700];
/** Gain on the speech, dB. */
const LEVELS = [0, -10, -20, -30, -40, -50, -60];
/** For recordings of more than some minutes, which take their time. */
const FEW_LEVELS = [0, -20, -40, -60];
const LONG = 600;
/** Seconds of speech in the longest recordings: the rest is a pause. */
const MOST_SPEECH = 60;
/** Points of the share that make no difference. */
const EQUAL = 0.02;

interface Speech {
	samples: Float32Array;
	spans: Span[];
}

/** All recordings, one behind the other. */
export async function readSpeech(folder: string | undefined): Promise<Speech> {
	const parts: Float32Array[] = [];
	const spans: Span[] = [];
	let length = 0;
	for (const { path, speech } of labelledRecordings(folder)) {
		const [samples] = await decodeChannels(path);
		const offset = length / SAMPLE_RATE;
		spans.push(...speech.map(([start, end]): Span => [offset + start, offset + end]));
		parts.push(samples);
		length += samples.length;
	}
	const samples = new Float32Array(length);
	parts.reduce((at, part) => (samples.set(part, at), at + part.length), 0);
	return { samples, spans };
}

/** So many seconds; the speech of a long recording stands in its middle. */
export function excerpt({ samples, spans }: Speech, seconds: number, gain: number): Speech {
	const used = Math.min(seconds, MOST_SPEECH, samples.length / SAMPLE_RATE);
	const lead = Math.floor((seconds - used) / 2);
	const whole = new Float32Array(seconds * SAMPLE_RATE);
	samples.subarray(0, used * SAMPLE_RATE).forEach((sample, i) => (whole[lead * SAMPLE_RATE + i] = gain * sample));
	const inside = spans.filter(([start]) => start < used).map(([start, end]): Span => [lead + start, lead + Math.min(end, used)]);
	return { samples: whole, spans: inside };
}

/** Share of the speech that was found, 0 to 1. */
function recall(found: Array<{ start: number; end: number }>, { spans, samples }: Speech): number {
	const duration = samples.length / SAMPLE_RATE;
	const [truth, heard] = [spans, found.map(({ start, end }): Span => [start, end])].map((one) => frames(one, duration));
	const hits = truth.filter((speech, i) => speech === 1 && heard[i] === 1).length;
	return hits / truth.filter((speech) => speech === 1).length;
}

export async function levelBench(folder: string | undefined, lengths: string | undefined): Promise<void> {
	const all = await readSpeech(folder);
	if (all.samples.length === 0) return console.log(`\nLevel: left out, ${NO_LABELLED_SPEECH}`);
	const models = await loadSileroModels(chooseRuntime('auto'));
	const settings = vadSettings({ preset: 'balanced' });
	const { thresholds, ...compatible } = vadSettings({ preset: 'sileroCompatible' });
	const silero = { ...compatible, thresholds: { ...thresholds, paddingBefore: 0, paddingAfter: 0 } };
	let below = 0;
	let cells = 0;
	for (const seconds of lengths ? lengths.split(',').map(Number) : LENGTHS) {
		const rows: string[][] = [];
		const levels = seconds > LONG ? FEW_LEVELS : LEVELS;
		for (const [name, disturb] of Object.entries(DISTURBANCES)) {
			const row = [name];
			for (const decibels of levels) {
				const speech = excerpt(all, seconds, 10 ** (decibels / 20));
				disturb(speech.samples, generator(7));
				const level = newMeter();
				level.add(speech.samples);
				level.finish();
				const raw = audioOf(speech.samples);
				const ours = recall((await listen(soundOf(raw, level), models, { settings, level, keepProbabilities: false })).spans, speech);
				const asIs = recall((await detectSpeech(raw, models, { settings, gain: 1, keepProbabilities: false })).spans, speech);
				const own = recall((await detectSpeech(raw, models, { settings: silero, gain: 1, keepProbabilities: false })).spans, speech);
				const worse = ours < Math.max(asIs, own) - EQUAL;
				row.push(`${worse ? '!' : ''}${[ours, asIs, own].map((share) => Math.round(100 * share)).join('/')}`);
				cells += 1;
				below += worse ? 1 : 0;
			}
			rows.push(row);
		}
		printTable(
			`${seconds} s: % of the speech found, ours / without correction / Silero Compatible (without its padding)`,
			['beside the speech', ...levels.map((decibels) => `${decibels} dB`)],
			rows,
		);
	}
	console.log(`\n${below} of ${cells} cells are below what is found without correction`);
}
