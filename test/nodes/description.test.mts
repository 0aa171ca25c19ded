/** What the editor shows: rules that hold for every parameter, now and later. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import type { INodeParameters, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { BALANCED } from '../../dist/engine/client/presets.js';
import { NODE, node, nodeOf } from './support/node.mts';
import { isTitleCase } from './support/titleCase.mts';

const { NodeHelpers } = createRequire(import.meta.url)('n8n-workflow') as typeof import('n8n-workflow');

const NODES = join(import.meta.dirname, '..', '..', 'dist', 'nodes');
const { description } = node;

/** All parameters, those inside collections too. */
function flat(properties: INodeProperties[]): INodeProperties[] {
	return properties.flatMap((one) => [one, ...(one.type === 'collection' ? flat(one.options as INodeProperties[]) : [])]);
}

const all = flat(description.properties);
const byName = (name: string) => all.find((property) => property.name === name)!;
const defaultsOf = (properties: INodeProperties[]) =>
	Object.fromEntries(properties.filter(({ type }) => type !== 'collection').map((one) => [one.name, one.default]));
const valuesOf = (name: string) => (byName(name).options as INodePropertyOptions[]).map(({ value }) => value);

/** By engine. */
const operationsOf = (properties: INodeProperties[]) =>
	Object.fromEntries(
		properties
			.filter(({ name }) => name === 'operation')
			.map(({ displayOptions, options }) => [displayOptions!.show!.engine![0], (options as INodePropertyOptions[]).map(({ value }) => value)]),
	);

describe('the node', () => {
	it('has the names that workflows store', () => {
		assert.equal(description.name, NODE);
		assert.equal(description.displayName, 'Voice Activity Detection');
		assert.deepEqual(description.version, [1]);
		assert.deepEqual(description.group, ['transform']);
		assert.deepEqual(description.inputs, ['main']);
		assert.deepEqual(description.outputs, ['main']);
		assert.equal(description.usableAsTool, undefined);
	});

	it('has the parameters that workflows store', () => {
		assert.deepEqual(
			description.properties.map(({ name }) => name),
			[
				'engine',
				'operation',
				'operation',
				'taskId',
				'binaryPropertyName',
				'preset',
				'thresholds',
				'output',
				'alsoProduce',
				'speechOnlyOptions',
				'clipOptions',
				'pictureOptions',
				'labelFormats',
				'channelMode',
				'channels',
				'rangeFrom',
				'rangeTo',
				'waitForCompletion',
				'waitUntilDone',
				'options',
				'transcript',
				'timeMap',
				'mappingOptions',
			],
		);
		assert.deepEqual(valuesOf('engine'), ['local', 'api']);
		assert.deepEqual(operationsOf(description.properties), { local: ['detect', 'mapTimesBack'], api: ['detect', 'getResult'] });
		assert.deepEqual(valuesOf('preset'), ['balanced', 'custom', 'forTranscription', 'sileroCompatible']);
		assert.deepEqual(valuesOf('output'), ['channel', 'file', 'segment']);
		assert.deepEqual(valuesOf('channelMode'), ['mix', 'split']);
		assert.deepEqual(valuesOf('runtime'), ['auto', 'native', 'wasm']);
	});

	it('starts with the defaults that its manual states', () => {
		assert.deepEqual(defaultsOf(all), {
			engine: 'local',
			operation: 'detect',
			taskId: '={{ $json.task_id }}',
			binaryPropertyName: 'data',
			preset: 'balanced',
			...BALANCED,
			output: 'file',
			alsoProduce: [],
			format: 'flac',
			bitRate: 0,
			keptPause: 0,
			clipChannels: 'each',
			maximumLength: 0,
			maximumSize: 25,
			mergePauses: 0,
			padding: 0,
			transcript: '={{ $json }}',
			timeMap: '',
			startFields: 'start, start_time, startTime, startOffset, start_offset, from, ts, start_ms, startMs, offsetMilliseconds, offsetInTicks, offset, Offset',
			endFields: 'end, end_time, endTime, endOffset, end_offset, to, end_ts, end_ms, endMs',
			timeUnit: 'automatic',
			formats: ['png'],
			theme: 'light',
			width: 800,
			labelFormats: ['webvtt'],
			channelMode: 'split',
			channels: '',
			rangeFrom: 0,
			rangeTo: 0,
			waitForCompletion: true,
			waitUntilDone: false,
			audioTrack: '',
			filesAtOnce: 5,
			includeBinary: true,
			includeProbabilities: false,
			includeSegments: false,
			keepFilesWithoutSpeech: true,
			maximumDuration: 0,
			mixMethod: 'automatic',
			pollingInterval: 5,
			rawChannels: 1,
			rawEncoding: 'header',
			rawSampleRate: 8000,
			runtime: 'auto',
			simplify: true,
			timeout: 600,
		});
	});

	it('offers every preset threshold', () => {
		assert.deepEqual(
			(byName('thresholds').options as INodeProperties[]).map(({ name }) => name).sort(),
			Object.keys(BALANCED).sort(),
		);
	});

	it('shows thresholds for the preset Custom only', () => {
		assert.deepEqual(byName('thresholds').displayOptions?.show?.preset, ['custom']);
	});
});

describe('Extract Voiceprint', () => {
	const extract = nodeOf('extractVoiceprint').description;

	it('has the names, parameters and values that workflows store', () => {
		assert.equal(extract.displayName, 'Extract Voiceprint');
		assert.deepEqual(extract.version, [1]);
		assert.deepEqual(
			extract.properties.map(({ name }) => name),
			[
				'engine',
				'operation',
				'operation',
				'taskId',
				'binaryPropertyName',
				'model',
				'modelFile',
				'output',
				'channelMode',
				'channels',
				'waitForCompletion',
				'waitUntilDone',
				'options',
			],
		);
		const values = (name: string) =>
			(extract.properties.find((one) => one.name === name)!.options as INodePropertyOptions[]).map(({ value }) => value);
		assert.deepEqual(values('engine'), ['local', 'api']);
		assert.deepEqual(operationsOf(extract.properties), { local: ['extract'], api: ['extract', 'getResult'] });
		assert.deepEqual(values('model'), ['accurate', 'bundled', 'fast', 'own']);
		assert.deepEqual(values('output'), ['channel', 'file']);
	});

	it('starts with the defaults that its manual states', () => {
		assert.deepEqual(defaultsOf(flat(extract.properties)), {
			engine: 'local',
			operation: 'extract',
			taskId: '={{ $json.task_id }}',
			binaryPropertyName: 'data',
			model: 'accurate',
			modelFile: '',
			output: 'channel',
			channelMode: 'split',
			channels: '',
			waitForCompletion: true,
			waitUntilDone: false,
			audioTrack: '',
			filesAtOnce: 5,
			includeBinary: true,
			includeVectorVoiceprint: false,
			includeVoiceprintFile: false,
			maximumDuration: 0,
			mixMethod: 'automatic',
			maximumSpeechLength: 30,
			minimumSpeechLength: 3,
			onLittleSpeech: 'warn',
			onSeveralSpeakers: 'warn',
			pollingInterval: 5,
			rawChannels: 1,
			rawEncoding: 'header',
			rawSampleRate: 8000,
			runtime: 'auto',
			simplify: true,
			timeout: 600,
			vadPreset: 'forTranscription',
		});
	});
});

/** Names of the parameters that the editor shows, those of the options too. */
function shown(properties: INodeProperties[], values: INodeParameters): string[] {
	const root = NodeHelpers.getNodeParameters(properties, values, true, false, null, null)!;
	const isShown = (property: INodeProperties, at: INodeParameters) =>
		NodeHelpers.displayParameter(at, property, null, null, root);
	return properties
		.filter((property) => isShown(property, root))
		.flatMap(({ name, type, options }) =>
			type === 'collection' ? (options as INodeProperties[]).filter((one) => isShown(one, {})).map((one) => one.name) : [name],
		);
}

describe('the editor', () => {
	const LOCAL = ['engine', 'operation', 'binaryPropertyName', 'preset', 'output', 'alsoProduce', 'channelMode', 'channels', 'rangeFrom', 'rangeTo'];

	it('shows no server where the engine is local', () => {
		const raw = ['rawChannels', 'rawEncoding', 'rawSampleRate'];
		const options = ['audioTrack', 'includeBinary', 'includeProbabilities', 'maximumDuration', ...raw, 'runtime', 'simplify', 'timeout'];
		assert.deepEqual(shown(description.properties, {}), [...LOCAL, ...options]);
	});

	it('shows no preset, runtime and probabilities where the engine is the API', () => {
		assert.deepEqual(shown(description.properties, { engine: 'api' }), [
			...LOCAL.filter((name) => name !== 'preset'),
			'waitForCompletion',
			'filesAtOnce',
			'includeBinary',
			'pollingInterval',
			'simplify',
			'timeout',
		]);
	});

	it('shows no polling interval where nothing is waited for', () => {
		const options = shown(description.properties, { engine: 'api', waitForCompletion: false });
		assert.deepEqual(options.slice(-3), ['includeBinary', 'simplify', 'timeout']);
	});

	it('asks for the task alone where its result is fetched', () => {
		const parameters = { engine: 'api', operation: 'getResult' };
		const options = ['filesAtOnce', 'includeBinary', 'pollingInterval', 'simplify', 'timeout'];
		const names = ['engine', 'operation', 'taskId', 'output', 'alsoProduce', 'waitUntilDone', ...options];
		const { properties } = nodeOf('extractVoiceprint').description;
		assert.deepEqual(shown(description.properties, parameters), names);
		const own = ['includeVoiceprintFile', 'minimumSpeechLength', 'onLittleSpeech'];
		const withoutFiles = names.filter((name) => name !== 'alsoProduce');
		assert.deepEqual(shown(properties, parameters).filter((name) => !own.includes(name)), withoutFiles);
	});

	it('asks for the file again where the engine is changed back from fetching', () => {
		// As the editor does on each change: what is none of the options that are shown is dropped.
		const changed: INodeParameters = { engine: 'local', operation: 'getResult' };
		if (!operationsOf(description.properties).local.includes('getResult')) delete changed.operation;
		assert.deepEqual(shown(description.properties, changed).slice(0, LOCAL.length), LOCAL);
	});
});

const NODE_NAMES = {
	VoiceActivityDetection: NODE,
	ExtractVoiceprint: 'extractVoiceprint',
	CompareVoiceprints: 'compareVoiceprints',
	SpeakerDiarization: 'speakerDiarization',
};

for (const [folder, type] of Object.entries(NODE_NAMES)) {
	describe(`every parameter of ${folder}`, () => {
		const parameters = flat(nodeOf(type).description.properties);
		for (const property of parameters) {
			it(`${property.name} has a label in Title Case and says what it is`, () => {
				assert.ok(isTitleCase(property.displayName), property.displayName);
				if (!['collection', 'options'].includes(property.type)) assert.ok((property.description ?? '').length > 10);
				if (property.type === 'boolean') assert.match(property.description!, /^Whether /);
				if (property.placeholder && property.type !== 'collection') assert.match(property.placeholder, /^e\.g\. /);
			});
		}

		it('states the unit where it is a time', () => {
			for (const { name, hint } of parameters) {
				if (/^(range|timeout|polling|maximum.*(Duration|Length)|minimum.*Length)/.test(name)) assert.match(hint!, /^In seconds/);
				else if (/^(minimum(?!Speakers)|padding)/.test(name)) assert.match(hint!, /milliseconds/);
			}
		});

		it('lists its options in alphabetical order, each explained', () => {
			for (const { type: kind, name: parameter, options = [] } of parameters) {
				const labels = options.map((option) =>
					kind === 'collection' ? (option as INodeProperties).displayName : option.name,
				);
				assert.deepEqual(labels, [...labels].sort());
				if (kind !== 'options') continue;
				for (const { name, description: text, action } of options as INodePropertyOptions[]) {
					assert.ok(text);
					assert.ok(isTitleCase(name), name);
					if (parameter === 'operation') assert.match(action!, /^[A-Z][a-z ]+( Speech Platform)?$/);
				}
			}
		});
	});

	describe(`the files beside ${folder}`, () => {
		const file = (...path: string[]) => readFileSync(join(NODES, folder, ...path), 'utf8');

		it('has icons for both themes', () => {
			// n8n's loader has turned the icon's file into its address.
			const { light, dark } = nodeOf(type).description.iconUrl as { light: string; dark: string };
			for (const icon of [light, dark]) {
				const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(file(basename(icon)))!;
				assert.equal(width, height);
			}
			assert.notEqual(light, dark);
		});

		it('has an output schema for version 1', () => {
			assert.equal(JSON.parse(file('__schema__', 'v1.0.0', 'output.json')).type, 'object');
		});
	});
}
