/** Which pipeline does which job. */
import type { Job, JobResult, JobResults } from '../../client/protocol';
import { produceArtefacts } from './artefacts';
import { detectVoiceActivity } from './detectVoiceActivity';
import { diarizeSpeakers } from './diarizeSpeakers';
import { extractVoiceprints } from './extractVoiceprints';

type Pipelines = { [T in Job['type']]: (job: Extract<Job, { type: T }>) => Promise<JobResults[T]> };

const PIPELINES: Pipelines = { vad: detectVoiceActivity, voiceprint: extractVoiceprints, speakers: diarizeSpeakers, artefacts: produceArtefacts };

export async function runPipeline<J extends Job>(job: J): Promise<JobResult> {
	return await (PIPELINES[job.type] as (job: J) => Promise<JobResult>)(job);
}
