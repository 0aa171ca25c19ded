'use strict';
/** Tells whether `dist` is up to date, so that a command does not build when nothing changed. */
const { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { REPOSITORY } = require('../setup.cjs');

/** All that the build reads; what is missing is passed over. */
const SOURCES = [
	'nodes',
	'credentials',
	'engine',
	'items',
	'voiceprints',
	'errors.ts',
	'once.ts',
	'hostFiles.ts',
	'systemFaults.ts',
	'search.ts',
	'speech-platform',
	'models',
	'tools/build',
	'gulpfile.js',
	'tsconfig.json',
	'package.json',
	'package-lock.json',
	'LICENSE',
	'NOTICE',
	'CHANGELOG.md',
];
const STAMP = join(REPOSITORY, '.cache', 'built');

/** The newest change below a path, in ms. Folders count too: deleting a file changes its folder only. */
function newestChange(path) {
	if (!existsSync(path)) return 0;
	const status = statSync(path);
	const below = status.isDirectory() ? readdirSync(path).map((name) => newestChange(join(path, name))) : [];
	return Math.max(status.mtimeMs, ...below);
}

function isBuilt() {
	if (!existsSync(join(REPOSITORY, 'dist')) || !existsSync(STAMP)) return false;
	return newestChange(STAMP) > Math.max(...SOURCES.map((source) => newestChange(join(REPOSITORY, source))));
}

/** @param {Date} startedAt when the build began: what changed since then is not in it */
function markBuilt(startedAt) {
	mkdirSync(dirname(STAMP), { recursive: true });
	writeFileSync(STAMP, '');
	utimesSync(STAMP, startedAt, startedAt);
}

module.exports = { isBuilt, markBuilt };
