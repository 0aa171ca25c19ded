/**
 * A stand-in for the engine's client: what the node asks for can be seen, and what it is answered can be chosen.
 * Everything else of the node, down to the temporary copy of the file, stays real.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { mock } from 'node:test';
import type { RunOptions, withWorkFolder } from '../../../dist/engine/client/client.js';
import type { MakeJob, TakeResult } from '../../../dist/engine/client/pool.js';
import type { Job, JobResult, VadJob, VadResult } from '../../../dist/engine/client/protocol.js';

/** What the node asked for, and what the file it handed over was like at that time. */
export interface Call<J extends Job = VadJob> {
	job: J;
	options: RunOptions;
	content: Buffer;
	/** Permission bits of the file. */
	mode: number;
	/** Whether the file's folder is still there; to be read after the run. */
	folderExists(): boolean;
}

type Answer<J extends Job> = (call: Call<J>) => JobResult<J> | Promise<JobResult<J>>;

export function fakeResult(overrides: Partial<VadResult> = {}): VadResult {
	return {
		engine: 'local',
		model: 'silero-vad-6.2',
		runtime: 'wasm',
		duration: 10,
		media: { container: 'wav', codec: 'pcm_s16le', sample_rate: 16000, channels: 1 },
		channels: [
			{
				channel_number: 0,
				speech_length: 3.5,
				segments: [
					{ segment_type: 'voice', start_time: 1, end_time: 3 },
					{ segment_type: 'voice', start_time: 4.25, end_time: 5.75 },
				],
			},
		],
		warnings: [],
		...overrides,
	};
}

/** Puts the stand-in where the compiled node looks for the client. Returns the calls it gets. */
export function useFakeEngine<J extends Job = VadJob>(answer: Answer<J> = () => fakeResult() as JobResult<J>): Array<Call<J>> {
	const client = createRequire(import.meta.url)('../../../dist/engine/client/client.js') as {
		runInWorkFolder(makeJob: MakeJob<J>, options: RunOptions, take?: TakeResult<J>): Promise<JobResult<J>>;
		withWorkFolder: typeof withWorkFolder;
	};
	const calls: Array<Call<J>> = [];
	mock.restoreAll();
	mock.method(client, 'runInWorkFolder', async (makeJob: MakeJob<J>, options: RunOptions, take?: TakeResult<J>) => {
		return await client.withWorkFolder(async (folder) => {
			const result = await answerTo(await makeJob(folder), options);
			await take?.(result);
			return result;
		});
	});
	const answerTo = async (job: J, options: RunOptions) => {
		const call = {
			job,
			options,
			content: readFileSync(job.media.path),
			mode: statSync(job.media.path).mode & 0o777,
			folderExists: () => existsSync(job.workFolder),
		};
		calls.push(call);
		return await answer(call);
	};
	return calls;
}
