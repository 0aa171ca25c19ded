/**
 * How well the nodes tell speakers apart: files in, log-likelihood ratios out, through Extract Voiceprint and Compare
 * Voiceprints on n8n's execution engine. Needs the recordings of many speakers that models are tuned and judged on.
 *
 *     npm run bench -- speakers [--model accurate|fast|DESCRIPTION.json] [--sets wuw,msc,dev] [--most 8]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createHarness, type Harness, type HarnessItem } from '../tools/n8n/harness.mts';
import { stopEngine } from '../dist/engine/client/client.js';
import { cllr, equalErrorRate, minimumCost, shareBelow } from './errorRates.mts';
import { printTable } from './table.mts';

const FOLDER = process.env.VOICEPRINT_SPEAKERS ?? join(import.meta.dirname, '..', '..', 'shared', 'speech', 'voiceprint');

/** Tar files by set, and a folder in them that is no speaker. */
const SETS: Record<string, { tar: string; title: string; nobody?: string }> = {
	wuw: { tar: 'train-sa-wuw.tar', title: 'real telephone calls (wuw)', nobody: 'unknown' },
	msc: { tar: 'train-sa-msc.tar', title: 'Malayalam sentences, own microphones (msc)' },
	dev: { tar: 'dev-so762.tar', title: 'read English, own microphones (dev)' },
};

/** Entries of a gallery: as many matches as Compare Voiceprints lists. */
const GALLERY = 1000;
/** Files per run, for the memory that their scores take. */
const INPUTS = 100;
/** Seconds of speech that both sides have at least. */
const LEAST = [0, 2, 4];
/** Thresholds of Compare Voiceprints, asked from it. */
const POINTS = ['balanced', 'fewFalseAccepts', 'fewFalseRejects'];

interface Options {
	model?: string;
	sets?: string;
	most?: string;
}

interface Recording {
	/** Unique; begins with the speaker's. */
	name: string;
	speaker: string;
	voiceprint: string;
	speechLength: number;
}

interface Model {
	/** Of Extract Voiceprint. */
	parameters: Record<string, string>;
	/** Of Compare Voiceprints. */
	options: Record<string, string>;
}

function modelOf(name: string): Model {
	if (['accurate', 'fast'].includes(name)) return { parameters: { model: name }, options: {} };
	const modelFile = resolve(name);
	return { parameters: { model: 'own', modelFile }, options: { modelFile } };
}

/** `…/SPEAKER/RECORDING.opus`, unpacked; at most `most` per speaker, evenly spread. */
function filesOf(folder: string, most: number, nobody?: string): Array<{ path: string; name: string; speaker: string }> {
	const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.opus')).sort();
	const bySpeaker = new Map<string, string[]>();
	for (const path of paths) {
		const speaker = path.split('/').at(-2)!;
		bySpeaker.set(speaker, [...(bySpeaker.get(speaker) ?? []), path]);
	}
	return [...bySpeaker].flatMap(([speaker, own]) => {
		if (nobody !== undefined && speaker.endsWith(nobody)) return [];
		const step = Math.max(1, own.length / most);
		const chosen = Array.from({ length: Math.min(most, own.length) }, (_, i) => own[Math.floor(i * step)]);
		return chosen.map((name) => ({ path: join(folder, name), name, speaker }));
	});
}

async function extract(harness: Harness, model: Model, files: ReturnType<typeof filesOf>): Promise<Recording[]> {
	const recordings: Recording[] = [];
	for (const { path, name, speaker } of files) {
		const items: HarnessItem[] = [{ json: {}, files: { data: { path, fileName: 'recording.opus' } } }];
		const parameters = { output: 'channel', ...model.parameters };
		const { output, error } = await harness.run({ node: 'extractVoiceprint', parameters, items });
		if (error) throw new Error(`${name}: ${error.message}`);
		const { voiceprint, speech_length } = output[0].json as { voiceprint: string; speech_length: number };
		recordings.push({ name, speaker, voiceprint, speechLength: speech_length });
	}
	return recordings;
}

/** Of a pair of recordings. */
interface Trial {
	same: boolean;
	score: number;
	/** Seconds, of the side with less speech. */
	speechLength: number;
}

interface Match {
	name: string;
	score: number;
	speech_length: number;
}

/** Scores of all pairs of different recordings, each once. */
async function scorePairs(harness: Harness, { options }: Model, recordings: Recording[]): Promise<Trial[]> {
	const speakers = new Map(recordings.map(({ name, speaker }) => [name, speaker]));
	const parameters = { operation: 'identify', options: { maximumMatches: GALLERY, ...options } };
	const trials: Trial[] = [];
	for (let from = 0; from < recordings.length; from += INPUTS) {
		const inputs = recordings.slice(from, from + INPUTS);
		// Each pair is met once: with the recordings that come later.
		for (let start = from; start < recordings.length; start += GALLERY) {
			const secondItems = recordings.slice(start, start + GALLERY).map(({ name, voiceprint }) => ({ json: { name, voiceprint } }));
			const items = inputs.map(({ voiceprint }) => ({ json: { voiceprint } }));
			const { output, error } = await harness.run({ node: 'compareVoiceprints', parameters, items, secondItems });
			if (error) throw new Error(error.message);
			output.forEach(({ json }, i) => {
				const { name: mine, speaker, speechLength } = inputs[i];
				for (const { name, score, speech_length } of json.matches as unknown as Match[]) {
					if (name <= mine) continue;
					trials.push({ same: speakers.get(name) === speaker, score, speechLength: Math.min(speechLength, speech_length) });
				}
			});
		}
	}
	return trials;
}

/** The thresholds of the node's operating points for this model. */
async function thresholdsOf(harness: Harness, { options }: Model, { voiceprint }: Recording): Promise<number[]> {
	const thresholds: number[] = [];
	for (const operatingPoint of POINTS) {
		const items = [{ json: { voiceprint, voiceprint_2: voiceprint } }];
		const { output, error } = await harness.run({ node: 'compareVoiceprints', parameters: { operatingPoint, options }, items });
		if (error) throw new Error(error.message);
		thresholds.push(output[0].json.threshold as number);
	}
	return thresholds;
}

const percent = (share: number) => (100 * share).toFixed(2);

/** Errors at each threshold as "strangers accepted / own voice rejected", in percent. */
function row(title: string, trials: Trial[], thresholds: number[]): Array<string | number> {
	const of = (kind: boolean) => Float64Array.from(trials.filter(({ same }) => same === kind), ({ score }) => score).sort();
	const [same, different] = [of(true), of(false)];
	const errors = thresholds.map((at) => `${percent(1 - shareBelow(different, at))} / ${percent(shareBelow(same, at))}`);
	const [eer, cost] = [equalErrorRate(same, different), minimumCost(same, different, 0.01)];
	return [title, same.length, different.length, percent(eer), cost.toFixed(3), cllr(same, different).toFixed(3), ...errors];
}

async function rowsOf(harness: Harness, model: Model, set: string, most: number): Promise<Array<Array<string | number>>> {
	const { tar, title, nobody } = SETS[set];
	if (!existsSync(join(FOLDER, tar))) return [[`${title}: left out, ${tar} is not there`, ...Array<string>(5 + POINTS.length).fill('')]];
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-speakers-'));
	try {
		execFileSync('tar', ['-xf', join(FOLDER, tar), '-C', folder]);
		const recordings = await extract(harness, model, filesOf(folder, most, nobody));
		const spoken = recordings.filter(({ speechLength }) => speechLength > 0);
		const trials = await scorePairs(harness, model, spoken);
		const thresholds = await thresholdsOf(harness, model, spoken[0]);
		const silent = recordings.length - spoken.length;
		return LEAST.map((least) => {
			const name = least === 0 ? `${title}, any length${silent ? ` (${silent} without speech)` : ''}` : `  ${least} s and more`;
			return row(name, trials.filter(({ speechLength }) => speechLength >= least), thresholds);
		});
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

export async function speakersBench({ model = 'accurate', sets = Object.keys(SETS).join(), most = 'all' }: Options = {}): Promise<void> {
	if (!existsSync(FOLDER)) return console.log('\nSpeakers: left out, needs recordings of many speakers, which are not part of the repository');
	const names = sets.split(',').filter((name) => name in SETS);
	const chosen = modelOf(model);
	const readableFolder = chosen.options.modelFile === undefined ? {} : { readableFolder: dirname(chosen.options.modelFile) };
	const harness = await createHarness(readableFolder);
	try {
		const rows: Array<Array<string | number>> = [];
		for (const name of names) rows.push(...(await rowsOf(harness, chosen, name, most === 'all' ? Infinity : Number(most))));
		printTable(
			`Speakers told apart by the nodes, model ${model}, all pairs of different recordings; errors in %: strangers accepted / own voice rejected`,
			['recordings, speech on both sides', 'same', 'different', 'EER %', 'minDCF', 'Cllr', 'Balanced', 'Few False Accepts', 'Few False Rejects'],
			rows,
		);
	} finally {
		stopEngine();
		harness.dispose();
	}
}
