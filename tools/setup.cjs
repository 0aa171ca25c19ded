'use strict';
/**
 * Makes sure that Node 24 is there, whatever Node the machine has (this file itself runs on Node 18 and later).
 * The npm package `node` brings it: its install script picks the build for this machine. As `.npmrc` turns install
 * scripts off for good reasons, that single script is run here, once.
 */
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const REPOSITORY = join(__dirname, '..');
const NODE = join(REPOSITORY, 'node_modules', 'node', 'bin', 'node');

/** Path of Node 24's executable. Progress goes to stderr, since stdout belongs to the command that follows. */
function ensureNode() {
	if (existsSync(NODE)) return NODE;
	if (!existsSync(join(REPOSITORY, 'node_modules', 'node'))) {
		throw new Error('The dependencies are not installed. Run: npm ci');
	}
	console.error('Setting up Node 24 from the npm package "node" (once, a few seconds) …');
	const { status } = spawnSync(
		'npm',
		['rebuild', 'node', '--ignore-scripts=false', '--foreground-scripts', '--no-audit', '--no-fund'],
		{
			cwd: REPOSITORY,
			stdio: ['ignore', 2, 2],
		},
	);
	if (status !== 0 || !existsSync(NODE)) {
		throw new Error('Node 24 could not be set up. Run: npm rebuild node --ignore-scripts=false');
	}
	return NODE;
}

module.exports = { ensureNode, REPOSITORY };
