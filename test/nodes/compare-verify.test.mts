/** Compare Voiceprints, Verify, by the local engine. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { calibrationOf } from '../../dist/models/calibrations.js';
import { decodeVoiceprint, encodeVoiceprint } from '../../dist/voiceprints/encoding.js';
import { cosine as cosineOf } from '../../dist/voiceprints/vector.js';
import { BUNDLED, bundledScore, COMPARE, compare, faultOf, itemOf, items, NOBODY, summary, textOf, voices } from './support/compare.mts';
import { cohortFile } from '../voiceprints/support/cohorts.mts';
import { unitVector, voiceprintOf } from '../voiceprints/support/vectors.mts';
import { assertItemsUntouched, harness, SYSTEM_TEXT } from './support/node.mts';

const { anna, ben, like, random } = voices(41);
const ANNA = textOf(anna, 12);
const WITH_INPUT = { compareWith: 'input' };

const pair = (voiceprint: unknown, voiceprint_2: unknown) => itemOf({ voiceprint, voiceprint_2 } as { voiceprint: string });
const isSame = (json: { same_speaker?: unknown }) => json.same_speaker;

describe('the result', () => {
	it('of the same speaker', async () => {
		const other = like(anna, 6);
		const { output, hints } = await compare({}, [pair(ANNA, other)]);
		const value = cosineOf(decodeVoiceprint(ANNA).vector, decodeVoiceprint(other).vector);
		assert.deepEqual(Object.keys(output[0].json).slice(0, 8), [
			'same_speaker', 'probability', 'score', 'file_name', 'channel_number', 'second_file_name', 'second_channel_number', 'matched_by',
		]);
		assert.deepEqual(Object.keys(output[0].json).slice(-2), ['model', 'engine']);
		const { score, probability, cosine, expected_false_accept_rate, expected_false_reject_rate, ...rest } = output[0].json;
		assert.deepEqual(rest, {
			item: 0,
			file_name: null,
			channel_number: null,
			second_item: 0,
			second_file_name: null,
			second_channel_number: null,
			matched_by: null,
			same_speaker: true,
			score_type: 'llr',
			operating_point: 'balanced',
			threshold: 0,
			speech_length: 12,
			second_speech_length: 6,
			model: BUNDLED,
			engine: 'local',
			warnings: '',
		});
		assert.ok(Math.abs((cosine as number) - value) < 1e-5 && Math.abs(value - 0.9) < 0.01);
		assert.ok(Math.abs((score as number) - bundledScore(value, { speechLength: 12 }, { speechLength: 6 })) < 1e-3);
		assert.ok(Math.abs((probability as number) - 1 / (1 + Math.exp(-(score as number)))) < 1e-5);
		for (const rate of [expected_false_accept_rate, expected_false_reject_rate] as number[]) assert.ok(rate > 0 && rate < 0.2);
		assert.deepEqual(output[0].pairedItem, { item: 0 });
		assert.deepEqual(hints, []);
	});

	it('of another speaker', async () => {
		const [{ json }] = (await compare({}, [pair(ANNA, like(ben))])).output;
		assert.equal(json.same_speaker, false);
		assert.ok((json.score as number) < -3 && (json.probability as number) < 0.05);
	});

	it('warns of little speech, of each voiceprint that has little', async () => {
		const { output, hints } = await compare({}, [pair(like(anna, 2.9), like(anna, 1)), pair(ANNA, like(anna, 3))]);
		const [one, other] = (output[0].json.warnings as string).split(' | ');
		assert.match(one, /^LITTLE_SPEECH: The first voiceprint has only 2\.9 s/);
		assert.match(other, /^LITTLE_SPEECH: The second voiceprint has only 1\.0 s/);
		assert.equal(output[1].json.warnings, '');
		assert.match(hints[0].message, /uncertain \[item 0\] \(and 1 more like this, in 1 item in all\)/);
	});

	it('keeps the fields of the item where that is asked for, and changes no item', async (t) => {
		await assertItemsUntouched(t, COMPARE, async () => {
			const item = itemOf({ ...pair(ANNA, ANNA).json, id: 7, score: 'mine' });
			assert.equal((await compare({}, [item])).output[0].json.id, undefined);
			const { json } = (await compare({ options: { includeInputFields: true } }, [item])).output[0];
			assert.equal(json.id, 7);
			assert.deepEqual([Object.keys(json)[0], Object.keys(json).at(-1)], ['same_speaker', 'id']);
			assert.equal(typeof json.score, 'number');
		});
	});
});

describe('the decision', () => {
	// About 1.5: above Balanced, below Few False Accepts.
	const doubtful = pair(ANNA, textOf(decodeVoiceprint(like(anna, 12, 0.62)).vector, 12));

	it('follows the operating point', async () => {
		const decisions = [];
		for (const operatingPoint of ['fewFalseAccepts', 'balanced', 'fewFalseRejects']) {
			const { json } = (await compare({ operatingPoint }, [doubtful])).output[0];
			decisions.push([json.operating_point, json.threshold, json.same_speaker]);
		}
		const { fewFalseAccepts, balanced, fewFalseRejects } = (await calibrationOf(BUNDLED))!.operatingPoints;
		assert.ok(fewFalseAccepts > balanced && balanced > fewFalseRejects);
		assert.deepEqual(decisions, [
			['few_false_accepts', fewFalseAccepts, false],
			['balanced', balanced, true],
			['few_false_rejects', fewFalseRejects, true],
		]);
	});

	it('expects fewer false accepts and more false rejects of a higher threshold', async () => {
		const rates = async (operatingPoint: string) => (await compare({ operatingPoint }, [doubtful])).output[0].json as Record<string, number>;
		const [strict, lax] = [await rates('fewFalseAccepts'), await rates('fewFalseRejects')];
		assert.ok(strict.expected_false_accept_rate < lax.expected_false_accept_rate / 5);
		assert.ok(strict.expected_false_reject_rate > lax.expected_false_reject_rate);
	});

	it('may be by a threshold of one\'s own, which the score may just reach', async () => {
		const { score } = (await compare({}, [doubtful])).output[0].json as { score: number };
		const at = async (threshold: number) =>
			(await compare({ operatingPoint: 'custom', threshold }, [doubtful])).output[0].json.same_speaker;
		assert.deepEqual([await at(score - 0.01), await at(score + 0.01)], [true, false]);
		const { threshold } = (await compare({ operatingPoint: 'custom', threshold: '={{ "1.25" }}' }, [doubtful])).output[0].json;
		assert.equal(threshold, 1.25);
	});

	it('does not depend on the prior; the probability does', async () => {
		const { json } = (await compare({ options: { prior: 0.001 } }, [doubtful])).output[0];
		assert.equal(json.same_speaker, true);
		const odds = Math.exp(json.score as number) / 999;
		assert.ok(Math.abs((json.probability as number) - odds / (1 + odds)) < 1e-6);
	});
});

describe('the second voiceprint from the second input', () => {
	it('is that of the item in the same place', async () => {
		const run = await compare(WITH_INPUT, items(ANNA, ANNA), { secondItems: items(like(ben), like(anna)) });
		assert.deepEqual(summary(run, isSame), [false, true]);
		assert.deepEqual(run.output.map(({ pairedItem }) => pairedItem), [{ item: 0 }, { item: 1 }]);
	});

	it('is compared with all where it is the only one', async () => {
		const run = await compare(WITH_INPUT, items(ANNA, like(ben), like(anna)), { secondItems: items(like(anna)) });
		assert.deepEqual(summary(run, isSame), [true, false, true]);
	});

	it('has a field of its own', async () => {
		const parameters = { ...WITH_INPUT, secondInputVoiceprintField: 'known.print' };
		const run = await compare(parameters, items(ANNA), { secondItems: [itemOf({ known: { print: like(anna) } })] });
		assert.deepEqual(summary(run, isSame), [true]);
	});

	it('must be there', async () => {
		for (const [rest, message] of [
			[{}, /Nothing is connected to the input 'Compare With'/],
			[{ secondItems: [] }, /No item came to the second input/],
			[{ secondItems: [{}] }, /No item came to the second input/],
		] as Array<[object, RegExp]>) {
			const fault = faultOf(await compare(WITH_INPUT, items(ANNA), rest));
			assert.equal(fault.code, 'VOICEPRINT_MISSING');
			assert.match(fault.message, message);
		}
	});
});

describe('the voiceprint is found', () => {
	const SECOND = { voiceprint_2: ANNA };
	const cases: Array<[string, object, string]> = [
		['in a field in a field', { of: { caller: ANNA }, ...SECOND }, 'of.caller'],
		['in a list', { channels: [{}, { voiceprint: ANNA }], ...SECOND }, 'channels[1].voiceprint'],
		['in a field with blanks in its name', { 'my prints': [ANNA], ...SECOND }, '["my prints"][0]'],
		['in a field with a full stop in its name', { 'a.b': ANNA, a: { b: 'no' }, ...SECOND }, 'a.b'],
		['under the path that the editor would calculate with', { a: { b: ANNA }, ...SECOND }, '$json.a.b'],
		['in the only channel of a file', { channels: [{ voiceprint: ANNA, channel_number: 0 }], ...SECOND }, 'voiceprint'],
		['in the only channel that has one', { channels: [{ x: 1 }, { voiceprint: ANNA }], ...SECOND }, 'voiceprint'],
	];
	for (const [name, json, voiceprintField] of cases) {
		it(name, async () => {
			const run = await compare({ voiceprintField }, [itemOf(json as { voiceprint: string })]);
			assert.deepEqual(summary(run, isSame), [true]);
		});
	}

	it('or the item has none: then its fields are named', async () => {
		const fault = faultOf(await compare({}, [itemOf({ file_name: 'a.wav', vp: ANNA })]));
		assert.equal(fault.code, 'VOICEPRINT_MISSING');
		assert.equal(fault.message, "The item has no voiceprint in the field 'voiceprint' [item 0]");
		assert.match(fault.description, /'file_name', 'vp'/);
		assert.match(faultOf(await compare({}, [itemOf({})])).description, /no fields at all/);
	});

	it('or there are several: then one has to be chosen', async () => {
		const channels = [{ voiceprint: ANNA }, { voiceprint: ANNA }];
		const fault = faultOf(await compare({}, [itemOf({ channels, ...SECOND })]));
		assert.equal(fault.code, 'VOICEPRINT_MISSING');
		assert.match(fault.message, /voiceprints of 2 channels/);
		assert.match(fault.description, /One Item per Channel.*channels\[0\]\.voiceprint/);
	});

	it('or its value was given in place of the name, and does not get into the message', async () => {
		const fault = faultOf(await compare({ voiceprintField: '={{ $json.voiceprint }}' }, [pair(ANNA, ANNA)]));
		assert.equal(fault.code, 'VOICEPRINT_MISSING');
		assert.match(fault.message, /the name of a field is asked for, not its value/);
		assert.ok(!`${fault.message}${fault.description}`.includes(ANNA.slice(0, 40)));
	});

	it('nowhere in what every object has', async () => {
		for (const voiceprintField of ['constructor', 'a.constructor.name', 'a.__proto__', '["constructor"]']) {
			assert.equal(faultOf(await compare({ voiceprintField }, [itemOf({ a: {}, ...SECOND })])).code, 'VOICEPRINT_MISSING');
		}
	});
});

describe('what cannot be compared is refused:', () => {
	const damaged = `${ANNA.slice(0, 200)}${ANNA[200] === 'A' ? 'B' : 'A'}${ANNA.slice(201)}`;
	const cases: Array<[string, unknown, unknown, string, RegExp]> = [
		['different models', ANNA, textOf(anna, 10, 'other-v2'), 'MODELS_DIFFER', new RegExp(`'${BUNDLED}' and 'other-v2'`)],
		['a first one without speech', NOBODY, ANNA, 'EMPTY_VOICEPRINT', /^The first voiceprint has no speech behind it/],
		['a second one without speech', ANNA, NOBODY, 'EMPTY_VOICEPRINT', /^The second voiceprint has no speech behind it/],
		['a damaged one', ANNA, damaged, 'INVALID_VOICEPRINT', /^The second voiceprint is damaged/],
		['one of a Speech Platform', 'e1UHdmVyc2lvblUBfQ==', ANNA, 'INVALID_VOICEPRINT', /^The first voiceprint is not one of the local engine/],
		['a list', [0.1, 0.2], ANNA, 'INVALID_VOICEPRINT', /^The first voiceprint must be text, but is a list/],
	];
	for (const [name, one, other, code, message] of cases) {
		it(name, async () => {
			const fault = faultOf(await compare({}, [pair(ANNA, ANNA), pair(one, other)]));
			assert.equal(fault.code, code);
			assert.match(fault.message, message);
			assert.match(fault.message, /\[item 1\]$/);
			assert.equal(fault.itemIndex, 1);
			assert.notEqual(fault.description, '');
			assert.doesNotMatch(fault.message, SYSTEM_TEXT);
		});
	}
});

describe('a model without calibration', () => {
	const unknown = () => pair(textOf(anna, 10, 'mine'), textOf(anna, 5, 'mine'));

	it('needs a threshold of one\'s own, and says so', async () => {
		const fault = faultOf(await compare({}, [unknown()]));
		assert.equal(fault.code, 'NO_CALIBRATION');
		assert.match(fault.message, /model 'mine'/);
		assert.match(fault.description, /'Operating Point' to Custom .* 'Model Description File'/);
	});

	it('is then judged by the cosine', async () => {
		const { json } = (await compare({ operatingPoint: 'custom', threshold: 0.4 }, [unknown()])).output[0];
		assert.equal(json.score_type, 'cosine');
		assert.equal(json.score, json.cosine);
		assert.ok(Math.abs((json.score as number) - 1) < 1e-3);
		for (const field of ['probability', 'expected_false_accept_rate', 'expected_false_reject_rate']) assert.equal(json[field], null);
		assert.equal(json.same_speaker, true);
	});

	it('has one where its description says so', async () => {
		const file = join(harness.readableFolder, 'mine.json');
		const calibration = { llr: { slope: 8, offset: -3 } };
		writeFileSync(file, JSON.stringify({ id: 'mine', file: 'x.onnx', dimension: 192, input: { kind: 'waveform' }, calibration }));
		const { json } = (await compare({ options: { modelFile: file } }, [unknown()])).output[0];
		assert.equal(json.score_type, 'llr');
		assert.ok(Math.abs((json.score as number) - 5) < 0.01);
	});

	it('may score by band, noise and a cohort, and says where speech is unlike what it was made with', async () => {
		const folder = harness.readableFolder;
		const others = Array.from({ length: 5 }, () => unitVector(random));
		writeFileSync(join(folder, 'heard.bin'), cohortFile('heard', others, others));
		const calibration = {
			llr: { terms: [{ of: ['normalized_cosine'], weight: 0.1 }, { of: ['bands_differ'], weight: -7 }] },
			cohort: { nearest: 4, file: 'heard.bin' },
			covers: { lowest_snr: 5, bands: ['wide', 'narrow'] },
		};
		const file = join(folder, 'heard.json');
		writeFileSync(file, JSON.stringify({ id: 'heard', file: 'x.onnx', dimension: 192, input: { kind: 'waveform' }, calibration }));
		const COHORT = { mean: 0.5, deviation: 0.1 };
		const heard = (narrowBand: boolean, snr: number) =>
			encodeVoiceprint({ ...voiceprintOf(anna, 12, 'heard'), conditions: { narrowBand, snr, cohort: { wide: COHORT, narrow: COHORT } } });
		const pairs = [pair(heard(false, 20), heard(false, 25)), pair(heard(false, 20), heard(true, 0))];
		const { output } = await compare({ options: { modelFile: file } }, pairs);
		const [alike, apart] = output.map(({ json }) => json.score as number);
		assert.ok(Math.abs(alike - 0.5) < 0.01 && Math.abs(apart - (0.5 - 7)) < 0.01);
		const [none, warnings] = output.map(({ json }) => json.warnings as string);
		assert.doesNotMatch(none, /OUTSIDE_CALIBRATION/);
		assert.match(warnings, /OUTSIDE_CALIBRATION: The second voiceprint is 0 dB above its noise, less than the 5 dB/);
		assert.match(warnings, /OUTSIDE_CALIBRATION: One voiceprint is of telephone speech and the other is not/);
	});

	it('is described only where n8n lets its nodes read', async () => {
		const file = join(import.meta.dirname, '..', '..', 'package.json');
		assert.equal(faultOf(await compare({ options: { modelFile: file } }, [unknown()])).code, 'FILE_NOT_ALLOWED');
	});
});

describe('one bad item', () => {
	const three = [pair(ANNA, ANNA), pair(ANNA, 'bad'), pair(ANNA, like(ben))];

	it('becomes an item where the workflow goes on', async () => {
		const run = await compare({}, three, { onError: 'continueRegularOutput' });
		assert.deepEqual(summary(run, isSame), [true, 'INVALID_VOICEPRINT', false]);
		assert.deepEqual(run.output[1].pairedItem, { item: 1 });
	});

	it('goes to the error output', async () => {
		const { outputs } = await compare({}, three, { onError: 'continueErrorOutput' });
		assert.deepEqual(outputs.map((list) => list.length), [2, 1]);
		assert.equal(outputs[1][0].json.voiceprint_2, 'bad');
	});
});

describe('a wrong value is refused with the name of its parameter:', () => {
	const cases: Array<[string, object, RegExp]> = [
		['an operation that there is not', { operation: '={{ "guess" }}' }, /'Operation' must be one of/],
		['an operating point that there is not', { operatingPoint: '={{ "best" }}' }, /'Operating Point' must be one of/],
		['a threshold that is text', { operatingPoint: 'custom', threshold: '={{ "high" }}' }, /'Threshold' must be a number/],
		['a prior of nothing', { options: { prior: 0 } }, /'Prior Probability' must be above 0 and below 1/],
		['a prior of all', { options: { prior: 1 } }, /'Prior Probability' must be above 0 and below 1/],
		['no field', { voiceprintField: '={{ "" }}' }, /'Voiceprint Field' has no value: its expression gives empty text/],
		['a switch that is text', { options: { includeInputFields: '={{ "maybe" }}' } }, /'Include Input Fields' must be true/],
	];
	for (const [name, parameters, message] of cases) {
		it(name, async () => {
			const fault = faultOf(await compare(parameters as { operation: string }, [pair(ANNA, ANNA)]));
			assert.equal(fault.code, 'INVALID_PARAMETER');
			assert.match(fault.message, message);
		});
	}
});

it('no items give no items', async () => {
	const { output, status } = await compare(WITH_INPUT, [], { secondItems: items(ANNA) });
	assert.deepEqual([status, output], ['success', []]);
});

it('many items leave n8n time for others, and can be cancelled', async () => {
	const many = Array.from({ length: 3000 }, () => pair(ANNA, like(anna, 5 + random())));
	const run = harness.start({ node: COMPARE, items: many });
	setTimeout(() => run.cancel(), 50);
	assert.equal((await run.done).status, 'canceled');
});
