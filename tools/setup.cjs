'use strict';
/**
 * Makes sure that Node 24 is there, whatever Node the machine has (this file itself runs on Node 18 and later).
 * The npm package `node` brings it: its install script picks the build for this machine. As `.npmrc` turns install
 * scripts off for good reasons, that single script is run here, once.
 */
const { spawnSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { npmCommand } = require('./npm.cjs');

const REPOSITORY = join(__dirname, '..');

/** The first Node that runs TypeScript as it is. */
const OLDEST = [22, 18];

/** Where the npm package `node` puts its executable, from the folder in which it is installed. */
function executableOf(folder, platform = process.platform) {
	return join(folder, 'node_modules', 'node', 'bin', platform === 'win32' ? 'node.exe' : 'node');
}

/** Whether the C library is another than glibc, for which alone there are builds of Node for Linux in npm. */
function isMusl(platform = process.platform, report = readReport) {
	return platform === 'linux' && report().header.glibcVersionRuntime === undefined;
}

/** What Node knows of the machine; without this setting it looks up the names of all open connections. */
function readReport() {
	process.report.excludeNetwork = true;
	return process.report.getReport();
}

/** The Node that runs this, where it can do what is to come. */
function ownNode(version = process.versions.node) {
	const [major, minor] = version.split('.').map(Number);
	if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return process.execPath;
	throw new Error(`npm has no build of Node for musl (Alpine), so that Node ${OLDEST.join('.')} or later must be installed; this is ${version}`);
}

/** Path of Node 24's executable; on musl, of the Node that runs this. Progress goes to stderr, since stdout belongs to the command that follows. */
function ensureNode() {
	if (isMusl()) return ownNode();
	const node = executableOf(REPOSITORY);
	if (existsSync(node)) return node;
	if (!existsSync(join(REPOSITORY, 'node_modules', 'node'))) {
		throw new Error('The dependencies are not installed. Run: npm ci');
	}
	console.error('Setting up Node 24 from the npm package "node" (once, a few seconds) …');
	const [command, args] = npmCommand(['rebuild', 'node', '--ignore-scripts=false', '--foreground-scripts', '--no-audit', '--no-fund']);
	const { status } = spawnSync(command, args, { cwd: REPOSITORY, stdio: ['ignore', 2, 2] });
	if (status !== 0 || !existsSync(node)) {
		throw new Error('Node 24 could not be set up. Run: npm rebuild node --ignore-scripts=false');
	}
	return node;
}

module.exports = { ensureNode, executableOf, isMusl, ownNode, REPOSITORY };
