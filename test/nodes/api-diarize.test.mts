/** Speaker Diarization by the Speech Platform API: what is sent, what comes out, and what a server cannot do is said. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, describe, it } from 'node:test';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { CALL } from '../support/recordings.mts';
import { DIARIZE, startApi } from './support/api.mts';
import { assertItemsUntouched, fileItem, harness } from './support/node.mts';

const { stopEngine } = createRequire(import.meta.url)('../../dist/engine/client/client.js') as { stopEngine: () => void };
after(() => stopEngine());

const answering = (...channels: object[]) => ({ compute: async () => ({ state: 'done', result: { channels } }) as const });

const segment = (speaker_id: number, start_time: number, end_time: number) => ({ speaker_id, start_time, end_time });

/** What no server tells. */
const UNTOLD = ['voiceprint', 'speech_length', 'reliable', 'confidence'];

describe('what is sent', () => {
	it('is the file, and the parameters under the names of the API', async (t) => {
		const { server, run } = await startApi(t);
		const parameters = { channelMode: 'mix', channels: '1, 0', rangeFrom: 1.5, rangeTo: 60, speakerCount: 'atMost', maximumSpeakers: 4 };
		assert.equal((await run(DIARIZE, parameters)).error?.message, undefined);
		const { pathname, searchParams } = new URL(server.posts[0].url, 'http://x');
		assert.equal(pathname, '/api/technology/speaker-diarization');
		assert.deepEqual(Object.fromEntries(searchParams), { channel_mode: 'mix', channels: '0,1', range_from: '1.5', range_to: '60', max_speakers: '4' });
		assert.equal(server.posts[0].parts[0].bytes, 11);
	});

	const counts: Array<[parameters: INodeParameters, sent: Record<string, string>]> = [
		[{}, {}],
		[{ speakerCount: 'exactly', speakers: 3 }, { total_speakers: '3' }],
		[{ speakerCount: 'atMost', maximumSpeakers: 1 }, { total_speakers: '1' }],
		[{ speakerCount: 'between', minimumSpeakers: 1, maximumSpeakers: 5 }, { max_speakers: '5' }],
		[{ speakerCount: 'between', minimumSpeakers: 2, maximumSpeakers: 2 }, { total_speakers: '2' }],
	];
	for (const [parameters, sent] of counts) {
		it(`of the number of speakers ${JSON.stringify(parameters)} is ${JSON.stringify(sent)}, never both`, async (t) => {
			const { server, run } = await startApi(t);
			assert.equal((await run(DIARIZE, parameters)).error?.message, undefined);
			const { searchParams } = new URL(server.posts[0].url, 'http://x');
			assert.deepEqual(Object.fromEntries(searchParams), { channel_mode: 'split', range_from: '0', ...sent });
		});
	}

	it('is nothing where the server cannot do what is asked for, and the error says so', async (t) => {
		const { server, run } = await startApi(t);
		const cases: Array<[parameters: INodeParameters, message: RegExp]> = [
			[{ speakerCount: 'between', minimumSpeakers: 2, maximumSpeakers: 5 }, /'Minimum Speakers' cannot be 2 with 'Engine' Speech Platform API/],
			[{ knownSpeakers: 'input' }, /'Known Speakers' cannot be From Second Input with 'Engine' Speech Platform API/],
			[{ operation: 'addToTranscript' }, /'Operation' must be one of 'diarize', 'getResult'/],
			[{ speakerCount: 'exactly', speakers: 0 }, /'Speakers' must not be below 1/],
		];
		for (const [parameters, message] of cases) {
			const { error } = await run(DIARIZE, parameters, [fileItem()], { secondItems: [{ json: { name: 'Ben', voiceprint: 'TjhWUA==' } }] });
			assert.equal(error!.context.code, 'INVALID_PARAMETER');
			assert.equal(error!.context.itemIndex, 0);
			assert.match(error!.message, message);
		}
		assert.equal(server.requests.length, 0);
	});
});

describe('the result', () => {
	it('says by the segments alone who talks how much, numbered as they first talk', async (t) => {
		const { server, run } = await startApi(t);
		const { output, hints } = await run(DIARIZE);
		const { correlation_id, ...json } = output[0].json;
		const unknown = { name: null, identified: false, name_score: null };
		const noVoiceprint = { voiceprint: null, speech_length: null, reliable: null };
		assert.deepEqual(json, {
			file_name: 'call.wav',
			task_id: server.posts[0].taskId,
			state: 'done',
			speakers_count: 2,
			has_speech: true,
			speech_length: 6.3,
			speech_share: null,
			duration: null,
			overlap: 0.3,
			longest_pause: 0.8,
			first_speech: 1,
			channels: [
				{
					channel_number: 0,
					method: 'diarization',
					speakers_count: 2,
					speech_length: 6.3,
					speakers: [
						{ speaker: 'SPEAKER_00', speaker_id: 1, ...unknown, talk_time: 4.6, share: 0.697, turns: 2, longest_turn: 3.5, first_time: 1, last_time: 8.1, ...noVoiceprint },
						{ speaker: 'SPEAKER_01', speaker_id: 0, ...unknown, talk_time: 2, share: 0.303, turns: 1, longest_turn: 2, first_time: 4.2, last_time: 6.2, ...noVoiceprint },
					],
					segments: [
						{ segment_type: 'voice', start_time: 1, end_time: 4.5, speaker: 'SPEAKER_00', speaker_id: 1, name: null, overlap: true, confidence: null },
						{ segment_type: 'voice', start_time: 4.2, end_time: 6.2, speaker: 'SPEAKER_01', speaker_id: 0, name: null, overlap: true, confidence: null },
						{ segment_type: 'voice', start_time: 7, end_time: 8.1, speaker: 'SPEAKER_00', speaker_id: 1, name: null, overlap: false, confidence: null },
					],
					overlaps: [{ start_time: 4.2, end_time: 4.5, speakers: ['SPEAKER_00', 'SPEAKER_01'] }],
					overlap_length: 0.3,
				},
			],
			warnings: [],
		});
		assert.ok(correlation_id);
		assert.deepEqual(output[0].pairedItem, { item: 0 });
		assert.equal((await harness.readBinary(output[0].binary!.data)).toString(), 'media bytes');
		assert.deepEqual(hints.map(({ message }) => message), ['call.wav: 2 speakers, 6.3 s of speech, the first at 1.0 s. Schema, Table and JSON have it all [item 0]']);
	});

	it('counts on from channel to channel, in time order whatever the order of the server', async (t) => {
		const two = { channel_number: 3, speakers_count: 2, segments: [segment(0, 5, 6), segment(4, 1, 2)] };
		const { run } = await startApi(t, answering({ channel_number: 1, speakers_count: 1, segments: [segment(0, 2, 3)] }, two));
		const { output } = await run(DIARIZE, { output: 'segment' });
		assert.deepEqual(
			output.map(({ json }) => [json.channel_number, json.speaker, json.start_time, json.segment_index]),
			[
				[1, 'SPEAKER_00', 2, 0],
				[3, 'SPEAKER_01', 1, 0],
				[3, 'SPEAKER_02', 5, 1],
			],
		);
		const speakers = await run(DIARIZE, { output: 'speaker' }, [fileItem(), fileItem()]);
		assert.deepEqual(speakers.output.map(({ json, pairedItem }) => [json.speaker, json.speakers_count, pairedItem]), [
			...[0, 1, 2].map((i) => [`SPEAKER_0${i}`, 3, { item: 0 }]),
			...[0, 1, 2].map((i) => [`SPEAKER_0${i}`, 3, { item: 1 }]),
		]);
	});

	it('without anybody is a warning, and an item without times', async (t) => {
		const { run } = await startApi(t, answering({ channel_number: 1, speakers_count: 0, segments: [] }));
		const { output, hints } = await run(DIARIZE);
		assert.deepEqual(output[0].json.warnings, [{ code: 'NO_SPEECH', message: 'No speech was found in channel 1', channel_number: 1 }]);
		assert.match(hints[0].message, /No speech was found in channel 1/);
		for (const form of ['segment', 'speaker']) {
			const kept = await run(DIARIZE, { output: form });
			assert.deepEqual(kept.output.map(({ json }) => json.speaker), [null]);
			assert.match(kept.output[0].json.warnings as string, /NO_SPEECH/);
		}
	});

	it('has label files, and says what was asked for', async (t) => {
		const { run } = await startApi(t);
		const { output } = await run(DIARIZE, { speakerCount: 'exactly', speakers: 2, options: { labels: ['rttm'], simplify: false } });
		assert.match(output[0].json.rttm as string, /^SPEAKER call 1 1\.000 3\.500 <NA> <NA> SPEAKER_00/);
		assert.deepEqual(output[0].json.settings, {
			channel_mode: 'split',
			channels: [],
			range_from: 0,
			range_to: null,
			max_speakers: null,
			total_speakers: 2,
		});
	});

	it('has the shape, the speakers and the times of the local engine, where the server computes the same', async (t) => {
		const { run, optionsOf } = await startApi(t, { compute: undefined });
		const items = [{ files: { data: { buffer: readFileSync(CALL), fileName: 'call.ogg' } } }];
		const parameters = { channelMode: 'mix', rangeTo: 10 };
		const api = await run(DIARIZE, parameters, items);
		assert.equal(api.error?.message, undefined);
		const local = await harness.run({ ...optionsOf(DIARIZE, parameters, items), parameters: { engine: 'local', ...parameters } });
		const [ofServer, own] = [api, local].map(({ output }) => (output[0].json.channels as IDataObject[])[0]);
		for (const list of ['segments', 'speakers']) {
			const told = (ofServer[list] as IDataObject[]).map(({ speaker_id: _id, ...one }) => one);
			const inside = own[list] as IDataObject[];
			assert.ok(inside.length > 1);
			assert.deepEqual(told.map(Object.keys), inside.map(Object.keys));
			const known = (one: IDataObject) => Object.fromEntries(Object.entries(one).filter(([name]) => !UNTOLD.includes(name)));
			assert.deepEqual(told.map(known), inside.map(known));
		}
		for (const field of ['speakers_count', 'speech_length', 'overlaps', 'overlap_length']) assert.deepEqual(ofServer[field], own[field]);
	});
});

describe('a task that is not waited for', () => {
	it('gives its ID in every form, and is fetched later', async (t) => {
		const { server, run } = await startApi(t);
		for (const output of ['file', 'speaker', 'segment']) {
			const [{ json, binary }] = (await run(DIARIZE, { waitForCompletion: false, output })).output;
			assert.deepEqual([json.state, json.task_id, json.channels], ['pending', server.posts.at(-1)!.taskId, undefined]);
			assert.deepEqual(Object.keys(binary!), ['data']);
		}
		const [started] = (await run(DIARIZE, { waitForCompletion: false })).output;
		const fetched = { operation: 'getResult', waitUntilDone: true, output: 'speaker' };
		const { output, error } = await run(DIARIZE, fetched, [{ json: started.json }]);
		assert.equal(error?.message, undefined);
		assert.deepEqual(output.map(({ json }) => [json.speaker, json.talk_time, json.file_name]), [
			['SPEAKER_00', 4.6, 'call.wav'],
			['SPEAKER_01', 2, 'call.wav'],
		]);
		assert.equal(server.posts.length, 4);
	});

	it('of another technology is not found', async (t) => {
		const { run } = await startApi(t);
		const [started] = (await run('voiceActivityDetection', { waitForCompletion: false })).output;
		const { error } = await run(DIARIZE, { operation: 'getResult' }, [{ json: started.json }]);
		assert.equal(error!.context.code, 'TASK_NOT_FOUND');
		assert.match(error!.description!, /one of Speaker Diarization/);
	});
});

it('an answer without what it has to have is refused', async (t) => {
	for (const [channel, field] of [
		[{ channel_number: 0, segments: [] }, /speakers_count/],
		[{ channel_number: 0, speakers_count: 1, segments: [{ start_time: 0, end_time: 1 }] }, /speaker_id/],
	] as const) {
		const { server, run } = await startApi(t, answering(channel));
		const { error } = await run(DIARIZE, { options: { timeout: 5 } });
		assert.equal(error!.context.code, 'INVALID_ANSWER');
		assert.match(error!.message, field);
		// The judge objects as well.
		assert.ok(server.violations.length > 0);
		server.violations.length = 0;
	}
});

it('leaves the incoming items as they were', async (t) => {
	const { run } = await startApi(t);
	await assertItemsUntouched(t, DIARIZE, async () => {
		for (const parameters of [{}, { waitForCompletion: false }, { output: 'segment' }]) {
			assert.equal((await run(DIARIZE, parameters, [fileItem(), fileItem()])).status, 'success');
		}
	});
});
