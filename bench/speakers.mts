/**
 * How well the nodes tell speakers apart: files in, log-likelihood ratios out, through Extract Voiceprint and Compare
 * Voiceprints on n8n's execution engine. Beside it stands what the model's card says of the same recordings. Needs the
 * tuning speakers of the model's training on this machine.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHarness, type Harness, type HarnessItem } from '../tools/n8n/harness.mts';
import { stopEngine } from '../dist/engine/client/client.js';
import { printTable } from './table.mts';

const TAR = process.env.VOICEPRINT_SPEAKERS ?? join(import.meta.dirname, '..', '..', 'shared', 'speech', 'voiceprint', 'dev-so762.tar');

/** Entries of a gallery: as many matches as Compare Voiceprints lists. */
const GALLERY = 1000;
/** Files per run, for the memory that their scores take. */
const INPUTS = 100;

interface Recording {
	/** Unique; begins with the speaker's. */
	name: string;
	speaker: string;
	voiceprint: string;
	speechLength: number;
}

/** `…/SPEAKER/RECORDING.opus`, unpacked. */
function filesOf(folder: string): Array<{ path: string; name: string; speaker: string }> {
	const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.opus'));
	return paths.sort().map((path) => ({ path: join(folder, path), name: path, speaker: path.split('/').at(-2)! }));
}

async function extract(harness: Harness, folder: string): Promise<Recording[]> {
	const recordings: Recording[] = [];
	for (const { path, name, speaker } of filesOf(folder)) {
		const items: HarnessItem[] = [{ json: {}, files: { data: { path, fileName: 'recording.opus' } } }];
		const { output, error } = await harness.run({ node: 'extractVoiceprint', parameters: { output: 'channel' }, items });
		if (error) throw new Error(`${name}: ${error.message}`);
		const { voiceprint, speech_length } = output[0].json as { voiceprint: string; speech_length: number };
		recordings.push({ name, speaker, voiceprint, speechLength: speech_length });
	}
	return recordings;
}

interface Match {
	name: string;
	score: number;
}

/** Calls `onScore` once for every pair of different recordings. */
async function scorePairs(harness: Harness, recordings: Recording[], onScore: (same: boolean, score: number) => void): Promise<void> {
	const speakers = new Map(recordings.map(({ name, speaker }) => [name, speaker]));
	const parameters = { operation: 'identify', options: { maximumMatches: GALLERY } };
	for (let from = 0; from < recordings.length; from += INPUTS) {
		const inputs = recordings.slice(from, from + INPUTS);
		// Each pair is met once: with the recordings that come later.
		for (let start = from; start < recordings.length; start += GALLERY) {
			const secondItems = recordings.slice(start, start + GALLERY).map(({ name, voiceprint }) => ({ json: { name, voiceprint } }));
			const items = inputs.map(({ voiceprint }) => ({ json: { voiceprint } }));
			const { output, error } = await harness.run({ node: 'compareVoiceprints', parameters, items, secondItems });
			if (error) throw new Error(error.message);
			output.forEach(({ json }, i) => {
				for (const { name, score } of json.matches as unknown as Match[]) {
					if (name > inputs[i].name) onScore(speakers.get(name) === inputs[i].speaker, score);
				}
			});
		}
	}
}

/** Equal error rate: where as many strangers pass as speakers are missed. */
function equalErrorRate(same: number[], different: number[]): number {
	const [targets, others] = [Float64Array.from(same).sort(), Float64Array.from(different).sort()];
	let below = 0;
	for (let missed = 0; missed < targets.length; missed++) {
		while (below < others.length && others[below] < targets[missed]) below++;
		const [rejects, accepts] = [missed / targets.length, 1 - below / others.length];
		if (rejects >= accepts) return (rejects + accepts) / 2;
	}
	return 0;
}

/** Cost of the log-likelihood ratios, bits per decision: 0 is perfect, 1 says nothing. */
function cllr(same: number[], different: number[]): number {
	const mean = (values: number[], sign: number) =>
		values.reduce((sum, value) => sum + Math.log2(1 + Math.exp(sign * value)), 0) / values.length;
	return (mean(same, -1) + mean(different, 1)) / 2;
}

export async function speakersBench(): Promise<void> {
	if (!existsSync(TAR)) return console.log('\nSpeakers: left out, needs recordings of many speakers, which are not part of the repository');
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-speakers-'));
	const harness = await createHarness();
	try {
		execFileSync('tar', ['-xf', TAR, '-C', folder]);
		const recordings = await extract(harness, folder);
		const spoken = recordings.filter(({ speechLength }) => speechLength > 0);
		const [same, different]: [number[], number[]] = [[], []];
		await scorePairs(harness, spoken, (isSame, score) => (isSame ? same : different).push(score));
		printTable(
			'Speakers told apart by the nodes, all pairs of different recordings',
			['recordings', 'without speech', 'same speaker', 'different', 'EER %', 'Cllr'],
			[[recordings.length, recordings.length - spoken.length, same.length, different.length, (100 * equalErrorRate(same, different)).toFixed(2), cllr(same, different).toFixed(3)]],
		);
	} finally {
		stopEngine();
		harness.dispose();
		rmSync(folder, { recursive: true, force: true });
	}
}
