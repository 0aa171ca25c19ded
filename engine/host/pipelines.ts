/** Which pipeline does which job. */
import type { Job, JobResult } from '../protocol';
import { detectVoiceActivity } from './voiceActivity';

export async function runPipeline(job: Job): Promise<JobResult> {
	return await detectVoiceActivity(job);
}
