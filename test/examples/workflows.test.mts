/** The workflows in `examples/` fit the nodes of this package, and hold nothing that belongs to one n8n. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { INode, INodeProperties, INodeType } from 'n8n-workflow';
import { EXAMPLES, exampleNames, readExample } from '../../tools/n8n/examples.mts';
import { createHarness, type Harness } from '../../tools/n8n/harness.mts';

/** Names of parameters that a node has but the description does not list, deep into collections. */
function unknownParameters(parameters: INode['parameters'], properties: INodeProperties[]): string[] {
	return Object.entries(parameters).flatMap(([name, value]) => {
		const property = properties.find((candidate) => candidate.name === name);
		if (!property) return [name];
		if (property.type === 'options') {
			const values = (property.options ?? []).map((option) => ('value' in option ? option.value : undefined));
			return values.includes(value as string) ? [] : [`${name}=${JSON.stringify(value)}`];
		}
		if (property.type === 'multiOptions') {
			const known = (property.options ?? []).map((option) => ('value' in option ? option.value : undefined));
			return [value].flat().filter((one) => !known.includes(one as string)).map((one) => `${name}=${JSON.stringify(one)}`);
		}
		if (property.type !== 'collection') return [];
		return unknownParameters(value as INode['parameters'], property.options as INodeProperties[]).map(
			(inner) => `${name}.${inner}`,
		);
	});
}

describe('an example workflow', () => {
	let harness: Harness;

	before(async () => {
		harness = await createHarness();
	});

	after(() => harness.dispose());

	for (const name of exampleNames()) {
		const text = readFileSync(join(EXAMPLES, `${name}.json`), 'utf8');
		const { nodes, connections } = readExample(name);

		it(`${name} uses a node of this package as it is described`, () => {
			const ours = nodes.filter(({ type }) => type.startsWith('n8n-nodes-voiceprint.'));
			assert.ok(ours.length >= 1 && ours.length <= 3, `${ours.length} nodes of this package`);
			assert.deepEqual(nodes.filter(({ type }) => /\.(code|function|functionItem|executeCommand)$/.test(type)), []);
			for (const { type, typeVersion, parameters } of ours) {
				const { description } = harness.nodeTypes.get(type) as INodeType;
				assert.ok([description.version].flat().includes(typeVersion));
				assert.deepEqual(unknownParameters(parameters, description.properties), []);
			}
		});

		it(`${name} explains itself in a note and is connected throughout`, () => {
			const names = nodes.map((node) => node.name);
			const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
			assert.notEqual(notes.length, 0);
			assert.match(JSON.stringify(notes.map(({ parameters }) => parameters.content)), /\*\*To change\*\*|Set |Choose |Send /);
			const targets = Object.values(connections).flatMap(({ main = [] }) =>
				main.flatMap((output) => (output ?? []).map(({ node }) => node)),
			);
			for (const target of [...targets, ...Object.keys(connections)])
				assert.ok(names.includes(target), `${target} is no node`);
			const isNote = (name: string) => notes.some((note) => note.name === name);
			const loose = names.filter((each) => !targets.includes(each) && !(each in connections) && !isNote(each));
			assert.deepEqual(loose, []);
		});

		it(`${name} holds no credential, no pinned data and no instance`, () => {
			assert.doesNotMatch(text, /"credentials"|"instanceId"|"versionId"/);
			assert.match(text, /"pinData": \{\}/);
		});
	}
});
