/** What people read: links lead somewhere, and the manuals know every parameter. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import type { INodeProperties } from 'n8n-workflow';
import { exampleNames } from '../../tools/n8n/examples.mts';
import { nodeOf } from '../nodes/support/node.mts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
const PAGES = `${manifest.homepage.replace(/#.*$/, '')}/blob/main/`;

const MANUALS = {
	VoiceActivityDetection: 'docs/voice-activity-detection.md',
	ExtractVoiceprint: 'docs/extract-voiceprint.md',
	SpeakerDiarization: 'docs/speaker-diarization.md',
	CompareVoiceprints: 'docs/compare-voiceprints.md',
};

const DOCUMENTS = [
	...['README.md', 'SECURITY.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'examples/README.md'],
	...readdirSync(join(REPOSITORY, 'docs'))
		.filter((name) => name.endsWith('.md'))
		.map((name) => `docs/${name}`),
];

const textOf = (document: string) => readFileSync(join(REPOSITORY, document), 'utf8');
const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, '');

/** Anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(document: string): string[] {
	const headings = [...withoutCode(textOf(document)).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);
	return headings.map((heading) => heading.toLowerCase().replace(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-'));
}

/** Whether there is what a link within the repository names. */
function leadsSomewhere(document: string, link: string): boolean {
	const [path, anchor] = link.split('#');
	const target = path === '' ? document : join(dirname(document), path);
	return existsSync(join(REPOSITORY, target)) && (anchor === undefined || anchorsOf(target).includes(anchor));
}

describe('the documents', () => {
	for (const document of DOCUMENTS) {
		it(`${document} links to what is there`, () => {
			const links = [...withoutCode(textOf(document)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link);
			const dead = links.filter((link) => !/^https?:/.test(link) && !leadsSomewhere(document, link));
			assert.deepEqual(dead, []);
		});

		it(`${document} names scripts that there are`, () => {
			const names = [...textOf(document).matchAll(/npm run (?:--silent )?([a-z][\w:]*)/g)].map(([, name]) => name);
			assert.deepEqual(names.filter((name) => manifest.scripts[name] === undefined), []);
		});
	}

	for (const document of ['README.md', 'examples/README.md']) {
		it(`${document} links each example as n8n imports it from an address`, () => {
			const raw = `${PAGES.replace('https://github.com/', 'https://raw.githubusercontent.com/').replace('/blob/', '/')}examples/`;
			const links = [...textOf(document).matchAll(/\]\((https:\/\/raw\.[^)]+)\)/g)].map(([, link]) => link);
			assert.deepEqual(links.sort(), exampleNames().map((name) => `${raw}${name}.json`));
		});
	}

	it('the README stays short', () => {
		assert.ok(textOf('README.md').split('\n').length <= 200);
	});
});

/** Labels of all parameters, those inside collections too. */
function labels(properties: INodeProperties[]): string[] {
	return properties.flatMap(({ type, displayName, options }) => {
		const isCollection = type === 'collection';
		return [...(displayName === 'Options' ? [] : [displayName]), ...(isCollection ? labels(options as INodeProperties[]) : [])];
	});
}

for (const [folder, manual] of Object.entries(MANUALS)) {
	describe(`the manual of ${folder}`, () => {
		const { description } = nodeOf(folder[0].toLowerCase() + folder.slice(1));

		it('is the page that the editor opens; the one of the credential is there too', () => {
			const { resources } = JSON.parse(textOf(`nodes/${folder}/${folder}.node.json`));
			assert.deepEqual(resources.primaryDocumentation, [{ url: PAGES + manual }]);
			// n8n appends to the address, which an anchor would swallow.
			const ofCredential = description.credentials ? [{ url: `${PAGES}docs/speech-platform-api.md` }] : undefined;
			assert.deepEqual(resources.credentialDocumentation, ofCredential);
		});

		it('begins with what the node is, and has a first workflow with examples before its parameters', () => {
			const [heading, , first] = textOf(manual).split('\n');
			assert.equal(heading, `# ${description.displayName}`);
			assert.match(first, /^[A-Z].+/);
			const beginning = textOf(manual).split(/^\| Parameter \|/m)[0];
			assert.match(beginning, /^(## |\*\*)First workflow/m);
			assert.match(beginning, /\]\(\.\.\/examples\/README\.md\)/);
		});

		it('has a line for every parameter', () => {
			const names = [...textOf(manual).matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell]) => cell.split(', '));
			// The thresholds have their own table, in other words.
			const wanted = labels(description.properties.filter(({ name }) => name !== 'thresholds'));
			assert.deepEqual(wanted.filter((label) => !names.includes(label)), []);
		});
	});
}

it("the credential's page is there", () => {
	const [, url] = /documentationUrl = '([^']+)'/.exec(textOf('credentials/SpeechPlatformApi.credentials.ts'))!;
	assert.equal(url, `${PAGES}docs/speech-platform-api.md`);
});
