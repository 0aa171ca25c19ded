/** Compare Voiceprints, Group, by the local engine. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IDataObject } from 'n8n-workflow';
import { decodeVoiceprint } from '../../dist/voiceprints/encoding.js';
import { cosine } from '../../dist/voiceprints/vector.js';
import { BUNDLED, COMPARE, compare, faultOf, itemOf, items, NOBODY, summary, textOf, voices } from './support/compare.mts';
import { assertItemsUntouched } from './support/node.mts';

const { anna, ben, cleo, like } = voices(44);
const GROUP = { operation: 'group' };
const BY_SPEAKER = { ...GROUP, output: 'speaker' };

const call = (file_name: string, channel_number: number, voiceprint: string, more: IDataObject = {}) =>
	itemOf({ file_name, file_index: Number.parseInt(file_name), duration: 60, channel_number, voiceprint, ...more });

/** Ben speaks most, Anna in both calls, Cleo alone. */
const CALLS = [
	call('1.wav', 0, like(anna, 5)),
	call('1.wav', 1, like(ben, 30)),
	call('2.wav', 0, like(anna, 6)),
	call('2.wav', 1, like(ben, 20)),
	call('3.wav', 0, like(cleo, 2)),
];

const speaker = (json: IDataObject) => json.speaker;

describe('one item per voiceprint', () => {
	it('says whose it is, who speaks most first', async () => {
		const run = await compare(GROUP, CALLS);
		assert.deepEqual(summary(run, speaker), ['speaker_2', 'speaker_1', 'speaker_2', 'speaker_1', 'speaker_3']);
		const { warnings, ...json } = run.output[1].json;
		assert.deepEqual(json, {
			speaker: 'speaker_1',
			file_name: '1.wav',
			channel_number: 1,
			speech_length: 30,
			speakers_count: 3,
			score_type: 'llr',
			operating_point: 'balanced',
			threshold: 0,
			engine: 'local',
			model: BUNDLED,
		});
		assert.equal(warnings, '');
		assert.match(run.output[4].json.warnings as string, /^LITTLE_SPEECH: /);
		assert.deepEqual(run.output.map(({ pairedItem }) => pairedItem), CALLS.map((_, item) => ({ item })));
	});

	it('follows the threshold', async () => {
		const at = async (threshold: number) =>
			new Set(summary(await compare({ ...GROUP, operatingPoint: 'custom', threshold }, CALLS), speaker)).size;
		assert.deepEqual([await at(-100), await at(0), await at(100)], [1, 3, 5]);
	});

	it('leaves those without speech to nobody', async () => {
		const run = await compare(GROUP, [CALLS[0], call('9.wav', 0, NOBODY), CALLS[2]]);
		assert.deepEqual(summary(run, speaker), ['speaker_1', null, 'speaker_1']);
		assert.match(run.output[1].json.warnings as string, /^EMPTY_VOICEPRINT: /);
		assert.equal(run.output[1].json.speakers_count, 1);
	});

	it('keeps fields where asked, and changes no item', async (t) => {
		await assertItemsUntouched(t, COMPARE, async () => {
			const { output } = await compare({ ...GROUP, options: { includeInputFields: true } }, CALLS);
			assert.equal(output[1].json.voiceprint, CALLS[1].json!.voiceprint);
			assert.equal(output[1].json.speaker, 'speaker_1');
			assert.equal((await compare(BY_SPEAKER, CALLS)).status, 'success');
		});
	});
});

describe('one item per speaker', () => {
	it('lists the voiceprints, and makes one of them', async () => {
		const { output } = await compare(BY_SPEAKER, CALLS);
		const { members, voiceprint, consistency_mean, consistency_minimum, ...rest } = output[1].json as IDataObject & { voiceprint: string };
		assert.deepEqual(rest, {
			speaker: 'speaker_2',
			speakers_count: 3,
			voiceprints_count: 2,
			speech_length: 11,
			together_with: 'speaker_1',
			score_type: 'llr',
			operating_point: 'balanced',
			threshold: 0,
			engine: 'local',
			model: BUNDLED,
			warnings: '',
		});
		assert.equal(members, '0 (1.wav, channel 0), 2 (2.wav, channel 0)');
		assert.ok(cosine(decodeVoiceprint(voiceprint).vector, anna) > 0.9);
		assert.ok((consistency_minimum as number) > 0.9 && (consistency_mean as number) >= (consistency_minimum as number));
		const asked = await compare({ ...BY_SPEAKER, options: { includeVectorVoiceprint: true } }, CALLS);
		assert.equal((asked.output[1].json.vector as unknown[]).length, 192);
		assert.deepEqual(output.map(({ pairedItem }) => pairedItem), [
			[{ item: 1 }, { item: 3 }],
			[{ item: 0 }, { item: 2 }],
			{ item: 4 },
		]);
		assert.deepEqual(output.map(({ json }) => json.together_with), ['speaker_2', 'speaker_1', '']);
	});

	it('knows conversations by the field that says so', async () => {
		const room = CALLS.map(({ json }) => itemOf({ ...json, room: { id: 'same' } }));
		const { output } = await compare({ ...BY_SPEAKER, options: { conversationField: 'room.id' } }, room);
		assert.deepEqual(output.map(({ json }) => json.together_with), [
			'speaker_2, speaker_3',
			'speaker_1, speaker_3',
			'speaker_1, speaker_2',
		]);
		const nameless = await compare(BY_SPEAKER, items(like(anna), like(ben)));
		assert.deepEqual(nameless.output.map(({ json }) => json.together_with), ['', '']);
		assert.equal(nameless.output[0].json.members, '0');
		assert.match(nameless.hints[0].message, /'together_with' is empty: set 'Conversation Field'/);
	});

	it('hints at voiceprints without speech, which are in no item', async () => {
		const { output, hints } = await compare(BY_SPEAKER, [CALLS[0], call('9.wav', 0, NOBODY)]);
		assert.equal(output.length, 1);
		assert.ok(hints.some(({ message }) => /no speech behind it: it is of no speaker \[item 1\]/.test(message)));
	});
});

describe('bad ones', () => {
	const mixed = [CALLS[0], itemOf({ voiceprint: 'bad!' }), call('x', 0, textOf(anna, 3, 'other-v2')), CALLS[2]];

	it('stop the workflow, the item named', async () => {
		const fault = faultOf(await compare(GROUP, mixed));
		assert.deepEqual([fault.code, fault.itemIndex], ['INVALID_VOICEPRINT', 1]);
		const models = faultOf(await compare(GROUP, mixed.toSpliced(1, 1)));
		assert.equal(models.code, 'MODELS_DIFFER');
		assert.match(models.message, new RegExp(`'${BUNDLED}' \\(item 0\\) and 'other-v2' \\(item 1\\)`));
	});

	it('become items where the workflow goes on, in their place or behind the speakers', async () => {
		const expected = ['speaker_1', 'INVALID_VOICEPRINT', 'MODELS_DIFFER', 'speaker_1'];
		assert.deepEqual(summary(await compare(GROUP, mixed, { onError: 'continueRegularOutput' }), speaker), expected);
		const bySpeaker = await compare(BY_SPEAKER, mixed, { onError: 'continueRegularOutput' });
		assert.deepEqual(summary(bySpeaker, speaker), ['speaker_1', 'INVALID_VOICEPRINT', 'MODELS_DIFFER']);
	});

	it('may be all', async () => {
		const run = await compare(GROUP, items('bad!', 'bad!'), { onError: 'continueRegularOutput' });
		assert.deepEqual(summary(run, speaker), ['INVALID_VOICEPRINT', 'INVALID_VOICEPRINT']);
		const silent = await compare(GROUP, items(NOBODY, NOBODY));
		assert.deepEqual(summary(silent, speaker), [null, null]);
	});
});

it('a model without calibration is grouped by the cosine, with a threshold of one\'s own', async () => {
	const own = items(textOf(anna, 5, 'mine'), textOf(ben, 5, 'mine'), textOf(anna, 5, 'mine'));
	assert.equal(faultOf(await compare(GROUP, own)).code, 'NO_CALIBRATION');
	const run = await compare({ ...GROUP, operatingPoint: 'custom', threshold: 0.5 }, own);
	assert.deepEqual(summary(run, speaker), ['speaker_1', 'speaker_2', 'speaker_1']);
	assert.equal(run.output[0].json.score_type, 'cosine');
});

it('too many are refused before anything is compared, whatever the workflow does with errors', async () => {
	const text = like(anna);
	const many = Array.from({ length: 5001 }, () => itemOf({ voiceprint: text }));
	assert.equal(faultOf(await compare(GROUP, many)).code, 'TOO_MANY_VOICEPRINTS');
	const run = await compare(GROUP, many, { onError: 'continueRegularOutput' });
	assert.deepEqual(summary(run, speaker), ['TOO_MANY_VOICEPRINTS']);
	assert.equal((run.output[0].pairedItem as unknown[]).length, 5001);
});
