/** Compare Voiceprints, Merge. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IDataObject } from 'n8n-workflow';
import { decodeVoiceprint } from '../../dist/voiceprints/encoding.js';
import { cosine } from '../../dist/voiceprints/vector.js';
import { BUNDLED, COMPARE, compare, faultOf, itemOf, items, NOBODY, summary, textOf, voices } from './support/compare.mts';
import { assertItemsUntouched } from './support/node.mts';

const { anna, ben, like } = voices(43);
const MERGE = { operation: 'merge' };

const named = (name: unknown, voiceprint: string) => itemOf({ name, voiceprint } as { name: string });
const codesOf = ({ warnings }: IDataObject) => (warnings === '' ? [] : (warnings as string).split(' | ').map((one) => one.split(':')[0]));

describe('all items as one', () => {
	it('have the shape of a channel of Extract Voiceprint', async () => {
		const three = items(like(anna, 5), like(anna, 20), like(anna, 8));
		const { output } = await compare(MERGE, three);
		assert.equal(output.length, 1);
		const { voiceprint, consistency_mean: mean, consistency_minimum: minimum, ...rest } = output[0].json as Record<string, number> & { voiceprint: string };
		assert.deepEqual(rest, { merged_from: 3, members: '0, 1, 2', speech_length: 33, warnings: '', model: BUNDLED, engine: 'local' });
		const decoded = decodeVoiceprint(voiceprint);
		assert.equal(decoded.speechLength, 33);
		assert.ok(cosine(decoded.vector, anna) > 0.93);
		const asked = await compare({ ...MERGE, options: { includeVectorVoiceprint: true } }, three);
		assert.ok(Math.abs(cosine(decoded.vector, Float32Array.from(asked.output[0].json.vector as number[])) - 1) < 1e-4);
		assert.ok(minimum > 0.85 && mean > minimum && mean < 1);
		assert.deepEqual(output[0].pairedItem, [{ item: 0 }, { item: 1 }, { item: 2 }]);
	});

	it('can be one', async () => {
		const { output } = await compare(MERGE, items(like(anna, 5)));
		assert.equal(output[0].json.merged_from, 1);
		assert.deepEqual(output[0].pairedItem, { item: 0 });
	});

	it('leave out those without speech, and say so', async () => {
		const { output, hints } = await compare(MERGE, items(like(anna), NOBODY, like(anna)));
		assert.equal(output[0].json.merged_from, 2);
		assert.deepEqual(codesOf(output[0].json), ['EMPTY_VOICEPRINT']);
		assert.match(hints[0].message, /item 1 was left out/);
		assert.deepEqual(output[0].pairedItem, [{ item: 0 }, { item: 1 }, { item: 2 }]);
		assert.equal(faultOf(await compare(MERGE, items(NOBODY, NOBODY))).code, 'EMPTY_VOICEPRINT');
	});

	it('warn of one that does not fit, and name it', async () => {
		const { output } = await compare(MERGE, items(like(anna), like(anna), like(ben), like(anna)));
		assert.match(output[0].json.warnings as string, /^VOICEPRINT_DOES_NOT_FIT: [^|]*item 2 does not fit[^|]*$/);
	});

	it('warn of little speech only where it is little in all', async () => {
		const [much] = (await compare(MERGE, items(like(anna, 2), like(anna, 2)))).output;
		const [little] = (await compare(MERGE, items(like(anna, 1), like(anna, 1)))).output;
		assert.deepEqual([codesOf(much.json), codesOf(little.json)], [[], ['LITTLE_SPEECH']]);
	});
});

describe('items by a field', () => {
	const five = [
		named('Ben', like(ben)),
		named('Anna', like(anna, 4)),
		named('Ben', like(ben)),
		named(7, like(ben)),
		named('Anna', like(anna, 6)),
	];

	it('give one item per value, in the order of first appearance, ready to be a gallery', async () => {
		const { output } = await compare({ ...MERGE, groupByField: 'name' }, five);
		assert.deepEqual(output.map(({ json, pairedItem }) => [json.name, json.merged_from, pairedItem]), [
			['Ben', 2, [{ item: 0 }, { item: 2 }]],
			['Anna', 2, [{ item: 1 }, { item: 4 }]],
			[7, 1, { item: 3 }],
		]);
		assert.equal(output[1].json.speech_length, 10);
		const gallery = output.map(({ json }) => ({ json }));
		const found = await compare({ operation: 'identify' }, items(like(anna)), { secondItems: gallery });
		assert.equal(found.output[0].json.speaker, 'Anna');
	});

	it('must all have it', async () => {
		const fault = faultOf(await compare({ ...MERGE, groupByField: 'name' }, [...five, itemOf({ voiceprint: like(ben) })]));
		assert.equal(fault.code, 'INVALID_PARAMETER');
		assert.match(fault.message, /no text or number in the field 'name'.*\[item 5\]/);
	});

	it('keep the fields of the first where asked, and stay as they are', async (t) => {
		await assertItemsUntouched(t, COMPARE, async () => {
			const own = five.map(({ json }, id) => itemOf({ ...json, id }));
			const { output } = await compare({ ...MERGE, groupByField: 'name', options: { includeInputFields: true } }, own);
			assert.deepEqual(output.map(({ json }) => json.id), [0, 1, 3]);
			assert.notEqual(output[0].json.voiceprint, five[0].json!.voiceprint);
		});
	});
});

describe('bad ones', () => {
	const mixed = [named('a', like(anna)), named('b', 'bad!'), named('a', textOf(anna, 3, 'other-v2')), named('c', NOBODY), named('b', like(ben))];
	const parameters = { ...MERGE, groupByField: 'name' };

	it('stop the workflow, the item named', async () => {
		const fault = faultOf(await compare(parameters, mixed));
		assert.deepEqual([fault.code, fault.itemIndex], ['INVALID_VOICEPRINT', 1]);
		const models = faultOf(await compare(MERGE, mixed.toSpliced(1, 1)));
		assert.equal(models.code, 'MODELS_DIFFER');
		assert.match(models.message, new RegExp(`'${BUNDLED}' \\(item 0\\) and 'other-v2' \\(item 1\\)`));
	});

	it('become items in their place where the workflow goes on', async () => {
		const run = await compare(parameters, mixed, { onError: 'continueRegularOutput' });
		assert.deepEqual(summary(run, ({ name, merged_from }) => `${name as string}${merged_from as number}`), [
			'a1',
			'INVALID_VOICEPRINT',
			'MODELS_DIFFER',
			'EMPTY_VOICEPRINT',
			'b1',
		]);
		assert.deepEqual(run.output.map(({ pairedItem }) => pairedItem), [0, 1, 2, 3, 4].map((item) => ({ item })));
	});

	it('go to the error output', async () => {
		const { outputs } = await compare(parameters, mixed, { onError: 'continueErrorOutput' });
		assert.deepEqual(outputs.map((list) => list.length), [2, 3]);
		assert.equal(outputs[1][0].json.name, 'b');
	});
});

it('a model without calibration is merged too: nobody decides anything', async () => {
	const { output } = await compare(MERGE, items(textOf(anna, 5, 'mine'), textOf(ben, 5, 'mine')));
	assert.deepEqual([output[0].json.model, output[0].json.warnings], ['mine', '']);
});

it('is not offered for a server', async () => {
	const fault = faultOf(await compare({ ...MERGE, engine: 'api' }, items(like(anna))));
	assert.equal(fault.code, 'INVALID_PARAMETER');
	assert.match(fault.message, /'Operation' must be one of 'group', 'identify', 'verify'/);
});
