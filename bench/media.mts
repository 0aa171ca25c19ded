/** `--data FOLDER`: the sample call there in every format of the tests, and at every usual sample rate. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesOf, channelsOf, FORMATS, VIDEOS, type Format } from '../test/engine/process/media/support/formats.mts';
import { SAMPLE_RATE } from '../test/support/recordings.mts';
import { callOf } from './formats.mts';

/** Of the call: there is speech in both channels, and silence. */
const SECONDS = 12;

const RATES = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 96000];
/** What can have each of these rates; MP3 ends at 48 kHz. */
const AT_RATES: Array<[ending: string, codec: string, highest: number]> = [
	['wav', 'pcm_s16le', Infinity],
	['flac', 'flac', Infinity],
	['m4a', 'aac', Infinity],
	['mp3', 'libmp3lame', 48000],
];

const atRates = (): Format[] =>
	AT_RATES.flatMap(([ending, codec, highest]) =>
		RATES.filter((rate) => rate <= highest).map((rate) => ({ name: `at-${rate}.${ending}`, args: ['-c:a', codec], rate, codec })),
	);

export async function mediaBench(folder: string | undefined): Promise<void> {
	if (folder === undefined) throw new Error('Where to? --data FOLDER');
	mkdirSync(folder, { recursive: true });
	const formats = [...FORMATS, ...VIDEOS, ...atRates()];
	for (const format of formats) {
		const channels = await callOf(SECONDS, channelsOf(format));
		writeFileSync(join(folder, format.name), await bytesOf(format, { channels, rate: SAMPLE_RATE }));
	}
	console.log(`${formats.length} files in ${folder}`);
}
