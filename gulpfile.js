'use strict';
/**
 * Builds `dist`: the compiled TypeScript, and beside it what the compiler does not copy: icons, codex files, output
 * schemas, the WASM build of ONNX Runtime, the models and the licences.
 */
const { execFileSync } = require('node:child_process');
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { dest, parallel, series, src } = require('gulp');
const { sileroSequenceGraph } = require('./tools/build/sileroGraph.cjs');
const { pictureFont } = require('./tools/build/fonts.cjs');
const { kernelConstants } = require('./tools/build/kernels/kernelConstants.cjs');
const { kernelModule } = require('./tools/build/kernels/sileroKernel.cjs');
const { levelModule } = require('./tools/build/kernels/levelKernel.cjs');
const { planesModule } = require('./tools/build/kernels/planesKernel.cjs');
const { resampleModule } = require('./tools/build/kernels/resampleKernel.cjs');
const { segmentationConstants } = require('./tools/build/kernels/segmentationConstants.cjs');
const { segmentationKernel } = require('./tools/build/kernels/segmentationKernel.cjs');
const { sequenceModel } = require('./tools/build/segmentationModel.cjs');
const { fastKernel } = require('./tools/build/kernels/fastKernel.cjs');
const { accurateKernel } = require('./tools/build/kernels/accurateKernel.cjs');
const { onnxRuntimeWeb, onnxRuntimeCommon } = require('./tools/build/onnxRuntimeWeb.cjs');

const MODELS = 'dist/models';
const BINARY = { encoding: false };

async function clean() {
	await fs.promises.rm('dist', { recursive: true, force: true });
	await fs.promises.rm('.cache/tsbuildinfo', { force: true });
}

async function compile() {
	execFileSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.json'], { stdio: 'inherit' });
}

/** What belongs beside each node and credential. */
const nodeFiles = () =>
	src(['nodes/**/*.{svg,png}', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'], { base: '.', ...BINARY }).pipe(
		dest('dist'),
	);

const credentialFiles = () =>
	src('credentials/**/*.{svg,png}', { base: '.', allowEmpty: true, ...BINARY }).pipe(dest('dist'));

/** The models derived from published weights. */
async function sileroModels() {
	await fs.promises.mkdir(MODELS, { recursive: true });
	for (const sampleRate of [16000, 8000]) {
		const file = path.join(MODELS, `silero-vad-6.2-${sampleRate / 1000}k`);
		await fs.promises.writeFile(`${file}.onnx`, sileroSequenceGraph(sampleRate));
		await fs.promises.writeFile(`${file}.kernel.bin`, kernelConstants(sampleRate));
		await fs.promises.writeFile(`${file}.kernel.wasm`, kernelModule(sampleRate, false));
		await fs.promises.writeFile(`${file}.kernel.relaxed.wasm`, kernelModule(sampleRate, true));
	}
}

/** The model in two parts, see `segmentationModel.cjs`. */
async function segmentationModel() {
	await fs.promises.mkdir(MODELS, { recursive: true });
	const file = path.join(MODELS, 'segmentation-3.0');
	await fs.promises.writeFile(`${file}.sequence.onnx`, sequenceModel());
	await fs.promises.writeFile(`${file}.kernel.bin`, segmentationConstants());
	await fs.promises.writeFile(`${file}.kernel.wasm`, segmentationKernel(false));
	await fs.promises.writeFile(`${file}.kernel.relaxed.wasm`, segmentationKernel(true));
}

/** The layers of the voiceprint models. */
async function voiceprintKernels() {
	await fs.promises.mkdir(MODELS, { recursive: true });
	for (const [name, kernel] of [['voiceprint-resnet34-v1', accurateKernel], ['voiceprint-small-v2', fastKernel]]) {
		const file = path.join(MODELS, `${name}.kernel`);
		await fs.promises.writeFile(`${file}.wasm`, kernel(false));
		await fs.promises.writeFile(`${file}.relaxed.wasm`, kernel(true));
	}
}

/** What computes on samples. */
async function sampleKernels() {
	await fs.promises.mkdir(MODELS, { recursive: true });
	await fs.promises.writeFile(path.join(MODELS, 'level.wasm'), levelModule());
	await fs.promises.writeFile(path.join(MODELS, 'planes.wasm'), planesModule());
	await fs.promises.writeFile(path.join(MODELS, 'resample.wasm'), resampleModule(false));
	await fs.promises.writeFile(path.join(MODELS, 'resample.relaxed.wasm'), resampleModule(true));
}

/** The voiceprint models with their calibrations, and the cards of all bundled models, with their licences. */
const modelFiles = () => src(['models/*.{md,onnx,json,bin}', '!models/segmentation-3.0.onnx'], { base: '.', ...BINARY }).pipe(dest('dist'));

async function wasmRuntime() {
	await onnxRuntimeWeb('dist/vendor/onnxruntime-web');
	await onnxRuntimeCommon('dist/vendor/onnxruntime-common');
}

const FONTS = 'dist/vendor/dejavu-fonts';

async function fonts() {
	await pictureFont(FONTS);
}

/** FFmpeg and the renderer of pictures, as they are required. */
const DEPENDENCIES = ['@ffmpeg/core', '@ffmpeg/core/wasm', '@resvg/resvg-wasm/index_bg.wasm'];

/** SHA-256 of all that is checked before it is loaded, by name: see models/packageFiles.ts. */
async function checksums() {
	const folders = [MODELS, 'dist/vendor/onnxruntime-web', FONTS];
	const files = folders.flatMap((folder) => fs.readdirSync(folder).map((name) => path.posix.join(folder, name)));
	const checked = files.filter((file) => /\.(onnx|wasm|mjs|ttf|min\.js|calibration\.json|voice-space\.json|(cohort|kernel)\.bin)$/.test(file));
	const named = [
		...checked.sort().map((file) => [path.posix.relative('dist', file), file]),
		...DEPENDENCIES.map((name) => [name, require.resolve(name)]),
	];
	const entries = named.map(([name, file]) => [name, createHash('sha256').update(fs.readFileSync(file)).digest('hex')]);
	await fs.promises.writeFile(`${MODELS}/checksums.json`, `${JSON.stringify(Object.fromEntries(entries), null, '\t')}\n`);
}

exports.clean = clean;
exports.build = series(
	clean,
	parallel(compile, nodeFiles, credentialFiles, sileroModels, segmentationModel, voiceprintKernels, sampleKernels, modelFiles, wasmRuntime, fonts),
	checksums,
);
exports.default = exports.build;
