/** A model of one's own: the JSON file that lies beside its ONNX file and says how to feed it. */
import path from 'node:path';
import { LARGEST_DESCRIPTION } from '../../../models/calibrations';
import { SAMPLE_RATE } from '../audio';
import { invalidModel } from '../../../errors';
import { Fields } from './descriptionFields';
import type { FbankOptions } from './fbank';
import { readFeatureDescription } from './featureDescription';
import { LAYOUTS, NORMALIZATIONS, type Layout, type Normalization } from './features';
import { readJsonObject } from '../../../hostFiles';

interface InputNames {
	/** Name of the input; absent where the graph has but one. */
	name?: string;
	/** Name of the input for the number of frames, or of samples for a waveform; absent where the graph wants none. */
	length?: string;
}

export interface WaveformInput extends InputNames {
	kind: 'waveform';
}

export interface FbankInput extends InputNames {
	kind: 'fbank';
	layout: Layout;
	features: FbankOptions;
	normalization: Normalization;
}

export interface ModelDescription {
	/** As it stands in voiceprints. */
	id: string;
	/** Path of the `.onnx` file. */
	file: string;
	/** Numbers per vector. */
	dimension: number;
	input: WaveformInput | FbankInput;
	/** Name of the output; absent where the graph has but one. */
	output?: string;
	/** Seconds of speech that the model may be given at once. */
	longestSeconds?: number;
	/** As it stands in the file; how scores are made of cosines. */
	calibration?: Record<string, unknown>;
}

/** Vectors of another model under the name of a bundled one would be compared with those of the bundled one. */
const ID = {
	pattern: /^(?!voiceprint-)[A-Za-z0-9._-]{1,64}$/,
	words:
		'a text of 1 to 64 letters, digits, full stops, underscores or hyphens that does not start with "voiceprint-", ' +
		'as the bundled models do',
};
const NAME = { pattern: /^[^\s\0].{0,200}$/, words: 'the name of a tensor of the graph' };
const FILE = { pattern: /^[^\0]{1,255}$/, words: 'the path of an ONNX file, relative to the folder of the description' };

/** Whether a file lies in the folder or below it; both paths absolute. */
export function isWithin(folder: string, file: string): boolean {
	return file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

/** The ONNX file, which has to lie in the folder of the description or below it. */
function readFile(fields: Fields): string {
	const folder = path.dirname(path.resolve(fields.file));
	const file = path.resolve(folder, fields.text('file', FILE));
	if (!isWithin(folder, file)) throw fields.fault('file', `must be ${FILE.words}`);
	return file;
}

function readInput(fields: Fields): ModelDescription['input'] {
	const input = fields.section('input');
	const kind = input.choice('kind', ['waveform', 'fbank']);
	const name = input.optionalText('name', NAME);
	const length = input.optionalText('length', NAME);
	const names: InputNames = { ...(name !== undefined && { name }), ...(length !== undefined && { length }) };
	if (kind === 'waveform') {
		const stray = ['features', 'normalization'].find((one) => fields.has(one));
		if (stray !== undefined) throw fields.fault(stray, "belongs to models whose 'input.kind' is \"fbank\"");
		input.finish();
		return { kind, ...names };
	}
	const layout = input.choice('layout', LAYOUTS, 'frames,mels');
	input.finish();
	const features = readFeatureDescription(fields.section('features'));
	return { kind, ...names, layout, features, normalization: fields.choice('normalization', NORMALIZATIONS) };
}

function checkSampleRate(fields: Fields): void {
	const rate = fields.number('sample_rate', { from: 1, to: 1e6 }, SAMPLE_RATE);
	if (rate !== SAMPLE_RATE) {
		throw fields.fault('sample_rate', `must be ${SAMPLE_RATE}: other sample rates are not supported yet`);
	}
}

/**
 * @param jsonPath path of the description on this machine
 * @throws VoiceprintError INVALID_MODEL naming the file and the field that is wrong
 */
export async function readModelDescription(jsonPath: string): Promise<ModelDescription> {
	if (!path.isAbsolute(jsonPath)) throw invalidModel(`The path of the model description "${jsonPath}" must be absolute`);
	const fields = new Fields(jsonPath, await readJsonObject(jsonPath, 'The model description', LARGEST_DESCRIPTION));
	const description: ModelDescription = {
		id: fields.text('id', ID),
		file: readFile(fields),
		dimension: fields.number('dimension', { from: 2, to: 8192, whole: true }),
		input: readInput(fields),
	};
	const output = fields.optionalText('output', NAME);
	if (output !== undefined) description.output = output;
	if (fields.has('longest_seconds')) description.longestSeconds = fields.number('longest_seconds', { from: 1, to: 3600 });
	const calibration = fields.optionalObject('calibration');
	if (calibration !== undefined) description.calibration = calibration;
	checkSampleRate(fields);
	fields.finish();
	return description;
}
