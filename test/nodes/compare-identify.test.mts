/** Compare Voiceprints, Identify, by the local engine. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { expectedErrors } from '../../dist/voiceprints/scoring.js';
import { calibrationOf } from '../../dist/models/calibrations.js';
import { BUNDLED, COMPARE, compare, faultOf, itemOf, items, NOBODY, summary, textOf, unitVector, voices } from './support/compare.mts';
import { assertItemsUntouched } from './support/node.mts';

const { anna, ben, cleo, like, random } = voices(42);
const IDENTIFY = { operation: 'identify' };
const LISTED = { ...IDENTIFY, options: { maximumMatches: 5 } };

const known = (name: unknown, voiceprint: unknown) => itemOf({ name, voiceprint } as { name: string });
const GALLERY = [known('Anna', like(anna, 20)), known('Ben', like(ben, 5)), known('Anna', like(anna, 8, 0.8))];

const speaker = (json: IDataObject) => json.speaker;

type Match = { name: string; score: number; probability: number; cosine: number; same_speaker: boolean; gallery_item: number; speech_length: number };

const warningsOf = (json: IDataObject) => json.warnings as string;

describe('the result', () => {
	it('names the speaker, and ranks the others', async () => {
		const { output, hints } = await compare(LISTED, items(like(anna), like(ben)), { secondItems: GALLERY });
		assert.deepEqual(output.map(({ json }) => json.speaker), ['Anna', 'Ben']);
		assert.deepEqual(Object.keys(output[0].json).slice(0, 7), ['identified', 'speaker', 'probability', 'score', 'cosine', 'file_name', 'channel_number']);
		assert.deepEqual(Object.keys(output[0].json).slice(-2), ['model', 'engine']);
		const { matches, probability, score, cosine, ...rest } = output[0].json as IDataObject & { matches: Match[] };
		assert.deepEqual(matches.map(({ name, gallery_item, same_speaker }) => [name, gallery_item, same_speaker]), [
			['Anna', 0, true],
			['Ben', 1, false],
		]);
		assert.deepEqual([probability, score, cosine], [matches[0].probability, matches[0].score, matches[0].cosine]);
		assert.deepEqual(
			Object.keys(matches[0]),
			['name', 'same_speaker', 'score', 'probability', 'cosine', 'speech_length', 'file_name', 'channel_number', 'gallery_item'],
		);
		assert.equal(matches[0].speech_length, 20);
		assert.ok(matches[0].score > 3 && matches[1].score < -3);
		const { expected_false_accept_rate: rate, expected_false_matches: false_matches, ...plain } = rest;
		assert.deepEqual(plain, {
			file_name: null,
			channel_number: null,
			identified: true,
			speaker: 'Anna',
			best_match: 'Anna',
			best_match_file_name: null,
			best_match_channel_number: null,
			best_match_speech_length: 20,
			second_match: 'Ben',
			second_match_score: matches[1].score,
			gallery_item: 0,
			gallery_size: 3,
			score_type: 'llr',
			operating_point: 'balanced',
			threshold: 0,
			speech_length: 10,
			model: BUNDLED,
			engine: 'local',
			warnings: '',
		});
		assert.ok(Math.abs((false_matches as number) - (rate as number) * 3) < 1e-5);
		assert.deepEqual(output.map(({ pairedItem }) => pairedItem), [{ item: 0 }, { item: 1 }]);
		assert.deepEqual(hints, []);
	});

	it('is unknown where nobody is alike enough', async () => {
		const [{ json }] = (await compare(IDENTIFY, items(like(cleo)), { secondItems: GALLERY })).output;
		assert.deepEqual([json.identified, json.speaker], [false, 'unknown']);
		// Who it would be first is said all the same, and in columns.
		assert.ok(['Anna', 'Ben'].includes(json.best_match as string) && (json.score as number) < 0);
		assert.ok(Object.values(json).every((value) => typeof value !== 'object' || value === null));
	});

	it('expects as many false matches as the entries\' own amounts of speech make', async () => {
		const calibration = (await calibrationOf(BUNDLED))!;
		const threshold = calibration.operatingPoints.fewFalseAccepts;
		const expected = expectedErrors(calibration, threshold);
		const sum = [20, 5, 8].reduce((total, length) => total + expected({ speechLength: 10 }, { speechLength: length }).falseAccept!, 0);
		const parameters = { ...IDENTIFY, operatingPoint: 'fewFalseAccepts' };
		const [{ json }] = (await compare(parameters, items(like(anna)), { secondItems: GALLERY })).output;
		assert.ok(sum > 0 && Math.abs((json.expected_false_matches as number) - sum) < 1e-8);
		assert.equal(json.threshold, threshold);
	});

	it('lists as many matches as asked for', async () => {
		const many = Array.from({ length: 20 }, (_, i) => known(`Person ${i}`, textOf(unitVector(random))));
		const count = async (options: INodeParameters) =>
			((await compare({ ...IDENTIFY, options }, items(like(anna)), { secondItems: many })).output[0].json.matches as Match[]).length;
		assert.deepEqual([await count({ maximumMatches: 1 }), await count({ maximumMatches: 5 }), await count({ maximumMatches: 50 })], [1, 5, 20]);
		const fault = faultOf(await compare({ ...IDENTIFY, options: { maximumMatches: 0 } }, items(like(anna)), { secondItems: many }));
		assert.match(fault.message, /'Maximum Matches' must not be below 1/);
	});

	it('is the best of all, and in order', async () => {
		const many = Array.from({ length: 500 }, (_, i) => known(i, textOf(unitVector(random), 1 + (i % 30))));
		const { matches } = (await compare({ ...IDENTIFY, options: { maximumMatches: 500 } }, items(like(anna)), { secondItems: many }))
			.output[0].json as unknown as { matches: Match[] };
		assert.deepEqual(new Set(matches.map(({ name }) => Number(name))), new Set(many.keys()));
		assert.ok(matches.every(({ score }, i) => i === 0 || score <= matches[i - 1].score));
	});

	it('takes names and voiceprints from fields of one\'s choice, numbers as names too', async () => {
		const gallery = [itemOf({ customer: { id: 17, print: like(anna) } }), itemOf({ customer: { id: 18, print: like(ben) } })];
		const parameters = { ...IDENTIFY, galleryNameField: 'customer.id', galleryVoiceprintField: 'customer.print' };
		const run = await compare(parameters, items(like(ben)), { secondItems: gallery });
		assert.deepEqual(summary(run, speaker), ['18']);
	});

	it('takes items of Extract Voiceprint as they are', async () => {
		const file = (voiceprint: string) => itemOf({ file_name: 'a.wav', channels: [{ channel_number: 0, voiceprint, speech_length: 10 }] });
		const run = await compare(
			{ ...IDENTIFY, galleryNameField: 'file_name' },
			[file(like(anna))],
			{ secondItems: [file(like(anna))] },
		);
		assert.deepEqual(summary(run, speaker), ['a.wav']);
	});

	it('keeps fields where asked, and changes no item of either input', async (t) => {
		await assertItemsUntouched(t, COMPARE, async () => {
			const item = itemOf({ voiceprint: like(anna), id: 3 });
			const { output } = await compare({ ...IDENTIFY, options: { includeInputFields: true } }, [item], { secondItems: GALLERY });
			assert.deepEqual([output[0].json.id, output[0].json.speaker], [3, 'Anna']);
		});
	});
});

describe('a bad entry of the gallery', () => {
	for (const [name, entry, message] of [
		['that is damaged', known('Dan', `${like(ben).slice(0, 300)}AAAA${like(ben).slice(304)}`), /item 3 \(The voiceprint is damaged/],
		['without speech', known('Dan', NOBODY), /item 3 \(The voiceprint has no speech behind it\)/],
		['without name', itemOf({ voiceprint: like(ben) }), /item 3 \(The item has no name in the field 'name'\)/],
		['without voiceprint', itemOf({ name: 'Dan' }), /item 3 \(The item has no voiceprint in the field 'voiceprint'\)/],
		['of a Speech Platform', known('Dan', 'e1UHdmVyc2lvblUBfQ=='), /item 3 \(The voiceprint is not one of the local engine\)/],
	] as const) {
		it(`${name} is left out and reported`, async () => {
			const run = await compare(IDENTIFY, items(like(anna)), { secondItems: [...GALLERY, entry, known('Zoe', like(cleo))] });
			assert.deepEqual(summary(run, speaker), ['Anna']);
			const { json } = run.output[0];
			assert.equal(json.gallery_size, 4);
			assert.match(warningsOf(json), /^ENTRY_SKIPPED: 1 of 5 entries of the gallery were left out: /);
			assert.match(warningsOf(json), message);
			assert.match(run.hints[0].message, /left out/);
			// Those behind it are still who they are.
			const zoe = await compare(IDENTIFY, items(like(cleo)), { secondItems: [...GALLERY, entry, known('Zoe', like(cleo))] });
			assert.deepEqual([zoe.output[0].json.speaker, zoe.output[0].json.gallery_item], ['Zoe', 4]);
		});
	}

	it('is named, five at most', async () => {
		const bad = Array.from({ length: 8 }, () => known('x', 'bad!'));
		const good = Array.from({ length: 8 }, () => GALLERY[0]);
		const [{ json }] = (await compare(IDENTIFY, items(like(anna)), { secondItems: [...bad, ...good] })).output;
		assert.match(warningsOf(json), /item 4 \(.*\) and 3 more$/);
	});
});

describe('a gallery that cannot be used is refused:', () => {
	const cases: Array<[string, ReturnType<typeof itemOf>[], string, RegExp]> = [
		['none', [], 'VOICEPRINT_MISSING', /No item came to the input 'Gallery'/],
		['mostly bad entries', [...GALLERY.slice(0, 1), known('x', 'bad!'), known('x', 'bad!')], 'INVALID_VOICEPRINT', /cannot be used: 2 of 3/],
		['no names', GALLERY.map(({ json }) => itemOf({ voiceprint: json!.voiceprint })), 'VOICEPRINT_MISSING', /3 of 3 .* no name/],
		[
			'different models',
			[...GALLERY, known('Dan', textOf(ben, 9, 'other-v2'))],
			'MODELS_DIFFER',
			new RegExp(`'${BUNDLED}' and, in item 3, 'other-v2'`),
		],
	];
	for (const [name, secondItems, code, message] of cases) {
		it(name, async () => {
			const parameters = { ...IDENTIFY, options: { emptyGallery: 'fail' } };
			const fault = faultOf(await compare(parameters, items(like(anna)), { secondItems }));
			assert.equal(fault.code, code);
			assert.match(fault.message, message);
			assert.notEqual(fault.description, '');
			const run = await compare(parameters, items(like(anna), like(ben)), { secondItems, onError: 'continueRegularOutput' });
			assert.deepEqual(summary(run, speaker), [code, code]);
		});
	}
});

describe('one bad voiceprint', () => {
	it('becomes an item where the workflow goes on', async () => {
		const probes = items(like(anna), 'bad!', NOBODY, textOf(ben, 9, 'other-v2'), like(ben));
		const run = await compare({ ...IDENTIFY }, probes, { secondItems: GALLERY, onError: 'continueRegularOutput' });
		assert.deepEqual(summary(run, speaker), ['Anna', 'INVALID_VOICEPRINT', 'unknown', 'MODELS_DIFFER', 'Ben']);
		assert.match(warningsOf(run.output[2].json), /^EMPTY_VOICEPRINT: The voiceprint has no speech behind it: it is of nobody/);
		assert.deepEqual([run.output[2].json.identified, run.output[2].json.score, run.output[2].json.best_match], [false, null, null]);
		assert.deepEqual(Object.keys(run.output[2].json), Object.keys(run.output[0].json));
		assert.match((run.output[3].json.error as { message: string }).message, new RegExp(`'${BUNDLED}' and 'other-v2'`));
	});
});

it('parameters of the gallery are read once, not for each entry', async () => {
	const many = Array.from({ length: 3000 }, (_, i) => known(`Person ${i}`, GALLERY[i % 2].json!.voiceprint));
	const parameters = { ...IDENTIFY, galleryNameField: '={{ $execution.customData.set("count", String(Number($execution.customData.get("count") ?? 0) + 1)) ?? "name" }}' };
	const { run, status } = await compare(parameters, items(like(anna)), { secondItems: many });
	assert.equal(status, 'success');
	assert.equal(run.data.resultData.metadata?.count, '1');
});
