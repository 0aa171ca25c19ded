'use strict';
/** Runs the engine of an installed package on a file and prints the result or the error: `detect.cjs PACKAGE FILE RUNTIME`. */
const { join } = require('node:path');

const [packageFolder, path, runtime] = process.argv.slice(2);
const { runJob, withWorkFolder } = require(join(packageFolder, 'dist', 'engine', 'client', 'client.js'));

withWorkFolder(async (workFolder) => {
	const media = { path, channelMode: 'split' };
	return await runJob({ type: 'vad', media, vad: { preset: 'balanced' }, runtime, workFolder });
}).then(
	(result) => console.log(JSON.stringify({ result })),
	({ code, message, description }) => console.log(JSON.stringify({ error: { code, message, description } })),
);
