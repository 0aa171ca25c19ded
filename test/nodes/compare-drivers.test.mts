/** What every driver of Compare Voiceprints must do, whoever compares: the same cases for each of them. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { RunOptions, RunResult } from '../../tools/n8n/harness.mts';
import { startApi } from './support/api.mts';
import { COMPARE, compare, faultOf, itemOf, NOBODY, summary, textOf, voices } from './support/compare.mts';

type Run = (parameters: INodeParameters, items: IDataObject[], rest?: Partial<RunOptions>) => Promise<RunResult>;

interface Contender {
	name: 'local' | 'api';
	start(t: TestContext): Promise<Run>;
	/** Fields of an item with a voiceprint of the voice, another recording of it each time. */
	anna(): IDataObject;
	ben(): IDataObject;
	silent: IDataObject;
	/** Of another model than all others. */
	foreign: IDataObject;
	/** Text that the driver cannot read. */
	unreadable: string;
}

const { anna, ben, like } = voices(46);

const print = (...vector: number[]) => Buffer.from(JSON.stringify({ made_up: vector })).toString('base64');
let recordings = 0;
/** The stand-in's score is 15 times the cosine minus 5. */
const onServer = (x: number, y: number) => ({ voiceprint: print(x, y, 0.1 * Math.sin(recordings++)), model: 'sid-xl5', speech_length: 10 });

const CONTENDERS: Contender[] = [
	{
		name: 'local',
		start: async () => async (parameters, items, rest) => await compare({ engine: 'local', ...parameters }, items.map(itemOf), rest),
		anna: () => ({ voiceprint: like(anna) }),
		ben: () => ({ voiceprint: like(ben) }),
		silent: { voiceprint: NOBODY },
		foreign: { voiceprint: textOf(anna, 10, 'other-v2') },
		unreadable: onServer(1, 0).voiceprint,
	},
	{
		name: 'api',
		async start(t) {
			const api = await startApi(t);
			return async (parameters, items, rest) => await api.run(COMPARE, parameters, items.map(itemOf), rest);
		},
		anna: () => onServer(1, 0),
		ben: () => onServer(0, 1),
		silent: { ...onServer(0, 0), speech_length: 0 },
		foreign: { ...onServer(1, 0), model: 'other-v2' },
		unreadable: textOf(anna),
	},
];

const second = ({ voiceprint, model, speech_length }: IDataObject): IDataObject => ({
	voiceprint_2: voiceprint,
	...(model === undefined ? {} : { model_2: model, speech_length_2: speech_length }),
});
const pair = (one: IDataObject, other: IDataObject) => ({ ...one, ...second(other) });
const onInput = (items: IDataObject[]): Partial<RunOptions> => ({ secondItems: items.map(itemOf) });
const IDENTIFY = { operation: 'identify' };
const GROUP = { operation: 'group' };
const GOES_ON: Partial<RunOptions> = { onError: 'continueRegularOutput' };

for (const contender of CONTENDERS) {
	describe(`the driver "${contender.name}"`, () => {
		const { start, foreign, silent, unreadable } = contender;
		const [a, b] = [() => contender.anna(), () => contender.ben()];
		const named = (name: string, fields: IDataObject) => ({ name, ...fields });

		it('verifies pairs, and says who compared', async (t) => {
			const { output } = await (await start(t))({}, [pair(a(), a()), pair(a(), b())]);
			assert.deepEqual(output.map(({ json }) => json.same_speaker), [true, false]);
			for (const { json } of output) {
				assert.equal(json.engine, contender.name);
				assert.equal(json.score_type, 'llr');
				assert.ok(json.model === output[0].json.model && json.speech_length === 10 && json.second_speech_length === 10);
			}
		});

		it('verifies many with one of the second input, and each with its own', async (t) => {
			const run = await start(t);
			const one = await run({ compareWith: 'input' }, [a(), b(), a()], onInput([a()]));
			assert.deepEqual(summary(one, (json) => json.same_speaker), [true, false, true]);
			const each = await run({ compareWith: 'input' }, [a(), b(), a()], onInput([b(), b(), a()]));
			assert.deepEqual(summary(each, (json) => json.same_speaker), [false, true, true]);
		});

		it('verifies the items with each other where nothing says with what; silence is left out', async (t) => {
			const three = [a(), b(), a()].map((one, i) => ({ ...one, file_name: `${i}.wav`, channel_number: 0 }));
			const { output, error } = await (await start(t))({}, [...three, silent]);
			assert.equal(error, undefined);
			const pairs = output.map(({ json }) => [json.file_name, json.second_file_name, json.same_speaker]);
			assert.deepEqual(pairs, [['0.wav', '1.wav', false], ['0.wav', '2.wav', true], ['1.wav', '2.wav', false]]);
			assert.deepEqual(Object.keys(output[0].json).slice(0, 3), ['same_speaker', 'probability', 'score']);
			for (const { json } of output) assert.match(json.warnings as string, /NO_SPEECH_LEFT_OUT: There is no speech in item 3/);
		});

		it('verifies each with the field of the second input that its expression names', async (t) => {
			const parameters = { compareWith: 'input', secondInputVoiceprintField: '={{ $json.field }}' };
			const both = { ...a(), ...second(b()) };
			const items = ['voiceprint', 'voiceprint_2', 'voiceprint'].map((field) => ({ ...a(), field }));
			const { output } = await (await start(t))(parameters, items, onInput([both]));
			assert.deepEqual(output.map(({ json }) => json.same_speaker), [true, false, true]);
		});

		it('identifies by the best entry of a name, and knows who is unknown', async (t) => {
			const gallery = [named('Anna', a()), named('Anna', a())];
			const { output } = await (await start(t))({ ...IDENTIFY, options: { maximumMatches: 5 } }, [a(), b()], onInput(gallery));
			assert.deepEqual(output.map(({ json }) => json.speaker), ['Anna', 'unknown']);
			assert.equal((output[0].json.matches as unknown[]).length, 1);
			assert.equal(output[0].json.gallery_size, 2);
		});

		it('groups by voice; silence is of nobody', async (t) => {
			const { output } = await (await start(t))(GROUP, [a(), b(), silent, a(), b()]);
			const speakers = output.map(({ json }) => json.speaker);
			assert.equal(speakers[2], null);
			assert.equal(speakers[0], speakers[3]);
			assert.equal(speakers[1], speakers[4]);
			assert.notEqual(speakers[0], speakers[1]);
			assert.ok(output.every(({ json }) => json.speakers_count === 2 && json.engine === contender.name));
		});

		it('refuses two models in one way, wherever they meet', async (t) => {
			const run = await start(t);
			const faults = [
				faultOf(await run({}, [pair(a(), foreign)])),
				faultOf(await run(IDENTIFY, [foreign], onInput([named('Anna', a())]))),
				faultOf(await run(IDENTIFY, [a()], onInput([named('Anna', a()), named('Ben', foreign)]))),
				faultOf(await run(GROUP, [a(), foreign])),
			];
			for (const { code, message, description } of faults) {
				assert.equal(code, 'MODELS_DIFFER');
				assert.match(message, /'other-v2'/);
				assert.equal(description, faults[0].description);
			}
		});

		it('says which of a pair it cannot read, and goes on with the others', async (t) => {
			const bad = { voiceprint: unreadable };
			const run = await (await start(t))({}, [pair(bad, a()), pair(a(), bad), pair(a(), a())], GOES_ON);
			assert.deepEqual(summary(run, (json) => json.same_speaker), ['INVALID_VOICEPRINT', 'INVALID_VOICEPRINT', true]);
			const messages = run.output.slice(0, 2).map(({ json }) => (json.error as { message: string }).message);
			assert.match(messages[0], /^The first voiceprint/);
			assert.match(messages[1], /^The second voiceprint/);
		});

		it('leaves out a bad entry of the gallery and says so, and refuses one of mostly bad ones', async (t) => {
			const run = await start(t);
			const bad = named('Eve', { voiceprint: unreadable });
			const { output } = await run(IDENTIFY, [a()], onInput([named('Anna', a()), bad, named('Ben', b())]));
			assert.equal(output[0].json.speaker, 'Anna');
			assert.match(output[0].json.warnings as string, /^ENTRY_SKIPPED: [^|]*$/);
			assert.equal(faultOf(await run(IDENTIFY, [a()], onInput([bad, bad, named('Ben', b())]))).code, 'INVALID_VOICEPRINT');
		});
	});
}
