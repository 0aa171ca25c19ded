/**
 * Extract Voiceprint, then Compare Voiceprints, with no field touched: what the one puts out, the other takes. The engine
 * listens once to each recording; what comes out of the node is then compared in every way.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { HarnessItem, RunOptions, RunResult } from '../../tools/n8n/harness.mts';
import { CALL, TELEPHONE } from '../support/recordings.mts';
import { faultOf } from './support/compare.mts';
import { harness } from './support/node.mts';
import { wav } from './support/wav.mts';

const { stopEngine } = createRequire(import.meta.url)('../../dist/engine/client/client.js') as { stopEngine: () => void };
after(() => stopEngine());

const fileAt = (path: string, fileName: string): HarnessItem => ({ json: {}, files: { data: { path, fileName } } });
const SILENCE: HarnessItem = { json: {}, files: { data: { buffer: wav({ seconds: 2 }), fileName: 'silence.wav' } } };
/** The caller speaks on the second channel of the call, and on the telephone; the desk on the first channel. */
const RECORDINGS = [fileAt(CALL, 'call.ogg'), fileAt(TELEPHONE, 'telephone.wav'), SILENCE];

/** As Extract Voiceprint gives them, one item per channel. */
let [call, telephone, silence]: HarnessItem[][] = [];
/** The same of each file in a run of its own, which counts from 0. */
let alone: HarnessItem[][] = [];

const asItems = ({ output }: RunResult): HarnessItem[] => output.map(({ json }) => ({ json }));
const ofFile = (items: HarnessItem[], name: string) => items.filter(({ json }) => json!.file_name === name);

before(async () => {
	// The fast model says the same of these; what is told here does not hang on it.
	const run = await harness.run({ node: 'extractVoiceprint', parameters: { model: 'fast' }, items: RECORDINGS });
	assert.equal(run.error, undefined);
	[call, telephone, silence] = ['call.ogg', 'telephone.wav', 'silence.wav'].map((name) => ofFile(asItems(run), name));
	alone = [call, telephone, silence].map((items) => items.map(({ json }) => ({ json: { ...json, file_index: 0 } })));
});

const compare = async (parameters: INodeParameters, items: HarnessItem[], rest: Partial<RunOptions> = {}) =>
	await harness.run({ node: 'compareVoiceprints', parameters, items, ...rest });

/** Who was compared with whom, and what came out. */
const pairs = ({ output }: RunResult) =>
	output.map(({ json }) => [json.file_name, json.channel_number, json.second_file_name, json.second_channel_number, json.same_speaker]);

const isFlat = (json: IDataObject) => Object.values(json).every((value) => value === null || typeof value !== 'object');

describe('Extract Voiceprint by default', () => {
	it('gives an item per channel, flat, with the same columns, the answer first and the voiceprint towards the end', () => {
		assert.deepEqual([call.length, telephone.length, silence.length], [2, 1, 1]);
		const all = [...call, ...telephone, ...silence].map(({ json }) => json!);
		const names = Object.keys(all[0]);
		assert.deepEqual(names.slice(0, 5), ['has_speech', 'speech_length', 'quality_speakers', 'file_name', 'channel_number']);
		assert.deepEqual(names.slice(-2), ['voiceprint', 'model']);
		for (const json of all) {
			assert.deepEqual(Object.keys(json), names);
			assert.ok(isFlat(json));
		}
		assert.deepEqual(all.map((json) => json.has_speech), [true, true, true, false]);
	});

	it('has the columns that the editor is told before it ran, in their order; Verify too', async () => {
		const columnsOf = (node: string) => {
			const file = join(import.meta.dirname, '..', '..', 'nodes', node, '__schema__', 'v1.0.0', 'output.json');
			return Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { properties: object }).properties);
		};
		const ofServer = ['task_id', 'correlation_id', 'state'];
		assert.deepEqual(columnsOf('ExtractVoiceprint').filter((name) => !ofServer.includes(name)), Object.keys(call[0].json!));
		assert.deepEqual(columnsOf('CompareVoiceprints'), Object.keys((await compare({}, call)).output[0].json));
	});

	it('tells who says so where Simplify is off, at the end', async () => {
		const parameters = { model: 'fast', options: { simplify: false } };
		const { output: [{ json }] } = await harness.run({ node: 'extractVoiceprint', parameters, items: [SILENCE] });
		const names = Object.keys(json);
		assert.ok(names.indexOf('engine') > names.indexOf('voiceprint') && names.indexOf('runtime') > names.indexOf('engine'));
	});
});

describe('Verify', () => {
	it('compares two recordings with each other, each channel with each, and names them', async () => {
		assert.deepEqual(pairs(await compare({}, [...call, ...telephone])), [
			['call.ogg', 0, 'telephone.wav', 0, false],
			['call.ogg', 1, 'telephone.wav', 0, true],
		]);
		const { output } = await compare({}, [...telephone, ...call]);
		assert.deepEqual(output.map(({ pairedItem }) => pairedItem), [[{ item: 0 }, { item: 1 }], [{ item: 0 }, { item: 2 }]]);
		assert.ok(output.every(({ json }) => isFlat(json)));
	});

	it('compares the channels of a single recording, also where they are in one item', async () => {
		const expected = [['call.ogg', 0, 'call.ogg', 1, false]];
		assert.deepEqual(pairs(await compare({}, call)), expected);
		const { output } = await harness.run({ node: 'extractVoiceprint', parameters: { model: 'fast', output: 'file' }, items: [RECORDINGS[0]] });
		assert.deepEqual(pairs(await compare({}, [{ json: output[0].json }])), expected);
		assert.deepEqual(Object.keys(output[0].json).slice(0, 2), ['has_speech', 'file_name']);
	});

	it('compares each of three recordings with each other', async () => {
		const third = telephone.map(({ json }) => ({ json: { ...json, file_name: 'third.wav', file_index: 7 } }));
		const run = await compare({}, [...call.slice(1), ...telephone, ...third]);
		assert.deepEqual(pairs(run).map(([one, , other, , same]) => [one, other, same]), [
			['call.ogg', 'telephone.wav', true],
			['call.ogg', 'third.wav', true],
			['telephone.wav', 'third.wav', true],
		]);
		assert.match(run.output[2].json.warnings as string, /^SAME_VOICEPRINT/);
	});

	it('leaves out a channel in which nobody speaks, and says so', async () => {
		const halfSilent = [call[1], { json: { ...silence[0].json, file_name: 'call.ogg', channel_number: 0, file_index: 0, duration: call[1].json!.duration } }];
		for (const run of [await compare({}, [...halfSilent, ...telephone]), await compare({}, halfSilent, { secondItems: alone[1] })]) {
			assert.deepEqual(pairs(run), [['call.ogg', 1, 'telephone.wav', 0, true]]);
			assert.match(run.output[0].json.warnings as string, /NO_SPEECH_LEFT_OUT: There is no speech in item 1 \(call\.ogg, channel 0\)/);
			assert.equal(run.hints.filter(({ message }) => /no speech/.test(message)).length, 1);
		}
	});

	it('takes the other recording from the second input as soon as it is connected', async () => {
		assert.deepEqual(pairs(await compare({}, alone[0], { secondItems: alone[1] })), [
			['call.ogg', 0, 'telephone.wav', 0, false],
			['call.ogg', 1, 'telephone.wav', 0, true],
		]);
		assert.deepEqual(pairs(await compare({}, alone[1], { secondItems: alone[0] })), [
			['telephone.wav', 0, 'call.ogg', 0, false],
			['telephone.wav', 0, 'call.ogg', 1, true],
		]);
		assert.equal(pairs(await compare({}, alone[0], { secondItems: alone[0] })).length, 4);
	});

	it('takes recordings of both inputs by their place, however many channels they have', async () => {
		const second = [...telephone, ...call].map(({ json }) => ({ json: { ...json, file_index: json!.file_name === 'call.ogg' ? 1 : 0 } }));
		assert.deepEqual(pairs(await compare({}, [...call, ...telephone], { secondItems: second })).map((pair) => pair.slice(0, 4)), [
			['call.ogg', 0, 'telephone.wav', 0],
			['call.ogg', 1, 'telephone.wav', 0],
			['telephone.wav', 0, 'call.ogg', 0],
			['telephone.wav', 0, 'call.ogg', 1],
		]);
		const fault = faultOf(await compare({}, [...call, ...telephone, ...silence], { secondItems: second }));
		assert.equal(fault.code, 'PAIRS_UNCLEAR');
		assert.match(fault.message, /^The inputs have items of 3 and 2 recordings, so that nobody knows/);
	});

	it('names the ways in which a second voiceprint comes, where there is only one', async () => {
		const fault = faultOf(await compare({}, telephone));
		assert.equal(fault.code, 'VOICEPRINT_MISSING');
		assert.equal(fault.message, 'Only one voiceprint came, and there is no other to compare it with [item 0]');
		assert.match(fault.description, /as two items, or connect the other recording .* to the second input/);
		const inItem = faultOf(await compare({ compareWith: 'field' }, telephone));
		assert.match(inItem.description, /set 'Compare With' to Automatic\. .*connect the other recording/);
	});

	it('names the recording without speech', async () => {
		for (const [items, rest] of [
			[[...telephone, ...silence], {}],
			[silence, { secondItems: alone[1] }],
			[telephone, { secondItems: alone[2] }],
		] as Array<[HarnessItem[], object]>) {
			const fault = faultOf(await compare({}, items, rest));
			assert.equal(fault.code, 'EMPTY_VOICEPRINT');
			assert.match(fault.message, /silence\.wav, channel 0/);
		}
	});

	it('does not compare thousands with each other', async () => {
		const many = Array.from({ length: 60 }, (_, i) => ({ json: { ...telephone[0].json, file_index: i } }));
		const fault = faultOf(await compare({}, many));
		assert.equal(fault.code, 'PAIRS_UNCLEAR');
		assert.match(fault.message, /^60 voiceprints came/);
		assert.match(fault.description, /Group.*Identify.*second input/);
	});

	it('goes on with the others where one is bad', async () => {
		const bad = { json: { ...telephone[0].json, voiceprint: null, file_index: 9 } };
		const { output } = await compare({}, [...call.slice(1), bad, ...telephone], { onError: 'continueRegularOutput' });
		assert.deepEqual(output.map(({ json }) => (json.error as IDataObject | undefined)?.code ?? json.same_speaker), [true, 'VOICEPRINT_MISSING']);
	});
});

describe('Identify', () => {
	const IDENTIFY = { operation: 'identify' };

	it('says in the first columns who it is, and of which recordings it speaks', async () => {
		const run = await compare(IDENTIFY, telephone, { secondItems: call });
		const [{ json }] = run.output;
		assert.deepEqual(Object.keys(json).slice(0, 2), ['identified', 'speaker']);
		assert.deepEqual(
			[json.identified, json.speaker, json.file_name, json.channel_number, json.best_match_file_name, json.best_match_channel_number],
			[true, 'call.ogg, channel 1', 'telephone.wav', 0, 'call.ogg', 1],
		);
		assert.ok(isFlat(json));
		assert.match(run.hints[0].message, /^No item has a field 'name' that says who it is, so the names of the files stand/);
	});

	it('names a recording with one voice by its file alone', async () => {
		const { output } = await compare(IDENTIFY, call, { secondItems: telephone });
		assert.deepEqual(output.map(({ json }) => json.speaker), ['unknown', 'telephone.wav']);
	});

	it('keeps to a name field that somebody has set', async () => {
		const fault = faultOf(await compare({ ...IDENTIFY, galleryNameField: 'person' }, telephone, { secondItems: call }));
		assert.match(fault.message, /no name in the field 'person'/);
		assert.match(fault.description, /such as file_name/);
	});

	it('knows nobody in silence, and goes on', async () => {
		const { output, error } = await compare(IDENTIFY, [...silence, ...telephone], { secondItems: [...call, ...silence] });
		assert.equal(error, undefined);
		assert.deepEqual(output.map(({ json }) => json.speaker), ['unknown', 'call.ogg, channel 1']);
		assert.match(output[0].json.warnings as string, /^EMPTY_VOICEPRINT/);
		assert.match(output[1].json.warnings as string, /^ENTRY_SKIPPED: 1 of 3/);
	});
});

describe('Group', () => {
	it('finds the same caller in both recordings, and nobody in silence', async () => {
		const { output } = await compare({ operation: 'group' }, [...call, ...telephone, ...silence]);
		const [desk, caller, again, nobody] = output.map(({ json }) => json.speaker);
		assert.equal(caller, again);
		assert.notEqual(desk, caller);
		assert.equal(nobody, null);
		const names = output.map(({ json }) => Object.keys(json));
		assert.deepEqual(names[0].slice(0, 4), ['speaker', 'speakers_count', 'file_name', 'channel_number']);
		assert.deepEqual([names[0].slice(-2), names[3]], [['model', 'engine'], names[0]]);
	});

	it('lists the recordings of each speaker', async () => {
		const { output } = await compare({ operation: 'group', output: 'speaker' }, [...call, ...telephone]);
		assert.equal(output[0].json.members, '1 (call.ogg, channel 1), 2 (telephone.wav, channel 0)');
		const names = Object.keys(output[0].json);
		assert.deepEqual([names[0], names.slice(-3)], ['speaker', ['voiceprint', 'model', 'engine']]);
	});
});

describe('Merge', () => {
	it('makes one voiceprint, and says of which recordings', async () => {
		const { output } = await compare({ operation: 'merge' }, [call[1], ...telephone, ...silence]);
		const [{ json }] = output;
		assert.equal(json.merged_from, 2);
		assert.equal(json.members, '0 (call.ogg, channel 1), 1 (telephone.wav, channel 0)');
		assert.match(json.warnings as string, /^EMPTY_VOICEPRINT: .*item 2/);
		assert.deepEqual(Object.keys(json).slice(-3), ['voiceprint', 'model', 'engine']);
		assert.deepEqual(pairs(await compare({}, [{ json }, ...call])).map((pair) => pair.at(-1)), [false, true]);
	});

	it('says where they are not of one speaker', async () => {
		const { output } = await compare({ operation: 'merge' }, [...call, ...telephone]);
		assert.match(output[0].json.warnings as string, /VOICEPRINT_DOES_NOT_FIT: The voiceprint of item 0/);
	});
});

describe('Speaker Diarization', () => {
	it('takes the items of Extract Voiceprint as known speakers, named by their files', async () => {
		// Speakers are told apart by the accurate model.
		const known = asItems(await harness.run({ node: 'extractVoiceprint', items: [RECORDINGS[0]] }));
		const run = await harness.run({ node: 'speakerDiarization', parameters: { knownSpeakers: 'input', output: 'speaker' }, items: [RECORDINGS[1]], secondItems: known });
		assert.equal(run.error, undefined);
		assert.deepEqual(run.output.map(({ json }) => json.name), ['call.ogg, channel 1']);
		assert.equal(run.hints.filter(({ message }) => message.includes('names of the files')).length, 1);
	});
});
