/**
 * `npm run bench [-- NAME…]`: the package's figures as ratios beside peers, all measured in one run on one machine.
 * Machines differ and are shared, so only ratios within a run mean something.
 */
import { parseArgs } from 'node:util';
import { accuracyBench } from './accuracy.mts';
import { artefactsBench } from './artefacts.mts';
import { compareBench } from './compare.mts';
import { faultsBench } from './faults.mts';
import { inferenceBench } from './inference.mts';
import { levelBench } from './level.mts';
import { mediaBench } from './media.mts';
import { memoryBench } from './memory.mts';
import { nodeTimeBench } from './nodeTime.mts';
import { performanceBench } from './performance.mts';
import { reportsBench } from './reports.mts';
import { segmentsBench } from './segments.mts';
import { speakersBench } from './speakers.mts';
import { speakersWhenBench } from './speakersWhen.mts';
import { embeddersBench } from './embedders.mts';
import { slowUploadBench, uploadBench } from './upload.mts';
import { voiceprintBench } from './voiceprint.mts';

const OPTIONS = {
	/** For speakers-when: accurate or fast. For speakers: these, or the description of a model of one's own; which corpora; recordings per speaker at most. */
	model: { type: 'string' },
	sets: { type: 'string' },
	most: { type: 'string' },
	/** For speakers-when: only every so many-th recording. */
	every: { type: 'string' },
	/** A folder with recordings. */
	data: { type: 'string' },
	/** A folder with a peer's models. */
	peer: { type: 'string' },
	/** Of recordings, seconds. */
	lengths: { type: 'string' },
	/** For segments: a file to write them to, one to hold them against, and another build than this one's. */
	save: { type: 'string' },
	against: { type: 'string' },
	build: { type: 'string' },
	/** For performance: a look instead of the page; also eight hours; only some parts; no further part after so many minutes. */
	quick: { type: 'boolean', default: false },
	long: { type: 'boolean', default: false },
	parts: { type: 'string' },
	minutes: { type: 'string' },
} as const;
const { values, positionals: names } = parseArgs({ options: OPTIONS, allowPositionals: true });

const BENCHES: Record<string, () => Promise<void>> = {
	inference: inferenceBench,
	performance: async () => await performanceBench(values),
	artefacts: async () => await artefactsBench(Number(values.lengths ?? 600)),
	memory: memoryBench,
	'node-time': nodeTimeBench,
	upload: uploadBench,
	faults: faultsBench,
	'slow-upload': slowUploadBench,
	voiceprint: voiceprintBench,
	compare: compareBench,
	accuracy: accuracyBench,
	speakers: async () => await speakersBench(values),
	level: async () => await levelBench(values.data, values.lengths),
	reports: async () => await reportsBench(values.data),
	'speakers-when': async () => await speakersWhenBench(values),
	embedders: embeddersBench,
	segments: async () => segmentsBench(values),
	media: async () => await mediaBench(values.data),
};

/** They need to be told something, or take minutes in which this machine does nothing. */
const BY_NAME_ONLY = new Set(['slow-upload', 'segments', 'media']);

const unknown = names.filter((name) => !BENCHES[name]);
if (unknown.length > 0) {
	console.error(`There is no bench '${unknown.join("', '")}'; there are ${Object.keys(BENCHES).join(', ')}.`);
	process.exitCode = 2;
} else {
	for (const name of names.length > 0 ? names : Object.keys(BENCHES).filter((name) => !BY_NAME_ONLY.has(name))) await BENCHES[name]();
}
