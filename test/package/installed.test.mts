/** The package as n8n's installer leaves it on a user's disk: its nodes load at once, and its engine runs from there. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { RuntimeChoice, VadResult } from '../../dist/engine/client/protocol.js';
import { installOnce } from '../support/package.mts';

const run = promisify(execFile);
const REPOSITORY = join(import.meta.dirname, '..', '..');
const SAMPLE = join(REPOSITORY, 'examples', 'audio', 'call.ogg');

/** What became of loading a node file, as `load-node.cjs` reports it. */
interface Loaded {
	displayName: string;
	milliseconds: number;
	/** Modules and native libraries of ONNX Runtime or FFmpeg that the process holds. */
	heavy: string[];
	/** The n8n-workflow that the node gets. */
	n8nWorkflow: string;
}

type Detected = { result: VadResult } | { error: { code: string; message: string; description?: string } };

let folder: string;
let installed: string;

/** Runs one of the scripts beside this file in a process that, as in n8n, finds n8n-workflow through NODE_PATH. */
async function inNewProcess<Result>(script: string, ...args: string[]): Promise<Result> {
	const { stdout } = await run(process.execPath, [join(import.meta.dirname, script), ...args], {
		env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_PATH: join(folder, 'n8n', 'node_modules') },
		cwd: folder,
	});
	return JSON.parse(stdout);
}

/** A copy of the installed package in which onnxruntime-node is spoilt. */
function spoiltCopy(name: string, spoil: (onnxRuntime: string) => void): string {
	const copy = join(folder, name);
	cpSync(installed, copy, { recursive: true, filter: (path) => !path.endsWith('/node_modules/onnxruntime-node') });
	spoil(join(copy, 'node_modules', 'onnxruntime-node'));
	return copy;
}

/** Like a binding for another system: the package is there, and throws as soon as it is required. */
function breakBinding(onnxRuntime: string): void {
	mkdirSync(onnxRuntime);
	writeFileSync(
		join(onnxRuntime, 'package.json'),
		JSON.stringify({ name: 'onnxruntime-node', version: '0.0.0', main: 'index.js' }),
	);
	writeFileSync(
		join(onnxRuntime, 'index.js'),
		'throw new Error("libonnxruntime.so.1: cannot open shared object file");',
	);
}

before(async () => {
	folder = mkdtempSync(join(tmpdir(), 'installed-'));
	mkdirSync(join(folder, 'n8n', 'node_modules'), { recursive: true });
	symlinkSync(join(REPOSITORY, 'node_modules', 'n8n-workflow'), join(folder, 'n8n', 'node_modules', 'n8n-workflow'));
	installed = await installOnce(join(folder, 'nodes'));
});

after(() => rmSync(folder, { recursive: true, force: true }));

const states: Array<{ state: string; packageFolder: () => string; runtime: VadResult['runtime'] }> = [
	{ state: 'as installed', packageFolder: () => installed, runtime: 'native' },
	{ state: 'without onnxruntime-node', packageFolder: () => spoiltCopy('without', () => {}), runtime: 'wasm' },
	{ state: 'with a broken onnxruntime-node', packageFolder: () => spoiltCopy('broken', breakBinding), runtime: 'wasm' },
];

for (const { state, packageFolder, runtime } of states) {
	describe(`the package ${state}`, () => {
		let root: string;

		before(() => {
			root = packageFolder();
		});

		it('loads each of its nodes at once, with nothing heavy', async (t) => {
			const { nodes } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).n8n as { nodes: string[] };
			for (const node of nodes) {
				const loaded = await inNewProcess<Loaded>('load-node.cjs', join(root, node));
				t.diagnostic(`${loaded.displayName}: ${loaded.milliseconds} ms`);
				assert.notEqual(loaded.displayName, '');
				assert.deepEqual(loaded.heavy, []);
				assert.ok(loaded.n8nWorkflow.startsWith(join(REPOSITORY, 'node_modules', 'n8n-workflow')));
				assert.ok(loaded.milliseconds < 1000);
			}
		});

		it(`finds speech with the ${runtime} runtime`, async (t) => {
			const detected = await inNewProcess<Detected>('detect.cjs', root, SAMPLE, 'auto' satisfies RuntimeChoice);
			assert.ok('result' in detected, JSON.stringify(detected));
			assert.equal(detected.result.runtime, runtime);
			assert.equal(detected.result.channels.length, 2);
			for (const { segments, channel_number } of detected.result.channels) {
				t.diagnostic(`channel ${channel_number}: ${segments.length} segments`);
				assert.ok(segments.length > 1);
			}
		});

		if (runtime === 'wasm') {
			it('says so where the native runtime is demanded', async () => {
				const detected = await inNewProcess<Detected>('detect.cjs', root, SAMPLE, 'native' satisfies RuntimeChoice);
				assert.ok('error' in detected);
				assert.equal(detected.error.code, 'RUNTIME_UNAVAILABLE');
			});
		}
	});
}
