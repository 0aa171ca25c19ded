/** Speech only audio, clips and Map Times Back through the node, with the real engine. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { align } from '../engine/process/media/support/signal.mts';
import { temporaryFolder } from '../engine/process/media/support/encode.mts';
import { CALL, decodeChannels, TELEPHONE } from '../support/recordings.mts';
import { DETECT, DIARIZE, startApi } from './support/api.mts';
import { fileItem, harness, run } from './support/node.mts';
import { wav } from './support/wav.mts';
import type { HarnessItem, RunOptions } from '../../tools/n8n/harness.mts';

const { stopEngine } = createRequire(import.meta.url)('../../dist/engine/client/client.js') as { stopEngine: () => void };
after(() => stopEngine());

const folder = temporaryFolder();
const callItem = (): HarnessItem => ({ json: {}, files: { data: { path: CALL, fileName: 'call.ogg' } } });
const telephoneItem = (): HarnessItem => ({ json: {}, files: { data: { path: TELEPHONE, fileName: 'telephone.wav' } } });
const silentItem = (): HarnessItem => ({ json: {}, files: { data: { buffer: wav({ seconds: 2 }), fileName: 'silence.wav' } } });

const thousandths = (seconds: number) => Math.round(seconds * 1000) / 1000;

type Entry = { start_time: number; end_time: number; cut_start_time: number; cut_end_time: number };

async function output(parameters: INodeParameters, items = [callItem()]) {
	const { output: made, error } = await run(parameters, items);
	assert.equal(error, undefined, error?.message);
	return made;
}

/** What several tests look at. */
const cutCall = once(async () => (await output({ alsoProduce: ['speechOnly'] }))[0]);
const callSamples = once(async () => await decodeChannels(CALL));

function once<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	return async () => await (made ??= make());
}

/** A file of an item, decoded to 16 kHz. */
async function heard(file: NonNullable<Awaited<ReturnType<typeof output>>[0]['binary']>[string]): Promise<Float32Array[]> {
	const path = join(folder, `${Math.random()}`);
	writeFileSync(path, await harness.readBinary(file));
	return await decodeChannels(path);
}

describe('speech only audio', () => {
	it('is a file of the item for the file, with its facts and a map that leads back', async () => {
		const { json, binary } = await cutCall();
		const map = json.time_map as Entry[];
		assert.equal(binary!.speech_only.fileName, 'call-speech-only.flac');
		assert.equal(binary!.speech_only.mimeType, 'audio/flac');
		assert.ok(binary!.data, 'the recording itself goes on');
		assert.ok(Math.abs((json.speech_only_length as number) - (json.speech_length as number)) < 0.005 * map.length);
		assert.ok(Math.abs((json.speech_only_length as number) + (json.removed_length as number) - (json.duration as number)) < 0.005);
		assert.equal(json.minutes_saved, Math.round((json.removed_length as number) / 0.6) / 100);
		const [original, cut] = [await callSamples(), await heard(binary!.speech_only)];
		assert.equal(cut.length, 2);
		for (const { start_time, end_time, cut_start_time } of map) {
			const part = original[0].subarray((start_time + 0.01) * 16_000, (end_time - 0.01) * 16_000);
			const from = Math.round((cut_start_time + 0.01) * 16_000);
			const { lag, correlation } = align(cut[0].subarray(from, from + part.length), part, 80);
			assert.ok(Math.abs(lag) <= 16 && correlation > 0.99, `${lag} ${correlation}`);
		}
	});

	it('is no file without speech, and the item says so', async () => {
		const [{ json, binary }] = await output({ alsoProduce: ['speechOnly'] }, [silentItem()]);
		assert.deepEqual([json.has_speech, json.speech_only_length, json.removed_length, json.minutes_saved, json.time_map], [false, null, null, null, []]);
		assert.deepEqual(Object.keys(binary!), ['data']);
		const warnings = json.warnings as Array<{ code: string; message: string }>;
		assert.ok(warnings.some(({ code, message }) => code === 'NOT_PRODUCED' && message === 'There is no speech only audio, as no speech was found'));
	});

	it('has flat facts in the other forms', async () => {
		const channels = await output({ alsoProduce: ['speechOnly'], speechOnlyOptions: { format: 'wav' }, output: 'channel' }, [telephoneItem()]);
		assert.deepEqual(channels.map(({ json }) => typeof json.minutes_saved), ['number']);
		assert.ok(channels.every(({ json }) => json.time_map === undefined));
	});

	for (const [label, options] of Object.entries({ 'Audio Format': { format: 'aac' }, 'Kept Pause': { keptPause: -1 }, 'Bit Rate': { bitRate: 900 } })) {
		it(`refuses a wrong '${label}' by its name`, async () => {
			const { error } = await run({ alsoProduce: ['speechOnly'], speechOnlyOptions: options }, [callItem()]);
			assert.match(error!.message, new RegExp(`^'${label}' must`));
		});
	}
});

describe('clips', () => {
	it('are one item each, with the channel and the times of what is in it', async () => {
		const clips = await output({ alsoProduce: ['clips', 'picture'], clipOptions: { format: 'wav' } });
		const found = (await cutCall()).json.channels as Array<{ channel_number: number; segments: Array<{ start_time: number; end_time: number }> }>;
		const segments = found.flatMap(({ channel_number: channel, segments: all }) => all.map(({ start_time: start, end_time: end }) => [channel, start, end]));
		assert.deepEqual(clips.map(({ json }) => [json.channel_number, json.start_time, json.end_time]).sort(), segments.sort());
		assert.deepEqual(clips.map(({ json }) => json.clip_index), clips.map((_, i) => i));
		assert.ok(clips.every(({ json }, i) => i === 0 || (json.start_time as number) >= (clips[i - 1].json.start_time as number)));
		const { json, binary, pairedItem } = clips[1];
		assert.deepEqual([json.file_name, json.clips_count, binary!.clip.fileName, pairedItem], ['call.ogg', clips.length, 'call-clip-002.wav', { item: 0 }]);
		assert.deepEqual(clips.map(({ binary: files }) => files!.timeline_png !== undefined), clips.map((_, i) => i === 0));
		const original = (await callSamples())[json.channel_number as number].subarray((json.start_time as number) * 16_000, (json.end_time as number) * 16_000);
		const [samples, ...others] = await heard(binary!.clip);
		assert.equal(others.length, 0);
		assert.ok(Math.abs(samples.length - original.length) <= 16);
		assert.ok(align(samples, original, 20).correlation > 0.99);
	});

	it('are merged and limited', async () => {
		const clips = await output({ alsoProduce: ['clips'], clipOptions: { format: 'mp3', clipChannels: 'all', mergePauses: 60, maximumLength: 10, padding: 100 } }, [telephoneItem()]);
		assert.ok(clips.length >= 2 && clips.length < 6, `${clips.length} clips`);
		assert.ok(clips.every(({ json }) => (json.duration as number) <= 10 && json.channel_number === null));
		assert.ok(clips.some(({ json }) => (json.segments_count as number) > 1));
	});

	it('are one item without a clip where there is no speech', async () => {
		const [{ json, binary }, ...others] = await output({ alsoProduce: ['clips'] }, [silentItem()]);
		assert.deepEqual([others.length, json.clip_index, json.clips_count, json.has_speech, Object.keys(binary!)], [0, null, 0, false, ['data']]);
		assert.match(json.warnings as string, /NOT_PRODUCED: There are no clips, as no speech was found/);
	});

	it('refuse a length that the padding fills', async () => {
		const { error } = await run({ alsoProduce: ['clips'], clipOptions: { maximumLength: 2, padding: 1000 } }, [callItem()]);
		assert.match(error!.message, /^'Maximum Length' must be 0.5 s more than twice the 'Padding', or 0, but is 2/);
	});
});

describe('of a result of the Speech Platform API', () => {
	const asked = { alsoProduce: ['speechOnly', 'clips'], speechOnlyOptions: { format: 'wav' }, clipOptions: { format: 'wav' } };

	it('audio is cut here, where the file is at hand', async (t) => {
		const { run: runApi } = await startApi(t);
		const { output: clips, error } = await runApi(DETECT, asked, [telephoneItem()]);
		assert.equal(error, undefined, error?.message);
		const [{ json, binary }] = clips;
		assert.deepEqual([clips.length, json.start_time, json.end_time, json.clips_count, json.warnings], [1, 3.43, 7.4, 1, '']);
		const [original] = await decodeChannels(TELEPHONE);
		for (const file of [binary!.clip, binary!.speech_only]) {
			const [samples] = await heard(file);
			assert.ok(Math.abs(samples.length - 3.97 * 16_000) <= 32);
			assert.ok(align(samples, original.subarray(3.43 * 16_000, 7.4 * 16_000), 20).correlation > 0.99);
		}
		const [{ json: whole }] = (await runApi(DETECT, { ...asked, alsoProduce: ['speechOnly'] }, [telephoneItem()])).output;
		assert.deepEqual(whole.time_map, [{ start_time: 3.43, end_time: 7.4, cut_start_time: 0, cut_end_time: 3.97 }]);
	});

	it('clips are of a speaker', async (t) => {
		const { run: runApi } = await startApi(t);
		const { output: clips } = await runApi(DIARIZE, { ...asked, alsoProduce: ['clips'] }, [telephoneItem()]);
		assert.deepEqual(clips.map(({ json }) => [json.speaker, json.start_time, json.end_time]), [['SPEAKER_00', 1, 4.5], ['SPEAKER_01', 4.2, 6.2], ['SPEAKER_00', 7, 8.1]]);
	});

	it('what cannot be cut is a warning, and the result comes', async (t) => {
		const { run: runApi } = await startApi(t);
		const { output: [{ json, binary }], error } = await runApi(DETECT, { alsoProduce: ['speechOnly'] }, [fileItem('no media', 'x.wav')]);
		assert.deepEqual([error, json.speech_length, json.speech_only_length, json.time_map, Object.keys(binary!)], [undefined, 3.97, null, [], ['data']]);
		assert.match(JSON.stringify(json.warnings), /NOT_PRODUCED.*x\.wav/);
	});
});

describe('Map Times Back', () => {
	const MAP: Entry[] = [
		{ start_time: 10, end_time: 14, cut_start_time: 0, cut_end_time: 4 },
		{ start_time: 20, end_time: 23, cut_start_time: 4, cut_end_time: 7 },
	];
	const map = async (json: IDataObject, parameters: INodeParameters = {}) => await run({ operation: 'mapTimesBack', ...parameters }, [{ ...fileItem(), json }]);
	const words = (...times: number[][]) => times.map(([start, end]) => ({ word: 'x', start, end }));

	it('takes the map from the item, and leaves the rest as it is', async () => {
		const { output: [{ json, binary, pairedItem }], error } = await map({ time_map: MAP, text: 'x', words: words([3, 4], [4, 5]) });
		assert.equal(error, undefined);
		const { words: mapped, text } = json.transcript as IDataObject;
		assert.deepEqual([mapped, text], [words([13, 14], [20, 21]), 'x']);
		assert.deepEqual([json.times_count, json.time_unit, json.warnings, pairedItem], [4, 'seconds', [], { item: 0 }]);
		assert.ok(binary!.data);
	});

	it('takes the map from the parameter, as a list, an item or JSON', async () => {
		for (const timeMap of [MAP, { time_map: MAP }, JSON.stringify(MAP)]) {
			const { output: [{ json }] } = await map({ words: words([4, 5]) }, { timeMap: timeMap as never });
			assert.deepEqual(json.transcript, { words: words([20, 21]) });
		}
	});

	describe('without a map', () => {
		const cut = (name: string, binaryPropertyName = 'data') => {
			const parameters = { binaryPropertyName, alsoProduce: ['speechOnly'], speechOnlyOptions: { format: 'wav' } };
			return { name, node: 'voiceActivityDetection', parameters };
		};
		// Stands for the transcription: its items are new ones, made of those of the node before.
		const between = { name: 'Between', node: 'voiceActivityDetection', parameters: { output: 'channel' } };
		const transcript = '={{ ({ words: [{ start: 0.1, end: 0.3 }] }) }}';
		const back = async (before: RunOptions['before'], items = [silentItem(), telephoneItem()]) => {
			const { output: made, error, run: record } = await run({ operation: 'mapTimesBack', transcript }, items, { before, onError: 'continueRegularOutput' });
			assert.equal(error, undefined, error?.message);
			const firstStart = (name: string, index: number) => (record.data.resultData.runData[name][0].data!.main[0]![index].json.time_map as Entry[])[0].start_time;
			return { made, firstStart };
		};

		const mappedFrom = (start: number) => ({ words: [{ start: thousandths(start + 0.1), end: thousandths(start + 0.3) }] });

		it('takes it from the node that cut the audio, from the item it belongs to', async () => {
			const { made: [silent, spoken], firstStart } = await back([cut('Cut'), between]);
			const start = firstStart('Cut', 1);
			assert.ok(start > 0.5, `${start}`);
			assert.deepEqual(spoken.json.transcript, mappedFrom(start));
			assert.match(JSON.stringify(silent.json), /'Time Map' is empty/);
		});

		it('takes it from Speaker Diarization too', async () => {
			const { made: [{ json }], firstStart } = await back([{ ...cut('Cut'), node: 'speakerDiarization' }, between], [telephoneItem()]);
			assert.deepEqual(json.transcript, mappedFrom(firstStart('Cut', 0)));
		});

		it('takes none where n8n does not know which item it came from, and says so', async () => {
			const extract = { name: 'Extract', node: 'extractVoiceprint', parameters: { model: 'fast' } };
			const group = { name: 'Group', node: 'compareVoiceprints', parameters: { operation: 'group', output: 'speaker' } };
			const { made: [{ json }] } = await back([cut('Cut'), extract, group], [telephoneItem(), telephoneItem()]);
			assert.match(JSON.stringify(json), /n8n does not know from which item of 'Cut' this one came/);
		});

		it('takes it from the nearest of several', async () => {
			const { made: [{ json }], firstStart } = await back([cut('First'), cut('Second', 'speech_only'), between], [telephoneItem()]);
			const [first, second] = [firstStart('First', 0), firstStart('Second', 0)];
			assert.ok(Math.abs(first - second) > 0.1, `${first} ${second}`);
			assert.deepEqual(json.transcript, mappedFrom(second));
		});
	});

	it('takes the unit of short items from long ones', async () => {
		const items = [[2, 6], [5000, 6400]].map(([start, end]) => ({ ...fileItem(), json: { start, end } }));
		const { output: made } = await run({ operation: 'mapTimesBack', timeMap: MAP as never }, items);
		assert.deepEqual(made.map(({ json }) => [json.transcript, json.time_unit]), [
			[{ start: 10_002, end: 10_006 }, 'milliseconds'],
			[{ start: 21_000, end: 22_400 }, 'milliseconds'],
		]);
	});

	it('tells of numbers that are no times of this audio', async () => {
		const { output: [{ json }] } = await map({ from: '491701234567', words: words([3, 4]) }, { timeMap: MAP as never });
		assert.deepEqual(json.warnings, [
			{ code: 'TIMES_OUTSIDE', message: '1 time far outside of the 7 s of cut audio, the first in from ("491701234567"): no times of it, and left as they are' },
		]);
	});

	it('takes subtitles', async () => {
		const { output: [{ json }] } = await map({ srt: '1\n00:00:04,500 --> 00:00:06,000\nYes\n' }, { timeMap: MAP as never, transcript: '={{ $json.srt }}' });
		assert.equal(json.transcript, '1\n00:00:20,500 --> 00:00:22,000\nYes\n');
	});

	it('tells of times outside, and refuses a transcript of something else', async () => {
		const { output: [{ json }], hints } = await map({ words: words([3, 4], [6, 7.6]) }, { timeMap: MAP as never });
		assert.deepEqual(json.warnings, [
			{ code: 'TIMES_OUTSIDE', message: '1 time outside of the 7 s of cut audio, the first in words[1].end (7.6): taken to its beginning or end' },
		]);
		assert.equal(hints.length, 1);
		const { error } = await map({ words: words([30, 40], [60, 76]) }, { timeMap: MAP as never, mappingOptions: { timeUnit: 'seconds' } });
		assert.match(error!.message, /^'Transcript' is not one of this cut audio: 4 of its 4 times are outside of the 7 s that it lasts, the first in words\[0\].start \(30\)/);
	});

	for (const [what, json, parameters, message] of [
		['no map', { words: words([1, 2]) }, {}, /^'Time Map' is empty, and neither the item nor a Voice Activity Detection node before it has one/],
		['a map that is none', { words: words([1, 2]) }, { timeMap: [{ start: 1 }] }, /^'Time Map' must be the time_map of an item/],
		['no times', { text: 'x' }, { timeMap: MAP }, /^'Transcript' has no times/],
		['what is no time in a named field', { at: 'soon', start: 1 }, { timeMap: MAP, mappingOptions: { startFields: 'at' } }, /^'Transcript' has something else than a time in at \("soon"\)/],
		['no names', { start: 1 }, { timeMap: MAP, mappingOptions: { startFields: ' , ' } }, /^'Start Fields' must name at least one field/],
		['text', { text: 'x' }, { timeMap: MAP, transcript: 'hello' }, /^'Transcript' must be JSON, or the text of SRT or WebVTT subtitles/],
	] as Array<[string, IDataObject, INodeParameters, RegExp]>) {
		it(`refuses ${what}`, async () => {
			const { error } = await map(json, parameters);
			assert.match(error!.message, message);
			assert.equal((error as unknown as { context: IDataObject }).context.itemIndex, 0);
		});
	}
});
