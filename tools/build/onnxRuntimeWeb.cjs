'use strict';
/**
 * Copies what the WASM build of ONNX Runtime needs inside Node (15 of 145 MB) out of the devDependencies
 * onnxruntime-web and onnxruntime-common, so that no user installs the rest.
 */
const fs = require('node:fs/promises');
const path = require('node:path');

const WEB = () => path.dirname(require.resolve('onnxruntime-web'));
const WEB_FILES = ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];
const LOADER = 'ort.node.min.js';
const IMPORT = 'require("onnxruntime-common")';
const LOCAL_IMPORT = 'require("../onnxruntime-common/index.js")';

/** The loader finds onnxruntime-common beside it: n8n's installer would put it out of its reach. */
async function onnxRuntimeWeb(folder) {
	await fs.mkdir(folder, { recursive: true });
	for (const file of WEB_FILES) await fs.copyFile(path.join(WEB(), file), path.join(folder, file));
	const loader = await fs.readFile(path.join(WEB(), LOADER), 'utf8');
	if (!loader.includes(IMPORT)) throw new Error(`${LOADER} no longer imports onnxruntime-common as expected`);
	await fs.writeFile(
		path.join(folder, LOADER),
		loader.replaceAll(IMPORT, LOCAL_IMPORT).replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n'),
	);
}

/** The CommonJS half of onnxruntime-common. */
async function onnxRuntimeCommon(folder) {
	const from = path.dirname(require.resolve('onnxruntime-common'));
	await fs.mkdir(folder, { recursive: true });
	for (const file of await fs.readdir(from)) {
		if (/^(?!.*\.d\.ts$).*\.(js|json)$/.test(file)) await fs.copyFile(path.join(from, file), path.join(folder, file));
	}
}

module.exports = { onnxRuntimeWeb, onnxRuntimeCommon };
