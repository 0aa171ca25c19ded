/** The first click in n8n's editor, in a real browser: the node panel finds the nodes, and what it adds stays local. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { INode } from 'n8n-workflow';
import { openBrowser, type RunningBrowser } from '../../tools/n8n/browser.mts';
import { noChromium } from '../../tools/n8n/chromium.mts';
import { provideRecordings } from '../../tools/n8n/examples.mts';
import { packageNode } from '../../tools/n8n/workflows.mts';
import { credentialFor } from './api-support.mts';
import { base, graph } from './graph.mts';
import { useN8n } from './support.mts';

const DETECT = 'Voice Activity Detection';
const EXTRACT = 'Extract Voiceprint';
const COMPARE = 'Compare Voiceprints';
const DIARIZE = 'Speaker Diarization';
const OURS = [DETECT, EXTRACT, COMPARE, DIARIZE];

/** What builders type, and the nodes that have to come up. */
const WORDS: Array<[word: string, nodes: string[]]> = [
	['voice', OURS],
	['speech', OURS],
	['speaker', OURS],
	['audio', OURS],
	['recording', OURS],
	['diarization', OURS],
	['who is speaking', OURS],
	['phone call', OURS],
	['call recording', OURS],
	['voicemail', OURS],
	['podcast', OURS],
	['meeting', OURS],
	['Voice Activity', [DETECT]],
	['vad', [DETECT]],
	['silence', [DETECT]],
	['talk time', [DETECT, DIARIZE]],
	['subtitle', [DETECT, DIARIZE]],
	['transcription', [DETECT, DIARIZE]],
	['transcribe', [DETECT, DIARIZE]],
	['mp3', [DETECT, EXTRACT, DIARIZE]],
	['identify speaker', [EXTRACT, COMPARE, DIARIZE]],
	['voiceprint', [EXTRACT, COMPARE]],
	['biometrics', [EXTRACT, COMPARE]],
	['caller', [EXTRACT, COMPARE]],
	['who spoke when', [DIARIZE]],
	['diariz', [DIARIZE]],
];

/** Results that the panel shows without scrolling. */
const VISIBLE = 8;

describe('the editor in Chromium', { skip: noChromium() }, () => {
	const n8n = useN8n();
	let browser: RunningBrowser;
	let page: Page;

	before(async () => {
		provideRecordings(n8n().filesFolder);
		// n8n selects a credential by itself where there is one that fits.
		await credentialFor(n8n(), 'http://127.0.0.1:9');
		browser = await openBrowser(n8n().client);
		page = await browser.context.newPage();
		// n8n's editor takes its time where other tests run beside it.
		page.setDefaultTimeout(90_000);
	});
	after(async () => await browser?.close());

	const search = () => page.getByPlaceholder('Search nodes...').or(page.getByTestId('node-creator-search-bar')).first();
	const results = () => page.getByTestId('node-creator-item-name');

	/** The node panel; after a click on an action the node's own view is open first. */
	async function openPanel(): Promise<void> {
		if (await search().isVisible()) return;
		await page.keyboard.press('n');
		await search().waitFor();
	}

	/** Waits until of these nodes all (or none) are on the panel's first screen; gives the names there. */
	async function shown(names: string[], all: boolean): Promise<string[]> {
		const arg = { names, all, selector: '[data-test-id="node-creator-item-name"]', count: VISIBLE };
		const holds = ({ names, all, selector, count }: typeof arg) => {
			const { document } = globalThis as unknown as { document: { querySelectorAll(selector: string): Iterable<{ textContent: string | null }> } };
			const found = [...document.querySelectorAll(selector)].slice(0, count).map(({ textContent }) => textContent?.trim());
			return all ? names.every((name) => found.includes(name)) : !names.some((name) => found.includes(name));
		};
		await page.waitForFunction(holds, arg, { timeout: 5000 }).catch(() => {});
		return (await results().allTextContents()).slice(0, VISIBLE).map((name) => name.trim());
	}

	/** Types a word; sees what the word before it found go, and these nodes come. */
	async function find(word: string, nodes: string[]): Promise<void> {
		await search().fill('');
		const left = await shown(OURS, false);
		assert.ok(!OURS.some((name) => left.includes(name)), `still there: ${left.join('; ')}`);
		await search().fill(word);
		const found = await shown(nodes, true);
		for (const node of nodes) assert.ok(found.includes(node), `${node} is none of ${found.join('; ')}`);
	}

	describe('the output', () => {
		const FILE_GOES_ON = 'With File';
		const FILE_STAYS = 'Without File';

		before(async () => {
			const { client, filesFolder } = n8n();
			const read = base('Read', 'readWriteFile', 1.1, { operation: 'read', fileSelector: join(filesFolder, 'recordings', 'call.ogg'), options: {} });
			const nodes = [read, packageNode(FILE_GOES_ON, 'voiceActivityDetection', {}), packageNode(FILE_STAYS, 'voiceActivityDetection', { options: { includeBinary: false } })];
			const { id } = await client.createWorkflow(graph(nodes, [`Start > Read > ${FILE_GOES_ON}`, ['Read', FILE_STAYS]]));
			await page.goto(`${client.url}/workflow/${id}`, { waitUntil: 'domcontentloaded' });
			await page.getByTestId('execute-workflow-button').first().click();
		});

		const panel = () => page.getByTestId('output-panel');

		/** Opens a node, and goes back once its output has been looked at. */
		async function lookAt(name: string, look: () => Promise<void>): Promise<void> {
			const node = page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`);
			await node.locator('[data-test-id="canvas-node-status-success"]').waitFor({ timeout: 60_000 });
			await node.dblclick();
			await panel().getByText(/^\d+ items?$/).first().waitFor();
			await look();
			await page.keyboard.press('Escape');
			await panel().waitFor({ state: 'detached' });
		}

		it('is on the first screen though n8n shows the card of the file that goes on', async () => {
			await lookAt(FILE_GOES_ON, async () => {
				await panel().getByText('call.ogg: 20.0 s of speech (79 %)').first().waitFor();
				const href = await page.getByRole('link', { name: 'Docs' }).first().getAttribute('href');
				assert.match(href!, /\/docs\/voice-activity-detection\.md(\?[^#]*)?$/, 'the manual opens at its page');
			});
		});

		it('begins with the answer where the file does not go on', async () => {
			await lookAt(FILE_STAYS, async () => {
				const first = panel().getByText('speech_length').first();
				await first.waitFor();
				assert.ok((await first.boundingBox())!.y < 300);
				assert.equal(await panel().getByText('Mime Type:').count(), 0);
			});
		});
	});

	describe('the node panel', () => {
		before(openPanel);

		for (const [word, nodes] of WORDS) {
			it(`finds by "${word}": ${nodes.join(', ')}`, async () => await find(word, nodes));
		}
	});

	/** What the panel offers for a node. */
	const actions = () => page.locator('[data-keyboard-nav-type="action"]');

	/** The nodes as n8n stores them. */
	async function stored(): Promise<INode[]> {
		const saving = page.waitForRequest((request) => /\/rest\/workflows/.test(request.url()) && ['POST', 'PATCH'].includes(request.method()));
		await page.keyboard.press('Control+s');
		return ((await saving).postDataJSON() as { nodes: INode[] }).nodes;
	}

	describe('a click on an action', () => {
		const ACTIONS = [
			[DETECT, 'Detect voice activity in a file', 'detect'],
			[EXTRACT, 'Extract voiceprints from a file', 'extract'],
			[DIARIZE, 'Find who speaks when in a file', 'diarize'],
			[COMPARE, 'Identify speakers', 'identify'],
		] as const;
		let nodes: INode[];

		before(async () => {
			for (const [name, action] of ACTIONS) {
				await openPanel();
				await find(name, [name]);
				await results().filter({ hasText: name }).first().click();
				await actions().first().waitFor();
				const offered = (await actions().allTextContents()).map((text) => text.trim());
				assert.ok(offered.every((text) => !text.endsWith(' Speech Platform')), offered.join('; '));
				await actions().filter({ hasText: action }).first().click();
				await page.getByTestId('node-execute-button').first().waitFor();
				await page.keyboard.press('Escape');
				await page.getByTestId('node-execute-button').first().waitFor({ state: 'detached' });
			}
			nodes = await stored();
		});

		for (const [name, , operation] of ACTIONS) {
			it(`adds a local node without a credential: ${name}`, () => {
				const { parameters, credentials } = nodes.find((node) => node.name === name)!;
				assert.deepEqual([parameters.engine ?? 'local', parameters.operation ?? operation, credentials], ['local', operation, undefined]);
			});
		}
	});
});
