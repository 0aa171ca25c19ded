/** What the editor shows of Compare Voiceprints. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import type { INode, INodeParameters, INodeProperties, INodePropertyOptions, INodeTypes } from 'n8n-workflow';
import { COMPARE } from './support/compare.mts';
import { nodeOf } from './support/node.mts';

const { NodeHelpers, Workflow } = createRequire(import.meta.url)('n8n-workflow') as typeof import('n8n-workflow');

const type = nodeOf(COMPARE);
const { description } = type;
const { properties } = description;

const OPTIONS = properties.find(({ name }) => name === 'options')!.options as INodeProperties[];

describe('the node', () => {
	it('has the names and values that workflows store', () => {
		assert.equal(description.name, 'compareVoiceprints');
		assert.equal(description.displayName, 'Compare Voiceprints');
		assert.deepEqual(description.version, [1]);
		assert.deepEqual(description.outputs, ['main']);
		const values = (name: string) =>
			properties.filter((one) => one.name === name).map(({ options }) => (options as INodePropertyOptions[]).map(({ value }) => value));
		assert.deepEqual(values('engine'), [['local', 'api']]);
		assert.deepEqual(values('operation'), [
			['group', 'identify', 'merge', 'verify'],
			['group', 'identify', 'verify'],
		]);
		assert.deepEqual(values('compareWith'), [['auto', 'items', 'field', 'input']]);
		assert.deepEqual(values('operatingPoint'), [['balanced', 'custom', 'fewFalseAccepts', 'fewFalseRejects']]);
		assert.deepEqual(values('output'), [['speaker', 'voiceprint']]);
	});

	it('starts with the defaults that its manual states', () => {
		const all = [...properties, ...OPTIONS].filter(({ name }) => name !== 'options');
		assert.deepEqual(Object.fromEntries(all.map((one) => [one.name, one.default])), {
			engine: 'local',
			operation: 'verify',
			compareWith: 'auto',
			voiceprintField: 'voiceprint',
			secondVoiceprintField: 'voiceprint_2',
			secondInputVoiceprintField: 'voiceprint',
			galleryVoiceprintField: 'voiceprint',
			galleryNameField: 'name',
			groupByField: '',
			matchByField: '',
			emptyGallery: 'unknown',
			includeVectorVoiceprint: false,
			operatingPoint: 'balanced',
			threshold: 0,
			output: 'voiceprint',
			conversationField: '',
			includeInputFields: false,
			maximumMatches: 5,
			modelFile: '',
			pollingInterval: 5,
			prior: 0.5,
			timeout: 600,
		});
	});

	it('lets every field be dragged into its parameter', () => {
		const fields = [...properties, ...OPTIONS].filter(({ name }) => name.endsWith('Field'));
		assert.equal(fields.length, 8);
		for (const { requiresDataPath } of fields) assert.equal(requiresDataPath, 'single');
	});
});

/** Names of the parameters that the editor shows, those of the options too. */
function shown(values: INodeParameters): string[] {
	const root = NodeHelpers.getNodeParameters(properties, values, true, false, null, null)!;
	const isShown = (property: INodeProperties, at: INodeParameters) => NodeHelpers.displayParameter(at, property, null, null, root);
	const top = properties.filter((property) => property.name !== 'options' && isShown(property, root));
	return [...top, ...OPTIONS.filter((one) => isShown(one, {}))].map(({ name }) => name);
}

describe('the editor shows for', () => {
	const LOCAL = ['includeInputFields', 'modelFile'];
	const VECTOR = ['includeInputFields', 'includeVectorVoiceprint', 'modelFile'];
	const cases: Array<[string, INodeParameters, string[]]> = [
		['Verify', {}, ['compareWith', 'voiceprintField', 'secondVoiceprintField', 'operatingPoint', ...LOCAL, 'prior']],
		['Verify among the items', { compareWith: 'items' }, ['compareWith', 'voiceprintField', 'operatingPoint', ...LOCAL, 'prior']],
		[
			'Verify with the second input',
			{ compareWith: 'input' },
			['compareWith', 'voiceprintField', 'secondInputVoiceprintField', 'matchByField', 'operatingPoint', ...LOCAL, 'prior'],
		],
		[
			'Identify',
			{ operation: 'identify' },
			['voiceprintField', 'galleryVoiceprintField', 'galleryNameField', 'operatingPoint', 'emptyGallery', 'includeInputFields', 'maximumMatches', 'modelFile', 'prior'],
		],
		['Merge', { operation: 'merge' }, ['voiceprintField', 'groupByField', ...VECTOR]],
		['Group', { operation: 'group' }, ['voiceprintField', 'operatingPoint', 'output', 'conversationField', ...VECTOR]],
		[
			'Group by a threshold of one\'s own',
			{ operation: 'group', operatingPoint: 'custom' },
			['voiceprintField', 'operatingPoint', 'threshold', 'output', 'conversationField', ...VECTOR],
		],
		[
			'Verify by a server',
			{ engine: 'api' },
			['compareWith', 'voiceprintField', 'secondVoiceprintField', 'operatingPoint', 'includeInputFields', 'pollingInterval', 'prior', 'timeout'],
		],
	];
	for (const [name, values, expected] of cases) {
		it(name, () => assert.deepEqual(shown(values), ['engine', 'operation', ...expected]));
	}
});

describe('the inputs', () => {
	/** As the editor and the execution engine calculate them. */
	function inputsOf(parameters: INodeParameters): unknown {
		const node: INode = { id: '1', name: 'Compare', type: COMPARE, typeVersion: 1, position: [0, 0], parameters };
		const nodeTypes = { getByName: () => type, getByNameAndVersion: () => type, getKnownTypes: () => ({}) } as unknown as INodeTypes;
		const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
		const inputs = NodeHelpers.getNodeInputs(workflow, workflow.getNode('Compare')!, description);
		return inputs.map((input) => (typeof input === 'string' ? input : input.displayName));
	}

	it('are as many as the operation needs', () => {
		assert.deepEqual(inputsOf({}), ['Voiceprints', 'Compare With']);
		for (const compareWith of ['field', 'items']) assert.deepEqual(inputsOf({ compareWith }), ['main']);
		assert.deepEqual(inputsOf({ compareWith: 'input' }), ['Voiceprints', 'Compare With']);
		assert.deepEqual(inputsOf({ operation: 'identify' }), ['Voiceprints', 'Gallery']);
		assert.deepEqual(inputsOf({ operation: 'identify', engine: 'api' }), ['Voiceprints', 'Gallery']);
		assert.deepEqual(inputsOf({ operation: 'merge', compareWith: 'input' }), ['main']);
		assert.deepEqual(inputsOf({ operation: 'group' }), ['main']);
	});
});
