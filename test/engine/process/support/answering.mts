/** The script of a thread that does what it is asked. */
import { workerData } from 'node:worker_threads';
import { VoiceprintError } from '../../../../dist/errors.js';
import { answerQuestions } from '../../../../dist/engine/process/thread.js';

const DEEDS: Record<string, () => unknown> = {
	data: () => workerData,
	later: () => new Promise((resolve) => setTimeout(resolve, 100, 'done')),
	ours: () => {
		throw new VoiceprintError('NO_AUDIO', 'Nothing to hear', 'Send sound.');
	},
	other: () => {
		throw new RangeError('too far');
	},
	exit: () => process.exit(3),
	uncaught: () => new Promise(() => setImmediate(() => {
		throw new Error('nobody catches this');
	})),
	greedy: () => {
		const taken: string[][] = [];
		for (;;) taken.push(Array.from({ length: 10_000 }, (_, i) => `${taken.length} ${i}`));
	},
};

answerQuestions((deed: string) => DEEDS[deed]());
