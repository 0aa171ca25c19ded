/** How the npm scripts find Node and npm on each system. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { npmCommand } from '../../tools/npm.cjs';
import { executableOf, isMusl, ownNode } from '../../tools/setup.cjs';

describe('npm', () => {
	it('is its own file under this Node where npm names it, since Windows starts no npm.cmd without a shell', () => {
		const script = join('somewhere', 'npm', 'bin', 'npm-cli.js');
		assert.deepEqual(npmCommand(['ci', '--audit=false'], { npm_execpath: script }), [process.execPath, [script, 'ci', '--audit=false']]);
	});

	it('is that of the path elsewhere, and where another package manager runs the script', () => {
		assert.deepEqual(npmCommand(['ci'], {}), ['npm', ['ci']]);
		assert.deepEqual(npmCommand(['ci'], { npm_execpath: '/usr/lib/node_modules/pnpm/bin/pnpm.cjs' }), ['npm', ['ci']]);
	});

	it('answers', () => {
		assert.match(execFileSync(...npmCommand(['--version']), { encoding: 'utf8' }), /^\d+\.\d+\.\d+/);
	});
});

describe('Node', () => {
	it('of the npm package is where its install script puts it', () => {
		assert.ok(executableOf('a', 'win32').endsWith(join('bin', 'node.exe')));
		assert.ok(executableOf('a', 'darwin').endsWith(join('bin', 'node')));
	});

	it('is the one that is there on musl, for which npm has none', () => {
		assert.equal(isMusl('linux', () => ({ header: {} })), true);
		assert.equal(isMusl('linux', () => ({ header: { glibcVersionRuntime: '2.36' } })), false);
		assert.equal(isMusl('darwin', () => ({ header: {} })), false);
		for (const version of ['22.18.0', '24.0.0', '26.10.0']) assert.equal(ownNode(version), process.execPath);
		assert.throws(() => ownNode('20.19.0'), /Node 22\.18 or later must be installed; this is 20\.19\.0/);
	});
});
