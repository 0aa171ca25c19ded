/**
 * How well the engine tells who speaks when: recordings with the truth beside them (`NAME.wav` and `NAME.rttm`), by set, which is
 * the part of the name before the first `-`. Made ones: `python -m voiceprint_training.conversations`, see `training/`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runJob, stopEngine, withWorkFolder } from '../dist/engine/client/client.js';
import type { SpeakersJob, SpeakersResult } from '../dist/engine/client/protocol.js';
import { diarizationErrors, readRttm, type Turn } from './errorRate.mts';
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
	/** Seconds of audio per second of work. */
	speed: number;
}

async function diarize(path: string): Promise<SpeakersResult> {
	return await withWorkFolder(async (workFolder) => {
		const job: SpeakersJob = {
			type: 'speakers',
			media: { path, channelMode: 'mix' },
			vad: { preset: 'balanced' },
			speakers: { minimumSpeakers: 1, mergePauses: 0.5, shortestTurn: 0.25, known: [], threshold: 'balanced' },
			runtime: 'auto',
			workFolder,
		};
		return (await runJob(job, { timeoutMs: 0 }));
	});
}

async function measure(folder: string, name: string): Promise<Row> {
	const reference = readRttm(readFileSync(join(folder, `${name}.rttm`), 'utf8'));
	const start = performance.now();
	const { channels, duration } = await diarize(join(folder, `${name}.wav`));
	const seconds = (performance.now() - start) / 1000;
	const found = channels[0].segments.map(({ start_time, end_time, speaker }): Turn => ({ start: start_time, end: end_time, speaker }));
	const strict = diarizationErrors(reference, found);
	const errors = diarizationErrors(reference, found, COLLAR);
	return {
		set: name.split('-')[0],
		strict: (strict.missed + strict.falseAlarm + strict.confused) / strict.speech,
		missed: errors.missed / errors.speech,
		falseAlarm: errors.falseAlarm / errors.speech,
		confused: errors.confused / errors.speech,
		isCounted: channels[0].speakers_count === new Set(reference.map(({ speaker }) => speaker)).size,
		speed: duration / seconds,
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
		mean(rows.map(({ speed }) => speed)).toFixed(1),
	];
}

/** @param folder with the recordings */
export async function speakersWhenBench(folder: string | undefined): Promise<void> {
	if (folder === undefined || !existsSync(folder)) return console.log('\nWho spoke when: left out, needs --data FOLDER with NAME.wav and NAME.rttm');
	const names = readdirSync(folder).filter((name) => name.endsWith('.rttm')).map((name) => name.slice(0, -'.rttm'.length)).sort();
	const rows: Row[] = [];
	try {
		for (const name of names) rows.push(await measure(folder, name));
	} finally {
		stopEngine();
	}
	const sets = [...new Set(rows.map(({ set }) => set))];
	printTable(
		'Who spoke when, number of speakers not given',
		['set', 'files', 'DER % strict', `DER % ± ${COLLAR} s`, 'missed / false / confused', 'speakers counted right', '× real time'],
		[...sets.map((set) => summary(set, rows.filter((row) => row.set === set))), summary('all', rows)],
	);
}
