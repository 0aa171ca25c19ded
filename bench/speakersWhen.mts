/**
 * How well the engine tells who speaks when: recordings with the truth beside them (`NAME.wav` and `NAME.rttm`), by set, which is
 * the part of the name before the first `-`. Made ones: `python -m voiceprint_training.conversations`, see `training/`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PEER_MODELS, type Diarized, type Diarizer, type Work } from './diarizers.mts';
import { diarizationErrors, readRttm } from './errorRate.mts';
import { printTable } from './table.mts';

/** Seconds around each boundary of the truth that do not count, as in NIST's evaluations. */
const COLLAR = 0.25;

interface Row {
	set: string;
	/** Shares of the speech. */
	strict: number;
	missed: number;
	falseAlarm: number;
	confused: number;
	isCounted: boolean;
	/** Seconds of the processor per minute of audio. */
	cpu: number;
}

/** With the same segmentation network and the same voiceprint network, as published, and its own defaults. */
const DIARIZERS: Record<Diarizer, string> = { ours: 'this package, native', sherpa: 'sherpa-onnx-node' };

/** 16 kHz, 16 bit, mono. */
const secondsOf = (wave: Uint8Array) => (wave.length - 44) / 32000;

function measure(folder: string, name: string, { turns, cpu }: Diarized): Row {
	const reference = readRttm(readFileSync(join(folder, `${name}.rttm`), 'utf8'));
	const strict = diarizationErrors(reference, turns);
	const errors = diarizationErrors(reference, turns, COLLAR);
	const count = (of: typeof turns) => new Set(of.map(({ speaker }) => speaker)).size;
	return {
		set: name.split('-')[0],
		strict: (strict.missed + strict.falseAlarm + strict.confused) / strict.speech,
		missed: errors.missed / errors.speech,
		falseAlarm: errors.falseAlarm / errors.speech,
		confused: errors.confused / errors.speech,
		isCounted: count(turns) === count(reference),
		cpu: (60 * cpu) / secondsOf(readFileSync(join(folder, `${name}.wav`))),
	};
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function summary(name: string, rows: Row[]): string[] {
	const percent = (of: (row: Row) => number) => (100 * mean(rows.map(of))).toFixed(1);
	return [
		name,
		String(rows.length),
		percent(({ strict }) => strict),
		percent(({ missed, falseAlarm, confused }) => missed + falseAlarm + confused),
		[percent(({ missed }) => missed), percent(({ falseAlarm }) => falseAlarm), percent(({ confused }) => confused)].join(' / '),
		`${rows.filter(({ isCounted }) => isCounted).length} of ${rows.length}`,
		mean(rows.map(({ cpu }) => cpu)).toFixed(1),
	];
}

interface Options {
	/** Of ours: accurate, as a rule, or fast. */
	model?: string;
	/** Folder with the recordings. */
	data?: string;
	/** Folder with the published models, for the peer. */
	peer?: string;
	/** Every so many-th recording only. */
	every?: string;
}

function diarized(diarizer: Diarizer, folder: string, names: string[], { model, peer }: Options): Row[] {
	const work: Work = { diarizer, paths: names.map((name) => join(folder, `${name}.wav`)), model: model as Work['model'], models: peer };
	const printed = execFileSync(process.execPath, [join(import.meta.dirname, 'diarizers.mts'), JSON.stringify(work)], { encoding: 'utf8', maxBuffer: 2 ** 28 });
	const results = printed.trim().split('\n').map((line) => JSON.parse(line) as Diarized);
	return names.map((name, i) => measure(folder, name, results[i]));
}

export async function speakersWhenBench({ data: folder, peer, model, every = '1' }: Options): Promise<void> {
	if (folder === undefined || !existsSync(folder)) return console.log('\nWho spoke when: left out, needs --data FOLDER with NAME.wav and NAME.rttm');
	const names = readdirSync(folder)
		.filter((name) => name.endsWith('.rttm'))
		.map((name) => name.slice(0, -'.rttm'.length))
		.sort()
		.filter((_, i) => i % Number(every) === 0);
	const hasPeer = peer !== undefined && Object.values(PEER_MODELS).every((name) => existsSync(join(peer, name)));
	if (!hasPeer) console.log(`\nThe peer is left out: it needs --peer FOLDER with ${Object.values(PEER_MODELS).join(' and ')}, see the model cards`);
	for (const diarizer of hasPeer ? (['ours', 'sherpa'] as const) : (['ours'] as const)) {
		const rows = diarized(diarizer, folder, names, { model, peer });
		const sets = [...new Set(rows.map(({ set }) => set))];
		printTable(
			`Who spoke when, number of speakers not given: ${DIARIZERS[diarizer]}`,
			['set', 'files', 'DER % strict', `DER % ± ${COLLAR} s`, 'missed / false / confused', 'speakers counted right', 'CPU s per minute'],
			[...sets.map((set) => summary(set, rows.filter((row) => row.set === set))), summary('all', rows)],
		);
	}
}
