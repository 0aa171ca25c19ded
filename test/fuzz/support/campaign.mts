/** A row of damaged files through the engine, each followed by the question whether it still works. */
import { writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { stopEngine } from '../../../dist/engine/client/client.js';
import { textOf, VoiceprintError } from '../../../dist/errors.js';
import { SAMPLE_RATE } from '../../support/recordings.mts';
import { floatWav } from '../../engine/process/media/support/encode.mts';
import { askAllEngines, DISK_LIMIT, give, type FuzzedFile, type Seen } from './engine.mts';
import { faultOf } from './judge.mts';
import { mutate } from './mutate.mts';
import { Random } from './random.mts';
import { seeds, speech } from './seeds.mts';

/** MiB of resident memory that the engine may take for any file with the native ONNX Runtime. */
export const MEMORY_LIMIT = 700;

/** Milliseconds that a file may take on a busy machine. */
export const TIME_LIMIT = 20_000;

/** Files between two looks whether a sound file is still answered rightly. */
const GOOD_EVERY = 5;

export interface Failure {
	file: string;
	/** `npm run fuzz` makes the file again from these. */
	seed: number;
	index: number;
	what: string;
}

export interface Report {
	files: number;
	/** Files by what came of them: `result` or the code of the error. */
	outcomes: Record<string, number>;
	peakMemory: number;
	peakDisk: number;
	slowest: number;
	goodFiles: number;
	failures: Failure[];
}

/** A file of a seed and a number: always the same one. */
export function fileOf(all: Map<string, Buffer>, seed: number, index: number): FuzzedFile {
	const random = new Random(seed, index);
	const names = [...all.keys()];
	const name = names[index % names.length];
	return { name: `${seed}-${index}-${name}`, bytes: mutate(all.get(name)!, random, all.get(random.pick(names))!) };
}

/** Why the engine's processes do not answer rightly; undefined where all do. */
export type AskGood = () => Promise<string | undefined>;

/** Writes a sound file of one's own, for whose answer one may ask whatever was there before it. */
export async function goodFile(path: string): Promise<AskGood> {
	writeFileSync(path, floatWav({ channels: await speech(3, 4), rate: SAMPLE_RATE }));
	const [{ channels: expected }] = await askAllEngines(path, TIME_LIMIT);
	if (!expected.some(({ segments }) => segments.length > 0)) throw new Error('There is no speech in the good file');
	return async () => {
		try {
			const answers = await askAllEngines(path, TIME_LIMIT);
			const wrong = answers.find(({ channels }) => !isDeepStrictEqual(channels, expected));
			return wrong && `a good file afterwards is answered wrongly: ${JSON.stringify(wrong.channels)}`;
		} catch (error) {
			const code = error instanceof VoiceprintError ? error.code : 'an error without a type';
			return `a good file afterwards fails: ${code} ${textOf(error)}`;
		}
	};
}

/** What is wrong with what was seen; empty where nothing is. */
export function faultsOf(seen: Seen): string[] {
	const { outcome, peakMemory, peakDisk, milliseconds } = seen;
	// A job that was ended for what it wrote has no outcome of its own.
	const fault = peakDisk > DISK_LIMIT ? undefined : faultOf(outcome);
	return [
		...(fault === undefined ? [] : [fault]),
		...(peakMemory > MEMORY_LIMIT ? [`the engine took ${Math.round(peakMemory)} MiB`] : []),
		...(peakDisk > DISK_LIMIT ? [`${Math.round(peakDisk)} MiB were written to the disk`] : []),
		...(milliseconds > TIME_LIMIT + 2000 ? [`it took ${Math.round(milliseconds / 1000)} s`] : []),
	];
}

function note(report: Report, { outcome, peakMemory, peakDisk, milliseconds }: Seen): void {
	const kind = 'result' in outcome ? 'result' : outcome.error instanceof VoiceprintError ? outcome.error.code : 'untyped';
	report.files++;
	report.outcomes[kind] = (report.outcomes[kind] ?? 0) + 1;
	report.peakMemory = Math.max(report.peakMemory, peakMemory);
	report.peakDisk = Math.max(report.peakDisk, peakDisk);
	report.slowest = Math.max(report.slowest, milliseconds);
}

export interface CampaignOptions {
	seed: number;
	/** Number of the first file. */
	from?: number;
	files: number;
	/** A path for the good file. */
	goodPath: string;
	onFailure?: (failure: Failure, file: FuzzedFile) => void;
	onProgress?: (report: Report) => void;
}

export async function campaign(options: CampaignOptions): Promise<Report> {
	const { seed, from = 0, files, goodPath, onFailure, onProgress } = options;
	const all = await seeds();
	const askGood = await goodFile(goodPath);
	const report: Report = { files: 0, outcomes: {}, peakMemory: 0, peakDisk: 0, slowest: 0, goodFiles: 0, failures: [] };
	for (let index = from; index < from + files; index++) {
		const file = fileOf(all, seed, index);
		const fail = (what: string) => {
			const failure = { file: file.name, seed, index, what };
			report.failures.push(failure);
			onFailure?.(failure, file);
		};
		const seen = await give(file, index % 3 === 0 ? 'voiceprint' : 'vad', TIME_LIMIT);
		note(report, seen);
		faultsOf(seen).forEach(fail);
		if ((index + 1) % GOOD_EVERY === 0 || index === from + files - 1) {
			report.goodFiles++;
			const fault = await askGood();
			if (fault !== undefined) {
				fail(fault);
				stopEngine(); // else one file would count as many
			}
		}
		onProgress?.(report);
	}
	return report;
}
