/** `--speech-only` and `--clips`: what the node cuts out of a recording, written to files. */
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { Harness } from '../n8n/harness.mts';
import type { DemoRequest } from './arguments.mts';
import { nameOf, pathOf } from './files.mts';
import type { Values } from './options.mts';
import { FOLDER } from './folder.mts';
import { UsageError } from './parse.mts';
import { answerOf, RunFault, type Answer } from './run.mts';

const FORMATS: Record<string, string> = { '.wav': 'wav', '.flac': 'flac', '.mp3': 'mp3', '.opus': 'opus', '.ogg': 'opus' };

/** Absolute paths of what is to be written. */
export interface Cuts {
	speechOnly?: string;
	/** A folder. */
	clips?: string;
}

/** @throws UsageError where such files cannot be */
export function cutsOf(values: Values, files: string[]): Cuts {
	const cuts: Cuts = {};
	if (values['speech-only'] !== undefined) {
		const name = String(values['speech-only']);
		if (!FORMATS[extname(name).toLowerCase()]) throw new UsageError(`--speech-only needs a file that ends with .wav, .flac, .mp3 or .opus, not '${name}'`);
		if (files.length !== 1) throw new UsageError(`--speech-only goes with one recording, not ${files.length}`);
		cuts.speechOnly = resolve(FOLDER, name);
	}
	if (values.clips !== undefined) {
		cuts.clips = resolve(FOLDER, String(values.clips));
		if (existsSync(cuts.clips) && !statSync(cuts.clips).isDirectory()) throw new UsageError(`--clips needs a folder, and '${String(values.clips)}' is a file`);
	}
	return cuts;
}

/** What the node is asked for, so that the answer is also that of the recording. */
export const speechOnlyParameters = ({ speechOnly }: Cuts): INodeParameters =>
	speechOnly === undefined ? {} : { alsoProduce: ['speechOnly'], speechOnlyOptions: { format: FORMATS[extname(speechOnly).toLowerCase()] } };

function write(path: string, bytes: Buffer): void {
	try {
		writeFileSync(path, bytes);
	} catch (error) {
		throw new RunFault(`'${path}' could not be written: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
	}
}

/** Writes the speech only audio that came with an answer. @returns what the answer is to say of it; null: there is none */
export async function saveSpeechOnly(harness: Harness, { speechOnly }: Cuts, item: INodeExecutionData | undefined): Promise<{ speech_only_file?: string | null }> {
	if (speechOnly === undefined) return {};
	const made = item?.binary?.speech_only;
	if (!made) return { speech_only_file: null };
	write(speechOnly, await harness.readBinary(made));
	return { speech_only_file: speechOnly };
}

/** Cuts a file into clips. @returns one entry for each, with the path of its file */
export async function saveClips(harness: Harness, { parameters, credentials, node, clips }: DemoRequest, file: string): Promise<Pick<Answer, 'error'> & { clips?: object[] }> {
	if (clips === undefined) return {};
	const items = [{ json: {}, files: { data: { path: pathOf(file), fileName: nameOf(file) } } }];
	const asked = { ...parameters, alsoProduce: ['clips'], clipOptions: {} };
	const { output, error } = await harness.run({ node, parameters: asked, credentials, items });
	if (error) return { error: answerOf(file, { output, error }).error };
	try {
		mkdirSync(clips, { recursive: true });
	} catch (reason) {
		throw new RunFault(`The folder '${clips}' could not be made: ${(reason as NodeJS.ErrnoException).code ?? String(reason)}`);
	}
	const made: object[] = [];
	for (const { json, binary } of output) {
		if (!binary?.clip) continue;
		const path = join(clips, binary.clip.fileName!);
		write(path, await harness.readBinary(binary.clip));
		made.push({ clip_file: path, channel_number: json.channel_number, start_time: json.start_time, end_time: json.end_time });
	}
	return { clips: made };
}
