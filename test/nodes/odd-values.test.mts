/**
 * What an expression gives by mistake must never be taken for a default in silence: every parameter of every node, with
 * eleven odd values, in a setting in which the editor shows it.
 */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { INodeParameters, INodeProperties, INodeType } from 'n8n-workflow';
import type { RunOptions } from '../../tools/n8n/harness.mts';
import { useFakeEngine, type Call } from './support/fakeEngine.mts';
import { fileItem, harness } from './support/node.mts';
import { COMPARE, itemOf, voices } from './support/compare.mts';

const ODD = [
	'={{ undefined }}',
	'={{ $json.misspelt }}',
	'={{ null }}',
	'={{ "" }}',
	'={{ "   " }}',
	'={{ NaN }}',
	'={{ [] }}',
	'={{ [null] }}',
	'={{ ({}) }}',
	'={{ ({ misspelt: 1 }) }}',
	'={{ new Date(0) }}',
];

/** Values with which the editor shows a parameter: the first of each that its display options name. */
function shownWith({ displayOptions }: INodeProperties): INodeParameters {
	const show = Object.entries(displayOptions?.show ?? {});
	return Object.fromEntries(show.map(([name, values]) => [name.replace(/^\//, ''), values![0] as string]));
}

/** Also the parameters on which those depend that a parameter depends on. */
function settingFor(parameter: INodeProperties, all: INodeProperties[]): INodeParameters {
	const needed = shownWith(parameter);
	const further = Object.keys(needed).flatMap((name) => all.filter((one) => one.name === name && shownWith(one)));
	const rest = further.map(shownWith).filter((setting) => Object.entries(setting).every(([name, value]) => (needed[name] ?? value) === value));
	return Object.assign({}, ...rest.slice(0, 1), needed) as INodeParameters;
}

interface Case {
	parameter: INodeProperties;
	/** Parameters of the node with this value for it. */
	withValue: (value: string) => INodeParameters;
}

function casesOf({ description }: INodeType): Case[] {
	const all = description.properties;
	return all.flatMap((parameter): Case[] => {
		// A path, as n8n itself refuses to start a node without one that is required.
		const setting: INodeParameters = { modelFile: '/model.json', ...settingFor(parameter, all) };
		const own: Case = { parameter, withValue: (value) => ({ ...setting, [parameter.name]: value }) };
		if (parameter.type === 'notice') return [];
		if (parameter.type !== 'collection') return [own];
		const fields = (parameter.options as INodeProperties[]).map((field): Case => ({
			parameter: field,
			withValue: (value) => ({ ...setting, ...settingFor(field, all), [parameter.name]: { [field.name]: value } }),
		}));
		// n8n reads a collection field by field and drops an expression for all of it; its editor offers none.
		return fields;
	});
}

const { anna, ben, like } = voices(11);

/** Items that the node takes where its parameters are right. */
function voiceprintsFor({ engine }: INodeParameters): Pick<RunOptions, 'items' | 'secondItems'> {
	const [one, other] = engine === 'api' ? ['b25l', 'b3RoZXI='] : [like(anna), like(ben)];
	const json = { voiceprint: one, voiceprint_2: other, name: 'Anna' };
	return { items: [itemOf(json)], secondItems: [itemOf(json)] };
}

const TRANSCRIPT = itemOf({ words: [{ word: 'Hello', start: 0, end: 1 }], channels: [{ segments: [{ start_time: 0, end_time: 1, speaker: 'Anna' }] }] });

const OF_CUT_AUDIO = itemOf({ start: 0, end: 1, time_map: [{ start_time: 0, end_time: 1, cut_start_time: 0, cut_end_time: 1 }] });

function itemsFor(node: string, parameters: INodeParameters): Pick<RunOptions, 'items' | 'secondItems'> {
	if (node === COMPARE) return voiceprintsFor(parameters);
	if (parameters.operation === 'mapTimesBack') return { items: [OF_CUT_AUDIO] };
	return { items: [parameters.operation === 'addToTranscript' ? TRANSCRIPT : fileItem()] };
}

let calls: Call[];
beforeEach(() => {
	calls = useFakeEngine();
});

const CREDENTIALS = { speechPlatformApi: { baseUrl: 'http://127.0.0.1:9', authentication: 'none' } };

for (const [type, implementation] of harness.nodeTypes) {
	const node = type.split('.').at(-1)!;
	describe(`${node}: what an expression gives by mistake is refused`, () => {
		for (const { parameter, withValue } of casesOf(implementation as INodeType)) {
			it(`in '${parameter.displayName}' (${parameter.name})`, async () => {
				for (const expression of ODD) {
					const parameters = withValue(expression);
					const { error, status } = await harness.run({
						node,
						parameters,
						...itemsFor(node, parameters),
						credentials: CREDENTIALS,
					});
					const told = `${expression} with ${JSON.stringify(parameters)}: ${error?.message}`;
					assert.equal(status, 'error', told);
					const code = parameter.typeOptions?.binaryDataProperty ? 'BINARY_FIELD_MISSING' : 'INVALID_PARAMETER';
					assert.equal(error?.context.code, code, told);
					assert.ok(`${error.message} ${error.description}`.includes(`'${parameter.displayName}'`), told);
					assert.equal(calls.length, 0, told);
				}
			});
		}
	});
}

describe('what was left untouched in the editor', () => {
	it('means the default, also where n8n stores it as empty', async () => {
		const { error } = await harness.run({ node: 'voiceActivityDetection', parameters: { channels: '', options: {} }, items: [fileItem()] });
		assert.equal(error, undefined);
		assert.deepEqual(calls[0].job.media.channels, []);
	});
});

it('a list with nothing in one place is no list of all channels', async () => {
	for (const channels of ['={{ [0, null] }}', '={{ $json.a }},{{ $json.b }}', '={{ [[]] }}']) {
		const { error } = await harness.run({ node: 'voiceActivityDetection', parameters: { channels }, items: [fileItem()] });
		assert.match(error!.message, /^'Channels' /);
	}
});
