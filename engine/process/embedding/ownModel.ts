/** Models of one's own: loaded from the n8n host, tried once, and the last two kept. */
import path from 'node:path';
import type { Runtime } from '../runtime';
import { SAMPLE_RATE } from '../audio';
import { graphFault, loadEmbedder, type ModelEmbedder } from './embedder';
import { statHostFile } from '../../../hostFiles';
import { readModelDescription, type ModelDescription } from './modelDescription';

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

async function load(runtime: Runtime, description: ModelDescription, jsonPath: string): Promise<ModelEmbedder> {
	let model: ModelEmbedder;
	try {
		model = await loadEmbedder(runtime, description);
	} catch (error) {
		const subject = `The file that field 'file' of the model description "${jsonPath}" names`;
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

/** @throws VoiceprintError INVALID_MODEL where one of the files is not there */
async function versionOf(jsonPath: string, { file }: ModelDescription): Promise<string> {
	const onnx = `The ONNX file that field 'file' of the model description "${jsonPath}" names`;
	const stats = [
		await statHostFile(jsonPath, `The model description "${jsonPath}"`, Infinity),
		await statHostFile(file, onnx, LARGEST_MODEL),
	];
	return JSON.stringify(stats.map(({ size, mtimeMs }) => [size, mtimeMs]));
}

/**
 * Calls must not overlap, and a model may be used until the next call: the engine does one job after the other.
 * @param jsonPath path of the description on this machine
 * @returns the model, tried on a second of noise; loaded once as long as its files stay as they are
 * @throws VoiceprintError INVALID_MODEL
 */
export async function loadOwnModel(runtime: Runtime, jsonPath: string): Promise<ModelEmbedder> {
	const description = await readModelDescription(jsonPath);
	const version = await versionOf(jsonPath, description);
	const place = JSON.stringify([runtime.name, path.resolve(jsonPath)]);
	const before = kept.get(place);
	kept.delete(place);
	if (before?.version === version) {
		kept.set(place, before);
		return before.model;
	}
	await before?.model.release();
	await makeRoom();
	const model = await load(runtime, description, jsonPath);
	kept.set(place, { version, model });
	return model;
}
