/** Speech only audio, clips and Map Times Back through the node, with the real engine. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { align } from '../engine/process/media/support/signal.mts';
import { temporaryFolder } from '../engine/process/media/support/encode.mts';
import { CALL, decodeChannels } from '../support/recordings.mts';
import { fileItem, harness, run } from './support/node.mts';
import { wav } from './support/wav.mts';
import type { HarnessItem } from '../../tools/n8n/harness.mts';

const { stopEngine } = createRequire(import.meta.url)('../../dist/engine/client/client.js') as { stopEngine: () => void };
after(() => stopEngine());

const folder = temporaryFolder();
const callItem = (): HarnessItem => ({ json: {}, files: { data: { path: CALL, fileName: 'call.ogg' } } });
const silentItem = (): HarnessItem => ({ json: {}, files: { data: { buffer: wav({ seconds: 2 }), fileName: 'silence.wav' } } });

type Entry = { start_time: number; end_time: number; cut_start_time: number; cut_end_time: number };

async function output(parameters: INodeParameters, items = [callItem()]) {
	const { output: made, error } = await run(parameters, items);
	assert.equal(error, undefined, error?.message);
	return made;
}

/** A file of an item, decoded to 16 kHz. */
async function heard(file: NonNullable<Awaited<ReturnType<typeof output>>[0]['binary']>[string]): Promise<Float32Array[]> {
	const path = join(folder, `${Math.random()}`);
	writeFileSync(path, await harness.readBinary(file));
	return await decodeChannels(path);
}

describe('speech only audio', () => {
	it('is a file of the item for the file, with its facts and a map that leads back', async () => {
		const [{ json, binary }] = await output({ alsoProduce: ['speechOnly'] });
		const map = json.time_map as Entry[];
		assert.equal(binary!.speech_only.fileName, 'call-speech-only.flac');
		assert.equal(binary!.speech_only.mimeType, 'audio/flac');
		assert.ok(binary!.data, 'the recording itself goes on');
		assert.ok(Math.abs((json.speech_only_length as number) - (json.speech_length as number)) < 0.005 * map.length);
		assert.ok(Math.abs((json.speech_only_length as number) + (json.removed_length as number) - (json.duration as number)) < 0.005);
		assert.equal(json.minutes_saved, Math.round((json.removed_length as number) / 0.6) / 100);
		const [original, cut] = [await decodeChannels(CALL), await heard(binary!.speech_only)];
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
		const channels = await output({ alsoProduce: ['speechOnly'], output: 'channel' });
		assert.deepEqual(channels.map(({ json }) => typeof json.minutes_saved), ['number', 'number']);
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
		const segments = await output({ output: 'segment' });
		const times = (items: typeof clips) => items.map(({ json }) => [json.channel_number, json.start_time, json.end_time]).sort();
		assert.deepEqual(times(clips), times(segments));
		assert.deepEqual(clips.map(({ json }) => json.clip_index), clips.map((_, i) => i));
		assert.ok(clips.every(({ json }, i) => i === 0 || (json.start_time as number) >= (clips[i - 1].json.start_time as number)));
		const { json, binary, pairedItem } = clips[1];
		assert.deepEqual([json.file_name, json.clips_count, binary!.clip.fileName, pairedItem], ['call.ogg', clips.length, 'call-clip-002.wav', { item: 0 }]);
		assert.deepEqual(clips.map(({ binary: files }) => files!.timeline_png !== undefined), clips.map((_, i) => i === 0));
		const original = (await decodeChannels(CALL))[json.channel_number as number].subarray((json.start_time as number) * 16_000, (json.end_time as number) * 16_000);
		const [samples, ...others] = await heard(binary!.clip);
		assert.equal(others.length, 0);
		assert.ok(Math.abs(samples.length - original.length) <= 16);
		assert.ok(align(samples, original, 20).correlation > 0.99);
	});

	it('are merged and limited', async () => {
		const clips = await output({ alsoProduce: ['clips'], clipOptions: { format: 'mp3', clipChannels: 'all', mergePauses: 60, maximumLength: 10, padding: 100 } });
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

describe('Map Times Back', () => {
	const MAP: Entry[] = [
		{ start_time: 10, end_time: 14, cut_start_time: 0, cut_end_time: 4 },
		{ start_time: 20, end_time: 23, cut_start_time: 4, cut_end_time: 7 },
	];
	const map = async (json: IDataObject, parameters: INodeParameters = {}) => await run({ operation: 'mapTimesBack', ...parameters }, [{ ...fileItem(), json }]);
	const words = (...times: number[][]) => times.map(([start, end]) => ({ word: 'x', start, end }));

	it('takes the map from the item, and leaves the rest as it is', async () => {
		const { output: [{ json, binary, pairedItem }], error } = await map({ time_map: MAP as unknown as IDataObject[], text: 'x', words: words([3, 4], [4, 5]) });
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
