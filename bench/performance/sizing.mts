/** What a user's call costs, by what is asked for. */
import { poolSize, threadsPerEngine } from '../../dist/engine/client/client.js';
import type { BundledChoice, Job, RuntimeName } from '../../dist/engine/client/protocol.js';
import { vadJob } from '../../test/support/engine.mts';
import { voiceprintJob } from '../../test/support/voices.mts';
import { engineCost } from '../engineRuns.mts';
import { callFile } from '../formats.mts';
import type { Table } from '../table.mts';
import { LABEL, lengthOf, MP3, percent, RUNTIMES, two, type Extent, type Findings } from './part.mts';

/** Seconds of each channel, the node's default. */
const MOST_SPEECH = 30;

type MakeJob = (path: string, workFolder: string, runtime: RuntimeName) => Job;

const extract = (model: BundledChoice): MakeJob => (path, folder, runtime) => voiceprintJob(path, folder, { runtime, voiceprint: { model, maximumSpeech: MOST_SPEECH } });

/** The channels mixed: what there is to tell apart in a recording with one channel. */
const diarize = (model: BundledChoice): MakeJob => (path, workFolder, runtime) => ({
	type: 'speakers',
	media: { path, channelMode: 'mix' },
	vad: { preset: 'balanced' },
	speakers: { model, minimumSpeakers: 1, mergePauses: 0.5, shortestTurn: 0.25, known: [], threshold: 'balanced' },
	runtime,
	workFolder,
});

const KINDS: Array<[label: string, makeJob: MakeJob]> = [
	['Voice Activity Detection', (path, folder, runtime) => vadJob(path, folder, { runtime })],
	['Extract Voiceprint, Fast', extract('fast')],
	['Extract Voiceprint, Accurate', extract('accurate')],
	['Speaker Diarization, Fast', diarize('fast')],
	['Speaker Diarization, Accurate', diarize('accurate')],
];

export async function sizing({ callSeconds }: Extent, folder: string): Promise<Findings> {
	const [path, short] = [await callFile(callSeconds, MP3), await callFile(10, MP3)];
	const rows: Table['rows'] = [];
	for (const runtime of RUNTIMES) {
		let least: number | undefined;
		for (const [label, makeJob] of KINDS) {
			const { warm, peak } = await engineCost(makeJob(path, folder, runtime), { first: makeJob(short, folder, runtime) });
			least ??= warm.cpu;
			const perHour = Math.round(3600 / warm.cpu);
			rows.push([`${label}, ${LABEL[runtime]}`, two(warm.cpu), perHour, Math.round(callSeconds / warm.cpu), percent(Math.max(0, warm.cpu - least), warm.cpu), peak]);
		}
	}
	const title = `Sizing: calls of ${lengthOf(callSeconds)}, two channels (mixed for Speaker Diarization), MP3, engine warm with ${threadsPerEngine(poolSize())} thread(s)`;
	return { tables: [{ title, header: ['', 'CPU s per call', 'calls an hour per core', '× real time', 'of it for the voices', 'memory of an engine, MiB'], rows }] };
}
