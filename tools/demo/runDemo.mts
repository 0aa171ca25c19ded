/** All that `npm run demo` does, but for the process around it. */
import type { Harness } from '../n8n/harness.mts';
import { parseDemoArguments, type DemoRequest } from './arguments.mts';
import { compareFiles } from './compareFiles.mts';
import { saveClips, saveSpeechOnly } from './cuts.mts';
import { knownItems } from './knownSpeakers.mts';
import { usage } from './options.mts';
import { UsageError } from './parse.mts';
import { processFile, RunFault, type Answer } from './run.mts';
import { showAnswer } from './show.mts';
import { showComparison } from './showComparison.mts';

/** Known people need voiceprints of the model that tells speakers apart. */
const modelOf = ({ parameters: { model } }: DemoRequest) => (model === undefined ? {} : { model });

async function answersOf(harness: Harness, request: DemoRequest, answer: (one: Answer) => void): Promise<void> {
	if (request.comparison) return answer(await compareFiles(harness, request));
	const known = request.known && (await knownItems(harness, request.known, modelOf(request)));
	for (const file of request.files) {
		const found = await processFile(harness, request, file, known, async (item) => await saveSpeechOnly(harness, request, item));
		answer(found.error ? found : { ...found, ...(await saveClips(harness, request, file)) });
	}
}

function errorText({ file, error }: Answer): string {
	const { message, description } = error!;
	const namesFile = message.includes(`'${file}'`);
	return [namesFile ? message : `${file}: ${message}`, description].filter(Boolean).join('\n  ');
}

/** What is around a run. */
export interface Surroundings {
	env: Record<string, string | undefined>;
	/** Takes what goes to stdout; a line break follows each. */
	out: (text: string) => void;
	/** To stderr. */
	err: (text: string) => void;
	/** Called at most once, when the command line makes sense. */
	harness: () => Promise<Harness>;
}

/** @returns the exit code: 1 where a file failed, 2 where the command line makes no sense */
export async function runDemo(args: string[], surroundings: Surroundings): Promise<number> {
	try {
		return await run(args, surroundings);
	} catch (error) {
		if (!(error instanceof UsageError || error instanceof RunFault)) throw error;
		surroundings.err(error.message);
		return error instanceof UsageError ? 2 : 1;
	}
}

async function run(args: string[], { env, out, err, harness }: Surroundings): Promise<number> {
	const request = parseDemoArguments(args, env);
	if (request === 'help') {
		out(usage());
		return 0;
	}
	const show = request.comparison ? showComparison : showAnswer;
	let failures = 0;
	await answersOf(await harness(), request, (answer) => {
		if (answer.error) {
			failures++;
			err(errorText(answer));
		}
		if (request.json) out(JSON.stringify(answer));
		else if (!answer.error) out(show(answer));
	});
	return failures > 0 ? 1 : 0;
}
