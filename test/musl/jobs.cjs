'use strict';
/**
 * Runs both kinds of jobs of an installed package on files and prints a JSON array of what came of each:
 * `jobs.cjs PACKAGE RUNTIME FILE…`.
 */
const { join } = require('node:path');

const [packageFolder, runtime, ...files] = process.argv.slice(2);
const { runJob, withWorkFolder } = require(join(packageFolder, 'dist', 'engine', 'client', 'client.js'));

/** Of one file by the accurate model, which takes long. */
const modelFor = (path) => (path.endsWith('s16.wav') ? 'accurate' : 'fast');

const REQUESTS = {
	vad: () => ({}),
	voiceprint: (path) => ({ voiceprint: { model: modelFor(path), maximumSpeech: 0, minimumSpeech: 1, onLittleSpeech: 'warn' } }),
};

async function run(type, path) {
	const media = { path, channelMode: 'split' };
	const job = { type, media, vad: { preset: 'balanced' }, runtime, ...REQUESTS[type](path) };
	try {
		return { result: await withWorkFolder(async (workFolder) => await runJob({ ...job, workFolder })) };
	} catch ({ code, message, description }) {
		return { error: { code, message, description } };
	}
}

async function main() {
	process.report.excludeNetwork = true;
	const { glibcVersionRuntime: glibc } = process.report.getReport().header;
	const answers = [];
	for (const path of files) {
		for (const type of Object.keys(REQUESTS)) answers.push({ type, path, ...(await run(type, path)) });
	}
	console.log(JSON.stringify({ glibc, answers }));
}

void main();
