/**
 * `npm run demo`: the real node on n8n's real execution engine, from the command line. Without arguments it runs on
 * the sample call and shows segments as a table with a small timeline; `--json` prints one JSON document per file.
 */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { INodeParameters } from 'n8n-workflow';
import { FOLDER, parseDemoArguments, USAGE, UsageError, type DemoRequest } from './arguments.mts';
import { createHarness, type Harness, type HarnessItem, type RunResult } from '../n8n/harness.mts';
import { showAnswer, showComparison } from './show.mts';

interface Answer {
	file: string;
	[field: string]: unknown;
}

/** The one item of a run, or its error, with the file's name as it was given. */
function answerOf(file: string, { output, error }: RunResult): Answer {
	if (error) return { file, error: { code: error.context.code ?? error.name, message: error.message, description: error.description } };
	return { file, ...output[0].json };
}

/** Of each recording of somebody known: the voiceprint of the first channel with speech, named as the file. */
async function knownItems(harness: Harness, files: string[]): Promise<HarnessItem[]> {
	const items: HarnessItem[] = [];
	for (const file of files) {
		const answer = await processFile(harness, { node: 'extractVoiceprint', parameters: { output: 'file' } }, file);
		if (answer.error) throw new UsageError(`--known ${file}: ${(answer.error as { message: string }).message}`);
		const name = file.split(/[\\/]/).at(-1)!.replace(/\.[^.]+$/, '');
		items.push({ json: { name, ...voiceprintOf(answer) } });
	}
	return items;
}

async function processFile(
	harness: Harness,
	{ node, parameters, credentials }: Pick<DemoRequest, 'node' | 'parameters' | 'credentials'>,
	file: string,
	secondItems?: HarnessItem[],
): Promise<Answer> {
	const path = resolve(FOLDER, file);
	if (!existsSync(path)) {
		const description = 'Check the path; it counts from the folder in which you are.';
		return { file, error: { code: 'FILE_NOT_FOUND', message: `There is no file '${file}'`, description } };
	}
	const items = [{ json: {}, files: { data: { path, fileName: file.split(/[\\/]/).at(-1) } } }];
	return answerOf(file, await harness.run({ node, parameters, credentials, items, secondItems, onError: 'continueRegularOutput' }));
}

/** The first channel with speech, or the first. */
function voiceprintOf({ channels }: Answer): INodeParameters {
	const list = channels as Array<{ voiceprint: string; model: string; speech_length: number }>;
	const { voiceprint, model } = list.find(({ speech_length }) => speech_length > 0) ?? list[0];
	return { voiceprint, model };
}

/** Both files' voiceprints through Extract Voiceprint, then Compare Voiceprints. */
async function compareFiles(harness: Harness, request: DemoRequest): Promise<Answer> {
	const answers: Answer[] = [];
	for (const file of request.files) answers.push(await processFile(harness, request, file));
	const file = request.files.join(' and ');
	const failed = answers.find(({ error }) => error);
	if (failed) return { ...failed, file };
	const [first, second] = answers.map(voiceprintOf);
	const items = [{ json: { ...first, voiceprint_2: second.voiceprint } }];
	const { comparison: parameters, credentials } = request;
	const result = await harness.run({ node: 'compareVoiceprints', parameters, credentials, items, onError: 'continueRegularOutput' });
	return { ...answerOf(file, result), files: request.files };
}

async function answersOf(harness: Harness, request: DemoRequest, answer: (one: Answer) => void): Promise<void> {
	if (request.comparison) return answer(await compareFiles(harness, request));
	const known = request.known && (await knownItems(harness, request.known));
	for (const file of request.files) answer(await processFile(harness, request, file, known));
}

async function main(): Promise<number> {
	const request = parseDemoArguments(process.argv.slice(2));
	if (request === 'help') {
		console.log(USAGE);
		return 0;
	}
	// On the command line whoever names a file may read it.
	const harness = await createHarness({ readableFolder: '' });
	let failures = 0;
	// The harness holds copies of the recordings.
	for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
		process.once(signal, () => {
			harness.dispose();
			process.exit(code);
		});
	}
	try {
		const show = request.comparison ? showComparison : showAnswer;
		await answersOf(harness, request, (answer) => {
			if (answer.error) failures++;
			console.log(request.json ? JSON.stringify(answer) : show(answer));
		});
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
