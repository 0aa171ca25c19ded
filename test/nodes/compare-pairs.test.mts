/** Compare Voiceprints, Verify with the second input: which item belongs to which, and that the result says so. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IDataObject } from 'n8n-workflow';
import { readPairs } from '../../dist/nodes/CompareVoiceprints/pairs.js';
import { compare, faultOf, itemOf, items, summary, voices } from './support/compare.mts';

const { anna, ben, cleo, like } = voices(47);
const WITH_INPUT = { operation: 'verify', compareWith: 'input' };
const BY_ID = { ...WITH_INPUT, matchByField: 'id' };

const isSame = (json: IDataObject) => json.same_speaker;
const person = (id: unknown, voiceprint: string, more: object = {}) => itemOf({ id, voiceprint, ...more } as IDataObject);

const CALLS = [
	person(1, like(anna), { file_name: 'a.wav', channel_number: 0 }),
	person(2, like(ben), { file_name: 'b.wav', channel_number: 1 }),
	person(3, like(cleo), { file_name: 'c.wav', channel_number: 0 }),
];

describe('by position', () => {
	it('both sides must have the same number of items', async () => {
		for (const others of [items(like(ben), like(cleo)), items(like(anna), like(ben), like(cleo), like(anna))]) {
			const fault = faultOf(await compare(WITH_INPUT, CALLS, { secondItems: others }));
			assert.equal(fault.code, 'PAIRS_UNCLEAR');
			assert.match(fault.message, new RegExp(`^The inputs have 3 and ${others.length} items`));
			assert.match(fault.description, /'Match By Field'/);
			const goesOn = await compare(WITH_INPUT, CALLS, { secondItems: others, onError: 'continueRegularOutput' });
			assert.deepEqual(summary(goesOn, isSame), ['PAIRS_UNCLEAR', 'PAIRS_UNCLEAR', 'PAIRS_UNCLEAR']);
		}
		assert.equal(faultOf(await compare(WITH_INPUT, [CALLS[0]], { secondItems: CALLS })).code, 'PAIRS_UNCLEAR');
	});

	it('one for all says so', async () => {
		const { hints, output } = await compare(WITH_INPUT, CALLS, { secondItems: items(like(anna)) });
		assert.match(hints[0].message, /^All 3 items were compared with the only one of the second input/);
		assert.deepEqual(output.map(({ json }) => [json.item, json.second_item]), [[0, 0], [1, 0], [2, 0]]);
		assert.deepEqual((await compare(WITH_INPUT, [CALLS[0]], { secondItems: items(like(anna)) })).hints, []);
	});
});

describe('by position, where items were lost on the way', () => {
	/** Items as a node gives them that made them of these of its input. */
	const from = (...sources: Array<number | undefined>) =>
		sources.map((item) => ({ json: { voiceprint: like(anna) }, ...(item === undefined ? {} : { pairedItem: { item } }) }));
	const isRefused = (one: ReturnType<typeof from>, other: ReturnType<typeof from>) => {
		const runOf = (output: object[]) => [{ data: { main: [output] } }];
		const ctx = {
			getInputData: (index = 0) => (index === 1 ? other : one),
			getNode: () => ({ name: 'x' }),
			getNodeParameter: () => '',
			executeData: { source: { main: [{ previousNode: 'Calls' }, { previousNode: 'References' }] } },
			runExecutionData: { resultData: { runData: { Calls: runOf(one), References: runOf(other) } } },
		};
		const pairs = readPairs({ ctx, hint: () => {} } as never);
		try {
			pairs.partnersOf(0);
			return false;
		} catch (error) {
			assert.equal((error as { code: string }).code, 'PAIRS_UNCLEAR');
			return true;
		}
	};

	it('the same places are refused', () => {
		assert.equal(isRefused(from(0, 1), from(1, 2)), true);
		assert.equal(isRefused(from(0, 2, 3), from(0, 1, 3)), true);
	});

	it('and not where both sides lost the same, or nobody knows', () => {
		assert.equal(isRefused(from(0, 1), from(0, 1)), false);
		assert.equal(isRefused(from(1, 2), from(1, 2)), false);
		assert.equal(isRefused(from(0, 0, 1, 1), from(0, 1, 2, 3)), false);
		assert.equal(isRefused(from(undefined, 1), from(1, 2)), false);
	});
});

describe('by a field', () => {
	it('finds each its own, in whatever order and number, also where numbers came back as text', async () => {
		const known = [person('3', like(cleo)), person(' 1 ', like(ben)), person('9', like(ben)), person('2', like(ben))];
		const run = await compare(BY_ID, CALLS, { secondItems: known });
		assert.deepEqual(summary(run, isSame), [false, true, true]);
		assert.deepEqual(run.output.map(({ json }) => [json.second_item, json.matched_by]), [[1, '1'], [3, '2'], [0, '3']]);
		assert.match(run.hints[0].message, /^1 items of the second input belong to no item of the first, such as item 2/);
	});

	it('names both sides in the result', async () => {
		const known = [person(2, like(ben), { file_name: 'ben.wav', channel_number: 0 })];
		const { json } = (await compare(BY_ID, [CALLS[1]], { secondItems: known })).output[0];
		const { item, file_name, channel_number, second_item, second_file_name, second_channel_number } = json;
		assert.deepEqual([item, file_name, channel_number, second_item, second_file_name, second_channel_number], [0, 'b.wav', 1, 0, 'ben.wav', 0]);
	});

	for (const [name, calls, known, code, message] of [
		['nobody has the value', CALLS, [person(1, like(anna))], 'VOICEPRINT_MISSING', /^No item of the second input has '2' in the field 'id' \[item 1\]/],
		['several have it', CALLS, [person(1, like(anna)), person('1', like(anna))], 'PAIRS_UNCLEAR', /^2 items of the second input have '1' in the field 'id' \(items 0, 1\)/],
		['the item has none', [person('', like(anna))], CALLS, 'PAIRS_UNCLEAR', /^The item has nothing in the field 'id', by which to match/],
		['the second input has none', CALLS, items(like(anna)), 'PAIRS_UNCLEAR', /^No item of the second input has anything in the field 'id'/],
		['its name begins with a byte order mark', CALLS, [itemOf({ '\uFEFFid': 1, voiceprint: like(anna) })], 'PAIRS_UNCLEAR', /U\+FEFF, byte order mark/],
	] as const) {
		it(`is refused where ${name}`, async () => {
			const fault = faultOf(await compare(BY_ID, [...calls], { secondItems: [...known] }));
			assert.equal(fault.code, code);
			assert.match(fault.message, message);
			assert.notEqual(fault.description, '');
		});
	}
});

describe('a pair in one item', () => {
	it('is named on both sides too', async () => {
		const fields = { voiceprint: like(anna), file_name: 'a.wav', channel_number: 0 };
		const second = { voiceprint_2: like(anna), file_name_2: 'b.wav', channel_number_2: 1 };
		const { json } = (await compare({}, [itemOf({ ...fields, ...second })])).output[0];
		assert.deepEqual([json.file_name, json.channel_number, json.second_file_name, json.second_channel_number], ['a.wav', 0, 'b.wav', 1]);
		assert.equal(json.warnings, '');
	});

	it('that is one voiceprint twice says so', async () => {
		const voiceprint = like(anna);
		const { json } = (await compare({}, [itemOf({ voiceprint, voiceprint_2: voiceprint })])).output[0];
		assert.match(json.warnings as string, /^SAME_VOICEPRINT: The second voiceprint is the very same/);
	});
});
