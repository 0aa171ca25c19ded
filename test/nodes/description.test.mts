/** What the editor shows: rules that hold for every parameter, now and later. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, it } from 'node:test';
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { BALANCED } from '../../dist/engine/vad/presets.js';
import { NODE, node } from './support/node.mts';

const FOLDER = join(import.meta.dirname, '..', '..', 'dist', 'nodes', 'VoiceActivityDetection');
const { description } = node;

/** All parameters, those inside collections too. */
function flat(properties: INodeProperties[]): INodeProperties[] {
	return properties.flatMap((property) => [
		property,
		...(property.type === 'collection' ? flat(property.options as INodeProperties[]) : []),
	]);
}

const all = flat(description.properties);
const byName = (name: string) => all.find((property) => property.name === name)!;
const valuesOf = (name: string) => (byName(name).options as INodePropertyOptions[]).map(({ value }) => value);

const SMALL_WORDS = new Set(['per', 'for', 'of', 'the', 'to', 'a', 'and']);

function isTitleCase(label: string): boolean {
	return label.split(' ').every((word, index) => /^[A-Z0-9]/.test(word) || (index > 0 && SMALL_WORDS.has(word)));
}

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
				'binaryPropertyName',
				'preset',
				'thresholds',
				'output',
				'channelMode',
				'channels',
				'rangeFrom',
				'rangeTo',
				'options',
			],
		);
		assert.deepEqual(valuesOf('engine'), ['local']);
		assert.deepEqual(valuesOf('preset'), ['balanced', 'custom', 'forTranscription', 'sileroCompatible']);
		assert.deepEqual(valuesOf('output'), ['channel', 'file', 'segment']);
		assert.deepEqual(valuesOf('channelMode'), ['mix', 'split']);
		assert.deepEqual(valuesOf('runtime'), ['auto', 'native', 'wasm']);
	});

	it('starts with the defaults that the README states', () => {
		const defaults = Object.fromEntries(
			all.filter(({ type }) => type !== 'collection').map((one) => [one.name, one.default]),
		);
		assert.deepEqual(defaults, {
			engine: 'local',
			binaryPropertyName: 'data',
			preset: 'balanced',
			...BALANCED,
			output: 'file',
			channelMode: 'split',
			channels: '',
			rangeFrom: 0,
			rangeTo: 0,
			includeProbabilities: false,
			keepFilesWithoutSpeech: false,
			maximumDuration: 0,
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

describe('every parameter', () => {
	for (const property of all) {
		it(`${property.name} has a label in Title Case and says what it is`, () => {
			assert.ok(isTitleCase(property.displayName), property.displayName);
			if (property.type !== 'collection') assert.ok((property.description ?? '').length > 10);
			if (property.type === 'boolean') assert.match(property.description!, /^Whether /);
			if (property.placeholder && property.type !== 'collection') assert.match(property.placeholder, /^e\.g\. /);
		});
	}

	it('states the unit where it is a time', () => {
		for (const name of ['rangeFrom', 'rangeTo', 'timeout', 'maximumDuration'])
			assert.match(byName(name).hint!, /seconds/);
		for (const name of ['minimumSpeech', 'minimumSilence', 'paddingBefore', 'paddingAfter']) {
			assert.match(byName(name).hint!, /milliseconds/);
		}
	});

	it('lists its options in alphabetical order, each explained', () => {
		for (const { type, options = [] } of all) {
			const labels = options.map((option) =>
				type === 'collection' ? (option as INodeProperties).displayName : option.name,
			);
			assert.deepEqual(labels, [...labels].sort());
			if (type === 'options')
				for (const option of options as INodePropertyOptions[]) assert.ok(option.description);
			if (type === 'options') for (const { name } of options) assert.ok(isTitleCase(name), name);
		}
	});
});

describe('the files beside the node', () => {
	it('has icons for both themes', () => {
		// n8n's loader has turned the icon's file into its address.
		const { light, dark } = description.iconUrl as { light: string; dark: string };
		for (const icon of [light, dark]) {
			const svg = readFileSync(join(FOLDER, basename(icon)), 'utf8');
			const [, width, height] = /viewBox="0 0 (\d+) (\d+)"/.exec(svg)!;
			assert.equal(width, height);
		}
		assert.notEqual(light, dark);
	});

	it('has a codex that names this node', () => {
		const codex = JSON.parse(readFileSync(join(FOLDER, 'VoiceActivityDetection.node.json'), 'utf8'));
		assert.equal(codex.node, `n8n-nodes-voiceprint.${NODE}`);
		assert.ok(codex.alias.includes('vad'));
		assert.match(codex.resources.primaryDocumentation[0].url, /^https:\/\//);
	});

	it('has an output schema for version 1', () => {
		const file = join(FOLDER, '__schema__', 'v1.0.0', 'output.json');
		assert.ok(existsSync(file));
		assert.equal(JSON.parse(readFileSync(file, 'utf8')).type, 'object');
	});
});
