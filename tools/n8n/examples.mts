/** The workflows in `examples/`, as people import them. */
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { WorkflowData } from './workflows.mts';

export const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');

/** Names of the example workflows. */
export function exampleNames(): string[] {
	return readdirSync(EXAMPLES)
		.filter((file) => file.endsWith('.json'))
		.map((file) => file.replace(/\.json$/, ''))
		.sort();
}

export function readExample(name: string): WorkflowData {
	return JSON.parse(readFileSync(join(EXAMPLES, `${name}.json`), 'utf8'));
}

/** Where the examples read and write files: n8n's own default for that, in its container. */
const EXAMPLES_FOLDER = '/home/node/.n8n-files';

/** The same workflow with all that it reads from disk and writes to it below the given folder. */
export function withFolder(workflow: WorkflowData, filesFolder: string): WorkflowData {
	// As text within JSON: the folder of a Windows machine has backslashes.
	const folder = JSON.stringify(filesFolder.replaceAll('\\', '/')).slice(1, -1);
	return { ...workflow, nodes: JSON.parse(JSON.stringify(workflow.nodes).replaceAll(EXAMPLES_FOLDER, () => folder)) };
}

const SAMPLE_RATE = 8000;
const SECONDS = 10;

/** A recording in which nobody speaks: faint noise, 16 bit and mono. */
function quietWav(): Buffer {
	const samples = Int16Array.from({ length: SECONDS * SAMPLE_RATE }, () => Math.round((Math.random() - 0.5) * 40));
	const header = Buffer.alloc(44);
	header.write('RIFF', 0);
	header.writeUInt32LE(36 + samples.byteLength, 4);
	header.write('WAVEfmt ', 8);
	for (const [offset, value] of [
		[16, 16],
		[24, SAMPLE_RATE],
		[28, SAMPLE_RATE * 2],
		[40, samples.byteLength],
	] as const) {
		header.writeUInt32LE(value, offset);
	}
	for (const [offset, value] of [
		[20, 1],
		[22, 1],
		[32, 2],
		[34, 16],
	] as const)
		header.writeUInt16LE(value, offset);
	header.write('data', 36);
	return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

/**
 * Puts recordings for the example workflows below a folder: `recordings` and `voicemail`, the samples and one without
 * speech; `known-speakers`, the caller of the sample call on the telephone; `calls`, the call. There is a folder
 * `results` to write into.
 */
export function provideRecordings(filesFolder: string): void {
	const audio = join(EXAMPLES, 'audio');
	const recordings = join(filesFolder, 'recordings');
	cpSync(audio, recordings, { recursive: true, filter: (path) => !/\.(md|sh|json)$/.test(path) });
	writeFileSync(join(recordings, 'pocket-call.wav'), quietWav());
	cpSync(recordings, join(filesFolder, 'voicemail'), { recursive: true });
	mkdirSync(join(filesFolder, 'results'), { recursive: true });
	cpSync(join(audio, 'telephone.wav'), join(filesFolder, 'known-speakers', 'Robin.wav'));
	cpSync(join(audio, 'call.ogg'), join(filesFolder, 'calls', 'call.ogg'));
}
