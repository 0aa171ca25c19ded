/** What n8n's node panel takes from a package: words to find a node by, pages of documentation, and actions. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { INodePropertyOptions } from 'n8n-workflow';
import { SpeechPlatformApi } from '../../dist/credentials/SpeechPlatformApi.credentials.js';
import { nodeOf } from './support/node.mts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

interface Codex {
	node: string;
	categories: string[];
	subcategories?: Record<string, string[]>;
	alias: string[];
	resources: Record<'primaryDocumentation' | 'credentialDocumentation', Array<{ url: string }> | undefined>;
}

const NODES = {
	VoiceActivityDetection: 'voice-activity-detection',
	ExtractVoiceprint: 'extract-voiceprint',
	CompareVoiceprints: 'compare-voiceprints',
	SpeakerDiarization: 'speaker-diarization',
};

/** The page of this package's manual at an address without an anchor. */
function pageAt(url: string): string {
	const [, page] = /^https:\/\/[^#?]+\/blob\/main\/(docs\/[a-z-]+\.md)$/.exec(url) ?? [];
	assert.ok(page && existsSync(join(REPOSITORY, page)), url);
	return page;
}

for (const [folder, manual] of Object.entries(NODES)) {
	describe(folder, () => {
		const type = folder.replace(/^./, (letter) => letter.toLowerCase());
		const codex = JSON.parse(readFileSync(join(REPOSITORY, 'dist', 'nodes', folder, `${folder}.node.json`), 'utf8')) as Codex;

		it('has words to find it by, each once', () => {
			assert.equal(codex.node, `n8n-nodes-voiceprint.${type}`);
			for (const word of ['voice', 'speech', 'speaker', 'audio', 'recording', 'who is speaking']) assert.ok(codex.alias.includes(word), word);
			assert.equal(new Set(codex.alias).size, codex.alias.length);
		});

		// n8n's editor leaves nodes of that category out of its search, unless they are roots of an agent.
		it('is in no category of AI', () => {
			assert.deepEqual([codex.categories, codex.subcategories], [['Utility'], undefined]);
		});

		// n8n appends `?utm_source=…` to them as text: behind an anchor it would be a part of that.
		it('has a manual of its own, at an address without an anchor', () => {
			const { primaryDocumentation = [], credentialDocumentation = [] } = codex.resources;
			assert.deepEqual(primaryDocumentation.map(({ url }) => pageAt(url)), [`docs/${manual}.md`]);
			for (const { url } of credentialDocumentation) pageAt(url);
		});

		// The panel takes the actions of the first property of that name, and sets what its display options ask for.
		it('has actions, those of the panel local, and names those of a server', () => {
			const { properties, credentials = [] } = nodeOf(type).description;
			const [first, ...others] = properties.filter(({ name }) => name === 'operation');
			assert.ok(['local', undefined].includes(first.displayOptions?.show?.engine?.[0] as string | undefined));
			for (const { displayOptions } of credentials) assert.deepEqual(displayOptions?.show?.engine, ['api']);
			const actionsOf = ({ options = [] }: typeof first) => (options as INodePropertyOptions[]).map(({ action }) => action!);
			for (const action of actionsOf(first)) assert.match(action, /^[A-Z][a-z ]+$/);
			for (const action of others.flatMap(actionsOf)) assert.match(action, /^[A-Z][a-z ]+ Speech Platform$/);
		});
	});
}

it("the credential's manual is at an address without an anchor", () => {
	assert.equal(pageAt(new SpeechPlatformApi().documentationUrl), 'docs/speech-platform-api.md');
});
