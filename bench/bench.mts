/**
 * `npm run bench [-- NAME…]`: the package's figures as ratios beside peers, all measured in one run on one machine.
 * Machines differ and are shared, so only ratios within a run mean something.
 */
import { accuracyBench } from './accuracy.mts';
import { compareBench } from './compare.mts';
import { faultsBench } from './faults.mts';
import { inferenceBench } from './inference.mts';
import { memoryBench } from './memory.mts';
import { pipelineBench } from './pipeline.mts';
import { speakersBench } from './speakers.mts';
import { slowUploadBench, uploadBench } from './upload.mts';
import { voiceprintBench } from './voiceprint.mts';

const BENCHES: Record<string, () => Promise<void>> = {
	inference: inferenceBench,
	pipeline: pipelineBench,
	memory: memoryBench,
	upload: uploadBench,
	faults: faultsBench,
	'slow-upload': slowUploadBench,
	voiceprint: voiceprintBench,
	compare: compareBench,
	accuracy: accuracyBench,
	speakers: speakersBench,
};

/** They take minutes in which this machine does nothing. */
const BY_NAME_ONLY = new Set(['slow-upload']);

const names = process.argv.slice(2);
const unknown = names.filter((name) => !BENCHES[name]);
if (unknown.length > 0) {
	console.error(`There is no bench '${unknown.join("', '")}'; there are ${Object.keys(BENCHES).join(', ')}.`);
	process.exitCode = 2;
} else {
	for (const name of names.length > 0 ? names : Object.keys(BENCHES).filter((name) => !BY_NAME_ONLY.has(name))) await BENCHES[name]();
}
