/** What package.json promises n8n, npm and the package's users. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
const lock = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8'));
const EXACT = /^\d+\.\d+\.\d+$/;

describe('package.json', () => {
	it('has what n8n asks of a community package', () => {
		assert.match(manifest.name, /^n8n-nodes-/);
		assert.ok(manifest.keywords.includes('n8n-community-node-package'));
		assert.equal(manifest.n8n.n8nNodesApiVersion, 1);
		assert.equal(manifest.license, 'MIT');
	});

	it('lists nodes and credentials that the build makes', () => {
		const listed = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
		assert.notEqual(listed.length, 0);
		for (const file of listed) assert.ok(existsSync(join(REPOSITORY, file)), `${file} is missing`);
	});

	it("takes n8n-workflow from n8n, which is the only peer, whatever n8n's version", () => {
		assert.deepEqual(manifest.peerDependencies, { 'n8n-workflow': '*' });
	});

	it('pins every dependency exactly, as n8n installs without a lock file', () => {
		assert.deepEqual(Object.keys(manifest.dependencies).sort(), ['@ffmpeg/core', '@resvg/resvg-wasm', 'form-data', 'onnxruntime-node']);
		for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
			assert.match(version as string, EXACT, `${name} is not pinned`);
		}
	});

	it("relies on nothing that n8n's installer drops or does not run", () => {
		assert.equal(manifest.optionalDependencies, undefined);
		assert.equal(manifest.bundleDependencies, undefined);
		for (const script of ['preinstall', 'install', 'postinstall', 'prepare', 'prepack']) {
			assert.equal(manifest.scripts[script], undefined, `the script ${script} would not run for users`);
		}
	});

	it('agrees with its lock file, which names no registry', () => {
		assert.equal(lock.version, manifest.version);
		assert.deepEqual(lock.packages[''].dependencies, manifest.dependencies);
		assert.deepEqual(lock.packages[''].devDependencies, manifest.devDependencies);
		assert.ok(!JSON.stringify(lock).includes('"resolved"'));
	});

	it('is tested by the command that the README names', () => {
		const command = 'npm ci && npm test';
		assert.ok(readFileSync(join(REPOSITORY, 'README.md'), 'utf8').includes(command));
		assert.ok(readFileSync(join(REPOSITORY, '.ci', 'run'), 'utf8').split('\n').includes(command));
	});
});
