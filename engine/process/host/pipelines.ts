/** Which pipeline does which job. Each is loaded with its first job: an engine's first file does not wait for the others. */
import type { Job, JobResult, JobResults } from '../../client/protocol';

type Pipelines = { [T in Job['type']]: (job: Extract<Job, { type: T }>) => Promise<JobResults[T]> };

const PIPELINES: Pipelines = {
	vad: async (job) => await (await import('./detectVoiceActivity')).detectVoiceActivity(job),
	voiceprint: async (job) => await (await import('./extractVoiceprints')).extractVoiceprints(job),
	speakers: async (job) => await (await import('./diarizeSpeakers')).diarizeSpeakers(job),
	artefacts: async (job) => await (await import('./artefacts')).produceArtefacts(job),
};

export async function runPipeline<J extends Job>(job: J): Promise<JobResult> {
	return await (PIPELINES[job.type] as (job: J) => Promise<JobResult>)(job);
}
