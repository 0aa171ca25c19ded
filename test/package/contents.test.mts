/** The tarball that npm makes: it holds all that the package needs, and nothing else. */
import assert from 'node:assert/strict';
import { builtinModules } from 'node:module';
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { exampleNames } from '../../tools/n8n/examples.mts';
import { packPackage, type PackedPackage } from '../../tools/n8n/package.mts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));

/** Every file in the tarball has to match one of these. */
const WANTED = [
	/^(package\.json|README\.md|LICENSE|CHANGELOG\.md|NOTICE)$/,
	/^examples\/(README\.md|[a-z-]+\.json)$/,
	/^dist\/((nodes|credentials|engine|items|voiceprints|models|speech-platform)\/.+|errors|once|hostFiles|systemFaults|search)\.js$/,
	/^dist\/(nodes|credentials)\/.+\.(svg|png)$/,
	/^dist\/nodes\/[^/]+\/[^/]+\.node\.json$/,
	/^dist\/nodes\/[^/]+\/__schema__\/.+\.json$/,
	/^dist\/models\/[^/]+\.(onnx|(cohort|kernel)\.bin|kernel(\.relaxed)?\.wasm)$/,
	/^dist\/models\/(level|planes|resample(\.relaxed)?)\.wasm$/,
	/^dist\/models\/.+\.(md|txt|json)$/,
	/^dist\/models\/(.+\/)?LICENSE[^/]*$/,
	/^dist\/vendor\/onnxruntime-(web|common)\/[^/]+\.(js|mjs|wasm|json)$/,
	/^dist\/vendor\/dejavu-fonts\/[^/]+\.ttf$/,
	/^dist\/vendor\/(.+\/)?(LICENSE|ThirdPartyNotices)[^/]*$/,
];

const MEGABYTE = 2 ** 20;

/** The WASM runtime alone is 14 MB unpacked, the models 27 MB (with some weights twice, as a graph for native ONNX Runtime and for the kernels), of which little can be packed; more than this means that something slipped in. */
const MOST_PACKED = 30 * MEGABYTE;
const MOST_UNPACKED = 44 * MEGABYTE;

/** Names in `require(…)` and `import(…)` calls of a compiled file. */
function requiredBy(file: string): string[] {
	const code = readFileSync(join(REPOSITORY, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
	return [...code.matchAll(/\b(?:require|import)\(\s*["']([^"']+)["']\s*\)/g)].map(([, name]) => name);
}

describe('the tarball', () => {
	let packed: PackedPackage;

	before(async () => {
		packed = await packPackage();
	});

	after(() => packed.dispose());

	/** Whether what a file requires by a relative path is in the tarball too. */
	function isPacked(file: string, name: string): boolean {
		const path = posix.join(dirname(file), name);
		return ['', '.js', '.json', '/index.js'].some((ending) => packed.files.includes(path + ending));
	}

	it('holds what it has to hold', () => {
		const nodes: string[] = manifest.n8n.nodes;
		const needed = [
			...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'NOTICE'],
			...nodes,
			...manifest.n8n.credentials,
			'examples/README.md',
			...exampleNames().map((name) => `examples/${name}.json`),
			...nodes.map((node) => node.replace(/\.js$/, '.json')),
			'dist/engine/process/host/main.js',
			'dist/engine/process/host/watchdogThread.js',
			'dist/models/checksums.json',
			'dist/models/level.wasm',
			'dist/models/planes.wasm',
			'dist/models/resample.wasm',
			'dist/models/resample.relaxed.wasm',
			'dist/models/silero-vad-6.2-16k.onnx',
			'dist/models/silero-vad-6.2-8k.onnx',
			'dist/models/segmentation-3.0.sequence.onnx',
			...['bin', 'wasm', 'relaxed.wasm'].map((end) => `dist/models/segmentation-3.0.kernel.${end}`),
			...['wasm', 'relaxed.wasm'].map((end) => `dist/models/voiceprint-resnet34-v1.kernel.${end}`),
			...['bin', 'wasm', 'relaxed.wasm'].flatMap((end) => [16, 8].map((rate) => `dist/models/silero-vad-6.2-${rate}k.kernel.${end}`)),
			'dist/vendor/onnxruntime-web/ort.node.min.js',
			'dist/vendor/onnxruntime-web/ort-wasm-simd-threaded.wasm',
		];
		assert.deepEqual(
			needed.filter((file) => !packed.files.includes(file)),
			[],
		);
		for (const node of nodes)
			assert.ok(
				packed.files.some((file) => dirname(file) === dirname(node) && file.endsWith('.svg')),
				`${node} has no icon`,
			);
	});

	it('holds nothing else', () => {
		assert.deepEqual(
			packed.files.filter((file) => !WANTED.some((pattern) => pattern.test(file))),
			[],
		);
	});

	it('holds every file that one of its own files requires', () => {
		const ours = packed.files.filter((file) => /^dist\/(?!vendor).+\.js$/.test(file));
		assert.ok(ours.length > 20);
		const missing = ours.flatMap((file) =>
			requiredBy(file)
				.filter((name) => name.startsWith('.') && !isPacked(file, name))
				.map((name) => `${file}: ${name}`),
		);
		assert.deepEqual(missing, []);
	});

	it('requires no package that is not there for users', () => {
		// n8n's installer puts only direct dependencies within reach.
		const available = new Set([...Object.keys(manifest.dependencies), 'n8n-workflow', ...builtinModules]);
		const ours = packed.files.filter((file) => /^dist\/.+\.js$/.test(file));
		const unknown = ours.flatMap((file) =>
			requiredBy(file)
				.filter(
					(name) =>
						!name.startsWith('.') &&
						!name.startsWith('node:') &&
						!available.has(
							name
								.split('/')
								.slice(0, name.startsWith('@') ? 2 : 1)
								.join('/'),
						),
				)
				.map((name) => `${file}: ${name}`),
		);
		assert.deepEqual(unknown, []);
	});

	it('stays small', (t) => {
		t.diagnostic(
			`${(packed.size / MEGABYTE).toFixed(1)} MB packed, ${(packed.unpackedSize / MEGABYTE).toFixed(1)} MB unpacked, ${packed.files.length} files`,
		);
		assert.ok(packed.size < MOST_PACKED);
		assert.ok(packed.unpackedSize < MOST_UNPACKED);
	});
});
