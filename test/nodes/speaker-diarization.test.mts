/** Speaker Diarization with the real engine: the sample call in one channel, whose two voices take turns. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { HarnessItem, RunOptions } from '../../tools/n8n/harness.mts';
import { diarizationErrors } from '../../bench/errorRate.mts';
import { CALL, CALL_TRUTH } from '../support/recordings.mts';
import { harness, nodeOf } from './support/node.mts';
import { wav } from './support/wav.mts';

const { stopEngine } = createRequire(import.meta.url)('../../dist/engine/client/client.js') as { stopEngine: () => void };
after(() => stopEngine());

const call = (): HarnessItem => ({ json: {}, files: { data: { buffer: readFileSync(CALL), fileName: 'call.ogg' } } });

async function diarize(parameters: INodeParameters = {}, rest: Partial<RunOptions> = {}) {
	return await harness.run({ node: 'speakerDiarization', parameters: { channelMode: 'mix', ...parameters }, items: [call()], ...rest });
}

interface Segment {
	start_time: number;
	end_time: number;
	speaker: string;
	name: string | null;
}

interface File {
	speakers_count: number;
	duration: number;
	channels: Array<{ speakers: Array<Record<string, number | string | null>>; segments: Segment[]; overlaps: object[] }>;
	[format: string]: unknown;
}

const REFERENCE = CALL_TRUTH.channels.flatMap(({ channel_number: number, speech }) =>
	speech.map(([start, end]) => ({ start, end, speaker: `channel ${number}` })),
);

const errorRate = (segments: Segment[]) => {
	const found = segments.map(({ start_time: start, end_time: end, speaker }) => ({ start, end, speaker }));
	const { speech, missed, falseAlarm, confused } = diarizationErrors(REFERENCE, found, 0.25);
	return (missed + falseAlarm + confused) / speech;
};

let file: File;
let speakers: IDataObject[];

before(async () => {
	const { output, error } = await diarize({ options: { labels: ['rttm', 'webvtt'] } });
	assert.equal(error?.message, undefined);
	file = output[0].json as unknown as File;
	speakers = (await diarize({ output: 'speaker' })).output.map(({ json }) => json);
});

describe('a call of two in one channel', () => {
	it('has two speakers who take turns, each where the truth says', () => {
		assert.equal(file.speakers_count, 2);
		const { segments } = file.channels[0];
		assert.deepEqual(segments.map(({ speaker }) => speaker), ['SPEAKER_00', 'SPEAKER_01', 'SPEAKER_00', 'SPEAKER_01', 'SPEAKER_00', 'SPEAKER_01']);
		assert.ok(errorRate(segments) < 0.05, `${errorRate(segments)}`);
	});

	it('adds up: talk times, shares and turns', () => {
		const [{ speakers: both, segments }] = file.channels;
		for (const { speaker, talk_time: talk, turns } of both) {
			const own = segments.filter((one) => one.speaker === speaker);
			assert.equal(turns, own.length);
			assert.ok(Math.abs(own.reduce((sum, one) => sum + one.end_time - one.start_time, 0) - (talk as number)) < 0.01);
		}
		assert.ok(Math.abs(both.reduce((sum, { share }) => sum + (share as number), 0) - 1) < 0.01);
	});

	it('comes as text for other programs too', () => {
		assert.equal((file.rttm as string).trim().split('\n').length, 6);
		assert.match(file.rttm as string, /^SPEAKER call 1 \d/);
		assert.match(file.webvtt as string, /^WEBVTT\n\n00:00:0/);
	});

	it('gives an item per speaker with a voiceprint, and per segment with the same columns, flat', async () => {
		assert.deepEqual(speakers.map(({ speaker, reliable }) => [speaker, reliable]), [['SPEAKER_00', true], ['SPEAKER_01', true]]);
		for (const { voiceprint } of speakers) assert.match(voiceprint as string, /^TjhWUA/);
		const { output } = await diarize({ output: 'segment' });
		assert.equal(output.length, 6);
		assert.deepEqual(output[1].pairedItem, { item: 0 });
		for (const { json } of [...output, ...speakers.map((json) => ({ json }))]) {
			assert.ok(Object.values(json).every((value) => value === null || typeof value !== 'object'));
		}
		assert.equal(new Set(output.map(({ json }) => Object.keys(json).join())).size, 1);
	});

	it('names whom it knows, and nobody else', async () => {
		const known = { json: { who: 'Ben', voiceprint: speakers[1].voiceprint } };
		const { output, error } = await diarize({ knownSpeakers: 'input', nameField: 'who' }, { secondItems: [known] });
		assert.equal(error?.message, undefined);
		const { speakers: both, segments } = (output[0].json as unknown as File).channels[0];
		assert.deepEqual(both.map(({ name, identified }) => [name, identified]), [[null, false], ['Ben', true]]);
		assert.ok((both[1].name_score as number) > 2 && (both[0].name_score as number) < 0);
		assert.equal(segments[1].name, 'Ben');
	});

	it('has one speaker where both voices are one known person', async () => {
		const secondItems = speakers.map(({ voiceprint }) => ({ json: { name: 'Ben', voiceprint } }));
		const { output, error } = await diarize({ knownSpeakers: 'input' }, { secondItems });
		assert.equal(error?.message, undefined);
		const { speakers: one, segments } = (output[0].json as unknown as File).channels[0];
		assert.deepEqual(one.map(({ speaker, name, identified }) => [speaker, name, identified]), [['SPEAKER_00', 'Ben', true]]);
		assert.ok(segments.every(({ speaker, name }) => speaker === 'SPEAKER_00' && name === 'Ben'));
		const both = speakers.reduce((sum, { talk_time: talk }) => sum + (talk as number), 0);
		assert.ok((one[0].talk_time as number) > 0.98 * both);
	});

	it('has the same two with Fast, who are known by voiceprints of Fast alone', async () => {
		const { output } = await diarize({ model: 'fast', output: 'speaker', options: { simplify: false } });
		assert.deepEqual(output.map(({ json }) => [json.speaker, json.turns]), [['SPEAKER_00', 3], ['SPEAKER_01', 3]]);
		assert.equal(output[0].json.model, 'voiceprint-small-v2');
		const known = (voiceprint: unknown) => ({ secondItems: [{ json: { name: 'Ben', voiceprint } as IDataObject }] });
		const named = await diarize({ model: 'fast', knownSpeakers: 'input' }, known(output[1].json.voiceprint));
		const { speakers: both, segments } = (named.output[0].json as unknown as File).channels[0];
		assert.deepEqual(both.map(({ name }) => name), [null, 'Ben']);
		assert.ok(errorRate(segments) < 0.05, `${errorRate(segments)}`);
		const { error } = await diarize({ model: 'fast', knownSpeakers: 'input' }, known(speakers[1].voiceprint));
		assert.equal(error?.context.code, 'MODELS_DIFFER');
	});

	it('has one speaker in two seconds of it', async () => {
		const { start_time: start } = file.channels[0].segments[0];
		const { output } = await diarize({ rangeFrom: start, rangeTo: start + 2, output: 'speaker' });
		assert.equal(output.length, 1);
		assert.equal(output[0].json.reliable, false);
		assert.ok((output[0].json.talk_time as number) > 1);
	});

	it('has its times from the beginning of the file, also of a part of it', async () => {
		const { output } = await diarize({ rangeFrom: 9.6, output: 'speaker' });
		assert.ok(Math.abs((output[0].json.first_time as number) - file.channels[0].segments[2].start_time) < 0.2);
		const { output: segments } = await diarize({ rangeFrom: 9.6, output: 'segment' });
		assert.equal(segments[0].json.start_time, output[0].json.first_time);
	});

	it('has no more speakers than are said', async () => {
		const { output } = await diarize({ speakerCount: 'exactly', speakers: 1 });
		assert.equal((output[0].json as unknown as File).speakers_count, 1);
	});

	it('counts on over the channels where they are apart', async () => {
		const { output } = await diarize({ channelMode: 'split', output: 'speaker' });
		assert.deepEqual(output.map(({ json }) => [json.channel_number, json.speaker]), [[0, 'SPEAKER_00'], [1, 'SPEAKER_01']]);
	});
});

it('the model is asked for where speakers are found here', () => {
	const { properties } = nodeOf('speakerDiarization').description;
	const { default: first, options, displayOptions } = properties.find(({ name }) => name === 'model')!;
	assert.deepEqual([first, options!.map(({ name }) => name)], ['accurate', ['Accurate', 'Fast']]);
	assert.deepEqual(displayOptions, { show: { engine: ['local'], operation: ['diarize'] } });
});

describe('what is wrong is said', () => {
	const code = async (parameters: INodeParameters, rest: Partial<RunOptions> = {}) => {
		const { error } = await diarize(parameters, rest);
		return [error?.context.code, error?.context.itemIndex];
	};

	it('with the numbers of speakers', async () => {
		assert.deepEqual(await code({ speakerCount: 'between', minimumSpeakers: 4, maximumSpeakers: 3 }), ['INVALID_PARAMETER', 0]);
		assert.deepEqual(await code({ speakerCount: 'exactly', speakers: 0 }), ['INVALID_PARAMETER', 0]);
	});

	it('with the known speakers', async () => {
		const known = (json: IDataObject) => ({ secondItems: [{ json }] });
		const parameters = { knownSpeakers: 'input' };
		assert.deepEqual(await code(parameters, known({ name: 'Ben' })), ['VOICEPRINT_MISSING', 0]);
		assert.deepEqual(await code(parameters, known({ name: 'Ben', voiceprint: 'TjhWUA==' })), ['INVALID_VOICEPRINT', 0]);
	});
});

it('music is nobody, and that is said', async () => {
	const chords = [[220, 277, 330], [196, 247, 294], [175, 220, 262]];
	const music = wav({ seconds: 12 }, (time) => {
		const strings = chords[Math.floor(time) % 3].flatMap((pitch) => [1, 2, 3, 4].map((harmonic) => Math.sin(2 * Math.PI * pitch * harmonic * time) / harmonic));
		return 0.06 * Math.exp(-2 * (time % 1)) * strings.reduce((sum, one) => sum + one, 0);
	});
	const { output, error } = await diarize({}, { items: [{ json: {}, files: { data: { buffer: music, fileName: 'music.wav' } } }] });
	assert.equal(error?.message, undefined);
	const { speakers_count: count, warnings } = output[0].json as unknown as { speakers_count: number; warnings: Array<{ code: string }> };
	assert.equal(count, 0);
	assert.deepEqual(warnings.map(({ code }) => code), ['NO_SPEECH']);
});

it('a file in which nobody speaks gives an item without times', async () => {
	const items = [{ json: {}, files: { data: { buffer: wav({ seconds: 2, channels: 1 }, () => 0), fileName: 'silence.wav' } } }];
	for (const output of ['segment', 'speaker']) {
		const { output: found } = await diarize({ output, channelMode: 'split' }, { items });
		assert.equal(found.length, 1);
		assert.equal(found[0].json.speaker, null);
		assert.match(found[0].json.warnings as string, /SILENT_CHANNEL/);
	}
	for (const output of ['segment', 'speaker']) {
		const { output: none } = await diarize({ output, channelMode: 'split', options: { keepFilesWithoutSpeech: false } }, { items });
		assert.deepEqual(none, []);
	}
});

describe('the transcript of the call', () => {
	const words = [['Good', 1.2], ['morning.', 2], ['Hello,', 5.2], ['Anna.', 6], ['Yes?', 11]] as const;
	const transcript = { words: words.map(([word, start]) => ({ word, start, end: start + 0.4 })) };

	it('becomes a dialogue, with the segments in the same item or by an expression', async () => {
		const { output, error } = await harness.run({
			node: 'speakerDiarization',
			parameters: { operation: 'addToTranscript' },
			items: [{ json: { ...transcript, ...(file as unknown as IDataObject) } }],
		});
		assert.equal(error?.message, undefined);
		assert.equal(output[0].json.dialogue, 'SPEAKER_00: Good morning.\nSPEAKER_01: Hello, Anna.\nSPEAKER_00: Yes?');
		assert.deepEqual(output[0].pairedItem, { item: 0 });
	});

	it('without times is refused, and so is what holds no segments', async () => {
		for (const [json, text] of [
			[{ text: 'Good morning', channels: [] }, /'Transcript' has no words or sentences with times/],
			[transcript, /'Speakers' must be what Find Speakers gives/],
		] as const) {
			const { error } = await harness.run({ node: 'speakerDiarization', parameters: { operation: 'addToTranscript' }, items: [{ json: json }] });
			assert.equal(error?.context.code, 'INVALID_PARAMETER');
			assert.match(error.message, text);
			assert.equal(error.context.itemIndex, 0);
		}
	});
});
