/** Files that the demo writes beside its answer: the timeline picture and label files. */
import { writeFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import type { INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { Harness } from '../n8n/harness.mts';
import type { Values } from './options.mts';
import { FOLDER } from './folder.mts';
import { UsageError } from './parse.mts';

/** By the ending of the file's name. */
const PICTURES: Record<string, string> = { '.png': 'png', '.svg': 'svg' };
const LABELS: Record<string, string> = { '.csv': 'csv', '.rttm': 'rttm', '.srt': 'srt', '.txt': 'audacity', '.vtt': 'webvtt' };

/** A file to be written, and the binary field that holds it. */
export interface Wanted {
	path: string;
	field: string;
}

function formatOf(option: string, file: string, formats: Record<string, string>): string {
	const format = formats[extname(file).toLowerCase()];
	if (format === undefined) throw new UsageError(`--${option} needs a name that ends with ${Object.keys(formats).join(', ')}, not '${file}'`);
	return format;
}

const listOf = (value: Values[keyof Values]): string[] => (Array.isArray(value) ? value : []);

/** What is to be written. @throws UsageError */
export function wantedFiles(values: Values, files: readonly string[]): Wanted[] {
	const wanted = (['picture', 'labels'] as const).flatMap((option) =>
		listOf(values[option]).map((file) => {
			formatOf(option, file, option === 'picture' ? PICTURES : LABELS);
			const prefix = option === 'picture' ? 'timeline' : 'labels';
			return { path: resolve(FOLDER, file), field: `${prefix}_${extname(file).toLowerCase().slice(1)}` };
		}),
	);
	if (wanted.length > 0 && files.length > 1) throw new UsageError('--picture and --labels go with one file at a time');
	return wanted;
}

/** The parameter Also Produce with its settings. */
export function produceParameters(values: Values): INodeParameters {
	const [pictures, labels] = [listOf(values.picture), listOf(values.labels)];
	if (pictures.length + labels.length === 0) return {};
	return {
		alsoProduce: [...(pictures.length > 0 ? ['picture'] : []), ...(labels.length > 0 ? ['labels'] : [])],
		...(pictures.length > 0 ? { pictureOptions: { formats: pictures.map((file) => formatOf('picture', file, PICTURES)), theme: values.dark ? 'dark' : 'light' } } : {}),
		...(labels.length > 0 ? { labelFormats: labels.map((file) => formatOf('labels', file, LABELS)) } : {}),
	};
}

/** @returns what could not be written, in words */
export async function writeFiles(harness: Harness, wanted: readonly Wanted[], { binary = {}, json }: INodeExecutionData): Promise<string | undefined> {
	for (const { path, field } of wanted) {
		const file = binary[field];
		if (!file) {
			const warnings = (Array.isArray(json.warnings) ? json.warnings : []) as Array<{ code: string; message: string }>;
			return warnings.find(({ code }) => code === 'NOT_PRODUCED')?.message ?? `There is nothing to write to '${path}'`;
		}
		try {
			writeFileSync(path, await harness.readBinary(file));
		} catch (error) {
			return `'${path}' could not be written: ${(error as Error).message}`;
		}
	}
	return undefined;
}
