/** The workflows in `examples/` fit the nodes of this package, and hold nothing that belongs to one n8n. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { INode, INodeProperties, INodeType, INodeTypeDescription } from 'n8n-workflow';
import { EXAMPLES, exampleNames, readExample } from '../../tools/n8n/examples.mts';
import { createHarness, type Harness } from '../../tools/n8n/harness.mts';

// As CommonJS: its ES modules name files without their endings.
const { NodeHelpers } = createRequire(import.meta.url)('n8n-workflow') as typeof import('n8n-workflow');

/** What a node of the package says against its parameters: those that it does not know or show, and values that it does not take. */
function complaints(node: INode, description: INodeTypeDescription): string[] {
	const { properties } = description;
	const filled = NodeHelpers.getNodeParameters(properties, node.parameters, true, false, node, description) ?? {};
	const issues = NodeHelpers.getNodeParametersIssues(properties, { ...node, parameters: filled }, description)?.parameters ?? {};
	const shown = NodeHelpers.getNodeParameters(properties, node.parameters, false, false, node, description) ?? {};
	const isDefault = (name: string, value: unknown) => properties.some((one) => one.name === name && isDeepStrictEqual(one.default, value));
	const unknown = Object.entries(node.parameters).filter(([name, value]) => !(name in shown) && !isDefault(name, value));
	return [...unknown.map(([name]) => `${name} is not there`), ...Object.values(issues).flat(), ...unknownOptions(node.parameters, properties)];
}

/** Options in collections that the description does not list. */
function unknownOptions(parameters: INode['parameters'], properties: INodeProperties[]): string[] {
	const collections = properties.filter(({ type, name }) => type === 'collection' && parameters[name]);
	return collections.flatMap(({ name, options = [] }) =>
		Object.keys(parameters[name] as object).filter((option) => !options.some((known) => known.name === option)).map((option) => `${name}.${option} is not there`),
	);
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
			for (const node of ours) {
				const { description } = harness.nodeTypes.get(node.type) as INodeType;
				assert.ok([description.version].flat().includes(node.typeVersion));
				assert.deepEqual(complaints(node, description), [], node.name);
			}
		});

		it(`${name} explains itself in a note and is connected throughout`, () => {
			const names = nodes.map((node) => node.name);
			const notes = nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
			assert.notEqual(notes.length, 0);
			assert.match(JSON.stringify(notes.map(({ parameters }) => parameters.content)), /\*\*To change\*\*/);
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
