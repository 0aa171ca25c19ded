/** Frame accuracy of each preset on hand-labelled speech, at four levels; needs that speech on this machine. */
import type { VadPreset } from '../dist/engine/client/protocol.js';
import { chooseRuntime } from '../dist/engine/process/runtime/chooseRuntime.js';
import { loadSileroModels } from '../dist/engine/process/vad/detect.js';
import { LevelMeter } from '../dist/engine/process/vad/level.js';
import { listen } from '../dist/engine/process/vad/listen.js';
import { vadSettings } from '../dist/engine/client/presets.js';
import { audioOf, decodeChannels, labelledRecordings, NO_LABELLED_SPEECH, SAMPLE_RATE } from '../test/support/recordings.mts';
import { count, frames, rocAuc, score, type Counts } from '../test/support/scores.mts';
import { printTable } from './table.mts';

const newMeter = await LevelMeter.prepare();

const PRESETS: VadPreset[] = ['balanced', 'forTranscription', 'sileroCompatible'];
/** Gain on the recordings, dB. */
const LEVELS = [0, -20, -40, 10];

export async function accuracyBench(): Promise<void> {
	const recordings = labelledRecordings();
	if (recordings.length === 0) return console.log(`\nAccuracy: left out, ${NO_LABELLED_SPEECH}`);
	const models = await loadSileroModels(chooseRuntime('auto'));
	const rows: string[][] = [];
	for (const preset of PRESETS) {
		for (const decibels of LEVELS) {
			const counts: Counts[] = [];
			const truths: number[] = [];
			const scores: number[] = [];
			for (const { path, speech } of recordings) {
				const [original] = await decodeChannels(path);
				const samples = original.map((sample) => sample * 10 ** (decibels / 20));
				const level = newMeter();
				level.add(samples);
				level.finish();
				const options = { settings: vadSettings({ preset }), level, keepProbabilities: true };
				const { spans, probabilities = [], hop } = await listen(audioOf(samples), models, options);
				const duration = samples.length / SAMPLE_RATE;
				const truth = frames(speech, duration);
				counts.push(count(frames(spans.map(({ start, end }) => [start, end]), duration), truth));
				truth.forEach((value, i) => {
					truths.push(value);
					scores.push(probabilities[Math.min(probabilities.length - 1, Math.floor(((i + 0.5) * 0.01) / hop))]);
				});
			}
			const { f1, precision, recall } = score(counts);
			rows.push([preset, `${decibels} dB`, ...[f1, precision, recall, rocAuc(scores, truths)].map((x) => x.toFixed(4))]);
		}
	}
	printTable(
		`Frame accuracy (10 ms) on ${recordings.length} hand-labelled recordings`,
		['preset', 'level', 'F1', 'precision', 'recall', 'ROC-AUC'],
		rows,
	);
}
