/** Whether the same person speaks in two files: each channel of the one beside each channel of the other. */
import type { INodeParameters } from 'n8n-workflow';
import type { Harness } from '../n8n/harness.mts';
import type { DemoRequest } from './arguments.mts';
import { answerOf, processFile, withoutItem, type Answer } from './run.mts';

interface Channel {
	channel_number: number;
	speech_length: number;
	model: string;
	voiceprint: string;
}

/** Of a file's extraction: `channel_number` is absent where it is about the whole file. */
interface Warning {
	code: string;
	message: string;
	channel_number?: number;
}

interface Extracted extends Answer {
	channels: Channel[];
	warnings: Warning[];
}

/** What Compare Voiceprints says of two channels. */
export interface PairAnswer {
	/** As they were given on the command line. */
	file: string;
	channel_number: number;
	second_file: string;
	second_channel_number: number;
	[field: string]: unknown;
}

/**
 * @returns one answer for all pairs: `pairs` has one entry for each, `same_speaker` says whether any of them is of one
 * speaker, `warnings` is what the extraction found
 */
export async function compareFiles(harness: Harness, request: DemoRequest): Promise<Answer> {
	const file = request.files.join(' and ');
	const found: Extracted[] = [];
	for (const one of request.files) {
		const answer = await processFile(harness, request, one);
		if (answer.error) return answer;
		const extracted = answer as Extracted;
		if (speaking(extracted).length === 0) return { file: one, error: silent(one) };
		found.push(extracted);
	}
	const [first, second] = found as [Extracted, Extracted];
	const combinations = speaking(first).flatMap((one) => speaking(second).map((other) => ({ one, other })));
	const { comparison: parameters, credentials } = request;
	const { output, error } = await harness.run({
		node: 'compareVoiceprints',
		parameters,
		credentials,
		items: combinations.map(({ one, other }) => ({ json: { ...sideOf(one), ...sideOf(other, '_2') } })),
	});
	if (error) return answerOf(file, { output, error });
	const pairs = combinations.map(({ one, other }, i): PairAnswer => ({
		...output[i].json,
		file: first.file,
		channel_number: one.channel_number,
		second_file: second.file,
		second_channel_number: other.channel_number,
	}));
	const same = pairs.some(({ same_speaker }) => same_speaker === true);
	return { file, files: request.files, same_speaker: same, pairs, warnings: found.flatMap(warningsOf) };
}

const speaking = ({ channels }: Extracted): Channel[] => channels.filter(({ speech_length }) => speech_length > 0);

function sideOf({ voiceprint, model, speech_length }: Channel, suffix = ''): INodeParameters {
	return { [`voiceprint${suffix}`]: voiceprint, [`model${suffix}`]: model, [`speech_length${suffix}`]: speech_length };
}

function silent(file: string): { code: string; message: string } {
	return { code: 'NO_SPEECH', message: `Nobody speaks in '${file}', so there is nothing to compare` };
}

function warningsOf({ file, warnings = [] }: Extracted): object[] {
	return warnings.map(({ message, ...more }) => ({ file, ...more, message: withoutItem(message) }));
}
