/** Files made to break one certain thing: each gets the right answer or the right error, and costs little. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { stopEngine } from '../../dist/engine/client/client.js';
import type { VadResult } from '../../dist/engine/client/protocol.js';
import { textOf } from '../../dist/errors.js';
import { temporaryFolder } from '../engine/process/media/support/encode.mts';
import { faultsOf, goodFile, TIME_LIMIT, type AskGood } from './support/campaign.mts';
import * as crafted from './support/crafted.mts';
import { give, type FuzzedFile } from './support/engine.mts';

let askGood: AskGood;

before(async () => {
	askGood = await goodFile(join(temporaryFolder(), 'good.wav'));
});

after(() => stopEngine());

/** Gives the file to the engine; whatever it is, it may cost no more than any other, and harm none that comes after it. */
async function outcomeOf(file: FuzzedFile) {
	const seen = await give(file, 'vad', TIME_LIMIT);
	const faults = faultsOf(seen);
	const afterwards = await askGood();
	if (afterwards !== undefined) {
		faults.push(afterwards);
		stopEngine();
	}
	assert.deepEqual(faults, []);
	return seen.outcome;
}

async function resultOf(name: string, bytes: Uint8Array): Promise<VadResult> {
	const outcome = await outcomeOf({ name, bytes });
	assert.ok('result' in outcome, 'error' in outcome ? textOf(outcome.error) : '');
	return outcome.result as VadResult;
}

async function codeOf(name: string, bytes: Uint8Array): Promise<string> {
	const outcome = await outcomeOf({ name, bytes });
	return 'error' in outcome ? (outcome.error as { code: string }).code : 'result';
}

/** Makes the files when their turn comes, and one test of each. */
function each(
	what: string,
	names: string[],
	make: () => Map<string, Buffer> | Promise<Map<string, Buffer>>,
	check: (name: string, bytes: Buffer) => Promise<void>,
): void {
	describe(what, () => {
		let files: Map<string, Buffer>;
		before(async () => {
			files = await make();
			assert.deepEqual([...files.keys()], names);
		});
		for (const name of names) it(name, async () => await check(name, files.get(name)!));
	});
}

const warningsOf = ({ warnings }: VadResult) => warnings.map(({ code }) => String(code));

/** Seconds of speech; most of each crafted sound is speech. */
const speechOf = ({ channels }: VadResult) => channels[0].speech_length;

each(
	'more channels or another rate than any recording has are refused',
	['65535-channels.wav', '1000-channels.wav', '65-channels.wav', '1-hertz.wav', '999-hertz.wav', '769-kilohertz.wav'],
	crafted.absurdWavs,
	async (name, bytes) => assert.equal(await codeOf(name, bytes), 'UNSUPPORTED_FORMAT'),
);

each(
	'a header that asks for gigabytes does not get them',
	['tag-of-a-gigabyte.wav', 'adpcm-of-1-hertz.wav'],
	crafted.hungryWavs,
	async (name, bytes) => assert.notEqual(await codeOf(name, bytes), 'result'),
);

each(
	'a size that is wrong does not change what is there',
	['no-size.wav', 'four-gigabytes.wav', 'odd-size.wav', 'two-gigabytes.wav'],
	crafted.wronglySizedWavs,
	async (name, bytes) => {
		const result = await resultOf(name, bytes);
		assert.ok(result.duration <= crafted.SECONDS + 0.01, `${result.duration} s`);
		assert.ok(speechOf(result) > 1);
	},
);

each(
	'one sample that is no number of sound takes nothing of the rest, and is spoken of',
	['inf-16000.wav', 'inf-44100.wav', 'nan-16000.wav', 'nan-44100.wav', 'huge-16000.wav', 'huge-44100.wav'],
	crafted.unsoundSamples,
	async (name, bytes) => {
		const result = await resultOf(name, bytes);
		assert.ok(Math.abs(result.duration - crafted.SECONDS) < 0.05, `${result.duration} s`);
		assert.ok(speechOf(result) > 0.8 * crafted.SECONDS, `${speechOf(result)} s of speech`);
		assert.ok(result.warnings.length > 0, 'no warning');
	},
);

each(
	'hours between two packets do not fill the disk',
	['gaps-of-days.mkv', 'gaps-of-days.mp4', 'gaps-of-an-hour.mkv'],
	crafted.gappedFiles,
	async (name, bytes) => assert.match(await codeOf(name, bytes), /^(FILE_TOO_LONG|result)$/),
);

each('a language tag writes no timeline', ['tag.ogg', 'tag.mkv', 'tag.oga'], crafted.talkingTags, async (name, bytes) => {
	const result = await resultOf(name, bytes);
	assert.ok(Math.abs(result.duration - crafted.SECONDS) < 0.1, `${result.duration} s`);
	assert.deepEqual(warningsOf(result), []);
});

each(
	'a FLAC file that says what cannot be costs nothing',
	['1-hertz.flac', '0-hertz.flac', 'blocks.flac'],
	crafted.absurdFlacs,
	async (name, bytes) => {
		const code = await codeOf(name, bytes);
		if (name === '1-hertz.flac') assert.equal(code, 'UNSUPPORTED_FORMAT');
	},
);

it('an edit list that begins with nothing is time, and nothing is missing', async () => {
	const result = await resultOf('late.mp4', await crafted.lateMp4());
	assert.ok(!warningsOf(result).includes('TRUNCATED_FILE'), JSON.stringify(result.warnings));
	assert.ok(result.channels[0].segments[0].start_time >= crafted.LATE, `${result.channels[0].segments[0].start_time} s`);
});

it('a name of a megabyte makes no message of a megabyte', async () => {
	const name = `${'long '.repeat(200_000)}.mp3`;
	assert.equal(await codeOf(name, Buffer.from('no sound at all '.repeat(100))), 'NOT_MEDIA');
});
