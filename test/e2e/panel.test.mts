/** The first click in n8n's editor, in a real browser: the node panel finds the nodes, and what it adds stays local. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import type { INode } from 'n8n-workflow';
import { findChromium, openBrowser, type RunningBrowser } from '../../tools/n8n/browser.mts';
import { provideRecordings } from '../../tools/n8n/examples.mts';
import { fileWorkflow, NODE_NAME } from '../../tools/n8n/workflows.mts';
import { credentialFor } from './api-support.mts';
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

const chromium = findChromium();
const skip = chromium ? false : 'needs Chromium: apt-get install chromium';

describe('the editor in Chromium', { skip }, () => {
	const n8n = useN8n();
	let browser: RunningBrowser;
	let page: Page;

	before(async () => {
		provideRecordings(n8n().filesFolder);
		// n8n selects a credential by itself where there is one that fits.
		await credentialFor(n8n(), 'http://127.0.0.1:9');
		browser = await openBrowser(n8n().client);
		page = await browser.context.newPage();
	});
	after(async () => await browser?.close());

	const search = () => page.getByPlaceholder('Search nodes...').or(page.getByTestId('node-creator-search-bar')).first();
	const results = () => page.getByTestId('node-creator-item-name');

	/** An empty workflow with the node panel open. */
	async function openPanel(): Promise<void> {
		await page.goto(`${n8n().url}/workflow/new`, { waitUntil: 'domcontentloaded' });
		await page.getByTestId('canvas-add-button').first().waitFor();
		await page.keyboard.press('n');
		await search().waitFor();
	}

	/** Types a word; gives the names of what is found, once that has come. */
	async function find(word: string): Promise<string[]> {
		await search().fill('');
		await results().filter({ hasText: OURS[0] }).or(results().filter({ hasText: OURS[3] })).first().waitFor({ state: 'detached' });
		await search().fill(word);
		await results().filter({ hasText: new RegExp(OURS.join('|')) }).first().waitFor({ timeout: 5000 }).catch(() => {});
		return (await results().allTextContents()).map((name) => name.trim());
	}

	describe('the node panel', () => {
		before(openPanel);

		for (const [word, nodes] of WORDS) {
			it(`finds by "${word}": ${nodes.join(', ')}`, async () => {
				const found = (await find(word)).slice(0, VISIBLE);
				for (const node of nodes) assert.ok(found.includes(node), `${node} is none of ${found.join('; ')}`);
			});
		}
	});

	/** What the panel offers for a node. */
	const actions = () => page.locator('[data-keyboard-nav-type="action"]');

	/** The node as n8n stores it. */
	async function stored(name: string): Promise<INode> {
		await page.keyboard.press('Escape');
		const saving = page.waitForRequest((request) => /\/rest\/workflows/.test(request.url()) && ['POST', 'PATCH'].includes(request.method()));
		await page.keyboard.press('Control+s');
		const { nodes } = (await saving).postDataJSON() as { nodes: INode[] };
		return nodes.find((node) => node.name === name)!;
	}

	describe('a click on an action', () => {
		for (const [name, action, operation] of [
			[DETECT, 'Detect voice activity in a file', 'detect'],
			[EXTRACT, 'Extract voiceprints from a file', 'extract'],
			[DIARIZE, 'Find who speaks when in a file', 'diarize'],
			[COMPARE, 'Identify speakers', 'identify'],
		]) {
			it(`adds a local node without a credential: ${name}`, async () => {
				await openPanel();
				await find(name);
				await results().filter({ hasText: name }).first().click();
				await actions().first().waitFor();
				const offered = (await actions().allTextContents()).map((text) => text.trim());
				assert.ok(offered.every((text) => !/ on Speech Platform$/.test(text)), offered.join('; '));
				await actions().filter({ hasText: action }).first().click();
				await page.getByTestId('node-execute-button').first().waitFor();
				const { parameters, credentials } = await stored(name);
				assert.deepEqual([parameters.engine ?? 'local', parameters.operation ?? operation, credentials], ['local', operation, undefined]);
			});
		}
	});

	/** Opens a stored workflow at the node that detects speech, and runs it there. */
	async function runInEditor(parameters: INode['parameters']): Promise<Locator> {
		const { client, filesFolder } = n8n();
		const workflow = await client.createWorkflow(fileWorkflow(join(filesFolder, 'recordings', 'call.ogg'), parameters));
		await page.goto(`${client.url}/workflow/${workflow.id}`, { waitUntil: 'domcontentloaded' });
		await page.locator(`[data-test-id="canvas-node"][data-node-name="${NODE_NAME}"]`).dblclick();
		await page.getByTestId('node-execute-button').first().click();
		const panel = page.getByTestId('output-panel');
		await panel.getByText(/^\d+ items?$/).first().waitFor({ timeout: 60_000 });
		return panel;
	}

	describe('the output', () => {
		it('is on the first screen though n8n shows the card of the file that goes on', async () => {
			const panel = await runInEditor({});
			await panel.getByText('call.ogg: 20.0 s of speech (79 %)').first().waitFor();
		});

		it('begins with the answer where the file does not go on', async () => {
			const panel = await runInEditor({ options: { includeBinary: false } });
			const first = panel.getByText('speech_length').first();
			await first.waitFor();
			assert.ok((await first.boundingBox())!.y < 300);
			assert.equal(await panel.getByText('Mime Type:').count(), 0);
		});
	});

	it('the manual opens at its page', async () => {
		const href = await page.getByRole('link', { name: 'Docs' }).first().getAttribute('href');
		assert.match(href!, /\/docs\/voice-activity-detection\.md(\?[^#]*)?$/);
	});
});
