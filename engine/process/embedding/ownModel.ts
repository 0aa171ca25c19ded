/** Models of one's own: loaded from the n8n host, tried once, and the last two kept. */
import path from 'node:path';
import { invalidModel } from '../../../errors';
import type { Runtime } from '../runtime/interface';
import { SAMPLE_RATE } from '../audio';
import { graphFault, loadEmbedder, type ModelEmbedder } from './embedder';
import { readHostFile, realHostPath, statHostFile } from '../../../hostFiles';
import { refuseExternalData } from './externalData';
import { isWithin, readModelDescription, type ModelDescription } from './modelDescription';

/** Models kept; each holds its weights in memory. */
const KEPT = 2;

/** Bytes of an ONNX file. The whole engine process may use one gigabyte. */
const LARGEST_MODEL = 256 * 2 ** 20;

interface Kept {
	/** Sizes and times of both files: what was replaced is loaded anew. */
	version: string;
	model: ModelEmbedder;
}

/** By runtime and path; the one whose last use is longest ago stands first. */
const kept = new Map<string, Kept>();

/** One second of quiet noise, always the same. */
function noise(): Float32Array {
	let state = 1;
	return Float32Array.from({ length: SAMPLE_RATE }, () => {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		return (state / 2 ** 31 - 1) * 0.1;
	});
}

/** Leaves room for one more; before loading, so that never three are in memory. */
async function makeRoom(): Promise<void> {
	for (const [place, { model }] of [...kept].slice(0, Math.max(0, kept.size - KEPT + 1))) {
		kept.delete(place);
		await model.release();
	}
}

interface Files {
	json: string;
	/** With all symbolic links followed. */
	onnx: string;
	/** Sizes and times of both. */
	version: string;
}

/** How messages call the ONNX file. */
const onnxSubject = (jsonPath: string) => `The ONNX file that field 'file' of the model description "${jsonPath}" names`;

/** @throws VoiceprintError INVALID_MODEL */
async function load(runtime: Runtime, description: ModelDescription, { json, onnx }: Files): Promise<ModelEmbedder> {
	const subject = onnxSubject(json);
	const bytes = await readHostFile(onnx, subject, LARGEST_MODEL);
	refuseExternalData(bytes, subject);
	let model: ModelEmbedder;
	try {
		model = await loadEmbedder(runtime, description, bytes);
	} catch (error) {
		throw graphFault(error, `${subject} is no ONNX model that ${runtime.name} ONNX Runtime can load`);
	}
	try {
		await model.embed(noise());
		return model;
	} catch (error) {
		await model.release();
		throw error;
	}
}

/** @throws VoiceprintError INVALID_MODEL where one of the files is not there, or a link leads out of the folder */
async function filesOf(json: string, { file }: ModelDescription): Promise<Files> {
	const subject = onnxSubject(json);
	const jsonSubject = `The model description "${json}"`;
	const folder = await realHostPath(path.dirname(json), jsonSubject);
	const onnx = await realHostPath(file, subject);
	if (!isWithin(folder, onnx)) {
		throw invalidModel(
			`${subject} is a link that leads out of the folder of the description`,
			'Put the ONNX file itself into the folder: what lies elsewhere may be a file that n8n does not let its nodes read.',
		);
	}
	const stats = [
		await statHostFile(json, jsonSubject, Infinity),
		await statHostFile(onnx, subject, LARGEST_MODEL),
	];
	return { json, onnx, version: JSON.stringify(stats.map(({ size, mtimeMs }) => [size, mtimeMs])) };
}

/**
 * Calls must not overlap, and a model may be used until the next call: the engine does one job after the other.
 * @param jsonPath path of the description on this machine
 * @returns the model, tried on a second of noise; loaded once as long as its files stay as they are
 * @throws VoiceprintError INVALID_MODEL
 */
export async function loadOwnModel(runtime: Runtime, jsonPath: string): Promise<ModelEmbedder> {
	const description = await readModelDescription(jsonPath);
	const files = await filesOf(jsonPath, description);
	const place = JSON.stringify([runtime.name, path.resolve(jsonPath)]);
	const before = kept.get(place);
	kept.delete(place);
	if (before?.version === files.version) {
		kept.set(place, before);
		return before.model;
	}
	await before?.model.release();
	await makeRoom();
	const model = await load(runtime, description, files);
	kept.set(place, { version: files.version, model });
	return model;
}
