/**
 * `npm run demo`: the real node on n8n's real execution engine, from the command line. Without arguments it runs on
 * the sample call and shows segments as a table with a small timeline; `--json` prints one JSON document per file.
 * Results go to stdout and what is wrong to stderr. It ends with 1 where a file failed, and with 2 where the command
 * line makes no sense.
 */
import { createHarness, type Harness } from '../n8n/harness.mts';
import { parseDemoArguments, type DemoRequest } from './arguments.mts';
import { compareFiles } from './compareFiles.mts';
import { saveClips, saveSpeechOnly } from './cuts.mts';
import { knownItems } from './knownSpeakers.mts';
import { usage } from './options.mts';
import { UsageError } from './parse.mts';
import { processFile, RunFault, type Answer } from './run.mts';
import { showAnswer } from './show.mts';
import { showComparison } from './showComparison.mts';

async function answersOf(harness: Harness, request: DemoRequest, answer: (one: Answer) => void): Promise<void> {
	if (request.comparison) return answer(await compareFiles(harness, request));
	const known = request.known && (await knownItems(harness, request.known));
	for (const file of request.files) {
		const found = await processFile(harness, request, file, known, async (item) => await saveSpeechOnly(harness, request, item));
		answer(found.error ? found : { ...found, ...(await saveClips(harness, request, file)) });
	}
}

function printError({ file, error }: Answer): void {
	const { message, description } = error!;
	const namesFile = message.includes(`'${file}'`);
	console.error([namesFile ? message : `${file}: ${message}`, description].filter(Boolean).join('\n  '));
}

async function main(): Promise<number> {
	const request = parseDemoArguments(process.argv.slice(2), process.env);
	if (request === 'help') {
		console.log(usage());
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
			if (answer.error) {
				failures++;
				printError(answer);
			}
			if (request.json) console.log(JSON.stringify(answer));
			else if (!answer.error) console.log(show(answer));
		});
	} finally {
		harness.dispose();
	}
	return failures > 0 ? 1 : 0;
}

try {
	process.exitCode = await main();
} catch (error) {
	if (!(error instanceof UsageError || error instanceof RunFault)) throw error;
	console.error(error.message);
	process.exitCode = error instanceof UsageError ? 2 : 1;
}
