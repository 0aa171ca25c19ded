/**
 * `npm run demo`: the real node on n8n's real execution engine, from the command line. Without arguments it runs on
 * the sample call and shows segments as a table with a small timeline; `--json` prints one JSON document per file.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDemoArguments, USAGE, UsageError, type DemoRequest } from './arguments.mts';
import { createHarness, type Harness, type RunResult } from '../n8n/harness.mts';
import { showAnswer } from './show.mts';

interface Answer {
	file: string;
	[field: string]: unknown;
}

/** The one item of a run, or its error, with the file's name as it was given. */
function answerOf(file: string, { output, error }: RunResult): Answer {
	if (error) return { file, error: { code: error.context.code ?? error.name, message: error.message, description: error.description } };
	return { file, ...output[0].json };
}

async function processFile(harness: Harness, { node, parameters, credentials }: DemoRequest, file: string): Promise<Answer> {
	const path = resolve(process.env.INIT_CWD ?? process.cwd(), file);
	if (!existsSync(path)) {
		const description = 'Check the path; it counts from the folder in which you are.';
		return { file, error: { code: 'FILE_NOT_FOUND', message: `There is no file '${file}'`, description } };
	}
	const items = [{ json: {}, files: { data: { path, fileName: file.split(/[\\/]/).at(-1) } } }];
	return answerOf(file, await harness.run({ node, parameters, credentials, items, onError: 'continueRegularOutput' }));
}

async function main(): Promise<number> {
	const request = parseDemoArguments(process.argv.slice(2));
	if (request === 'help') {
		console.log(USAGE);
		return 0;
	}
	const harness = await createHarness();
	let failures = 0;
	try {
		for (const file of request.files) {
			const answer = await processFile(harness, request, file);
			if (answer.error) failures++;
			console.log(request.json ? JSON.stringify(answer) : showAnswer(answer));
		}
	} finally {
		harness.dispose();
	}
	return failures > 0 ? 1 : 0;
}

try {
	process.exitCode = await main();
} catch (error) {
	if (!(error instanceof UsageError)) throw error;
	console.error(`${error.message}\n\n${USAGE}`);
	process.exitCode = 2;
}
