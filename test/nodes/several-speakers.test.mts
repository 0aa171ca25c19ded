/** Extract Voiceprint where several people speak in one channel: the sample call, mixed, with its real voices. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe, it, mock } from 'node:test';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { VoiceprintChannel, VoiceprintJob } from '../../dist/engine/client/protocol.js';
import type { HarnessItem } from '../../tools/n8n/harness.mts';
import { cosine } from '../support/voices.mts';
import { CALL } from '../support/recordings.mts';
import { fakeResult, useFakeEngine } from './support/fakeEngine.mts';
import { harness } from './support/node.mts';
import { wav } from './support/wav.mts';

const { stopEngine } = createRequire(import.meta.url)('../../dist/engine/client/client.js') as { stopEngine: () => void };
after(() => stopEngine());

const call = (): HarnessItem => ({ json: {}, files: { data: { buffer: readFileSync(CALL), fileName: 'call.ogg' } } });

const { channels: _channels, ...FAKE } = fakeResult();

const extract = async (onSeveralSpeakers: string, { options, ...parameters }: INodeParameters = {}, items = [call()]) =>
	await harness.run({
		node: 'extractVoiceprint',
		parameters: { channelMode: 'mix', output: 'channel', ...parameters, options: { onSeveralSpeakers, includeVectorVoiceprint: true, ...(options as INodeParameters) } },
		items,
	});

const vectorOf = ({ vector }: IDataObject) => vector as number[];

/** Of the desk and the caller, each from their own channel. */
let own: IDataObject[];
let each: IDataObject[];

before(async () => {
	own = (await extract('warn', { channelMode: 'split' })).output.map(({ json }) => json);
	const { output, error } = await extract('each');
	assert.equal(error?.message, undefined);
	each = output.map(({ json }) => json);
});

describe('one voiceprint per speaker', () => {
	it('is an item each, in the order in which they first talk, made of the speech of that one alone', () => {
		assert.deepEqual(each.map(({ channel_number: number, speaker }) => [number, speaker]), [[0, 'SPEAKER_00'], [0, 'SPEAKER_01']]);
		each.forEach((one, i) => {
			const alike = own.map((voice) => cosine(vectorOf(one), vectorOf(voice)));
			assert.ok(alike[i] > 0.9 && alike[1 - i] < 0.6, String(alike));
			const [talk, spoken] = [one.talk_time as number, own[i].speech_length as number];
			assert.ok(Math.abs(talk - spoken) < 2, `${talk} of ${spoken}`);
			assert.ok((one.speech_length as number) <= talk + 1);
			assert.notEqual(one.quality_speakers, 'several');
		});
		assert.deepEqual(each.map(({ warnings }) => warnings), ['', '']);
	});

	it('is nested by channel in the item for the file, and a file each where they are asked for', async () => {
		const quality = { speech_found: 5, level: -20, clipping: 0, snr: 30, consistency: 0.8, speakers: 'unknown' as const, warnings: [] };
		useFakeEngine<VoiceprintJob>(() => ({
			...FAKE,
			perSpeaker: true,
			channels: each.map(({ speaker, talk_time, speech_length, voiceprint, model }) => ({ channel_number: 0, speaker, talk_time, speech_length, voiceprint, model, vector: [], quality }) as VoiceprintChannel),
		}));
		const { output } = await extract('each', { output: 'file', options: { includeVoiceprintFile: true } }).finally(() => mock.restoreAll());
		const [{ channel_number: number, speakers_count: count, speakers }] = output[0].json.channels as Array<{ channel_number: number; speakers_count: number; speakers: IDataObject[] }>;
		assert.deepEqual([number, count], [0, 2]);
		assert.deepEqual(speakers.map(({ speaker, voiceprint }) => [speaker, voiceprint]), each.map(({ speaker, voiceprint }) => [speaker, voiceprint]));
		const files = Object.entries(output[0].binary!).filter(([name]) => name.startsWith('voiceprint'));
		assert.deepEqual(files.map(([name, { fileName }]) => [name, fileName]), [
			['voiceprint_SPEAKER_00', 'call-SPEAKER_00.vp'],
			['voiceprint_SPEAKER_01', 'call-SPEAKER_01.vp'],
		]);
	});

	it('of somebody alone is that of all the speech; speakers are numbered on from channel to channel', async () => {
		const { output } = await extract('each', { channelMode: 'split' });
		assert.deepEqual(output.map(({ json }) => [json.channel_number, json.speaker]), [[0, 'SPEAKER_00'], [1, 'SPEAKER_01']]);
		assert.deepEqual(output.map(({ json }) => json.voiceprint), own.map(({ voiceprint }) => voiceprint));
	});

	it('of nobody is an empty one that says so, with the same columns', async () => {
		const silence = { json: {}, files: { data: { buffer: wav({ seconds: 2 }), fileName: 'silence.wav' } } };
		const { output } = await extract('each', {}, [silence]);
		assert.deepEqual(output.map(({ json }) => [json.has_speech, json.speaker, json.talk_time]), [[false, null, 0]]);
		assert.deepEqual(Object.keys(output[0].json), Object.keys(each[0]));
	});
});

it('the main speaker is who talks most, and the output says that others were left out', async () => {
	const { output, hints } = await extract('main');
	const [{ json }] = output;
	assert.equal(output.length, 1);
	const most = each.reduce((best, one) => ((one.talk_time as number) > (best.talk_time as number) ? one : best));
	assert.deepEqual([json.speaker, json.talk_time, json.voiceprint], [most.speaker, most.talk_time, most.voiceprint]);
	assert.match(json.warnings as string, /^MAIN_SPEAKER: In channel 0 2 people speak: its voiceprint is that of SPEAKER_01, who talks for \d+\.\d of \d+\.\d s; the other one was left out$/);
	assert.match(hints[0].message, /2 people speak/);
});

it('a mixture is refused where that is asked for, with a warning else, and a single voice is no mixture', async () => {
	const { error } = await extract('fail');
	assert.equal(error?.context.code, 'SEVERAL_SPEAKERS');
	assert.match(error.message, /In channel 0 probably several people speak/);
	assert.equal(error.context.itemIndex, 0);
	const { output } = await extract('warn');
	assert.match(output[0].json.warnings as string, /SEVERAL_SPEAKERS/);
	assert.equal('speaker' in output[0].json, false);
	assert.equal((await extract('fail', { channelMode: 'split' })).error, undefined);
});
