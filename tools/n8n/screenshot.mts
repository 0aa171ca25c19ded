/**
 * `node tools/n8n/screenshot.mts FOLDER [SERIES]`: pictures of the node in n8n's editor for the documentation, taken in a
 * real n8n with the system's Chromium. Needs a built package.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { openBrowser } from './browser.mts';
import type { N8nClient, StoredWorkflow } from './client.mts';
import { EXAMPLES, provideRecordings, readExample, withFolder } from './examples.mts';
import { installPackage, packPackage } from './package.mts';
import { startN8n, type RunningN8n } from './server.mts';
import { fileWorkflow, formWorkflow, NODE_NAME } from './workflows.mts';

/** For panels to slide in and icons to load. */
const SETTLE_MS = 1500;

async function openWorkflow(page: Page, { url }: N8nClient, { id }: StoredWorkflow, nodeName = NODE_NAME): Promise<void> {
	await page.goto(`${url}/workflow/${id}`, { waitUntil: 'domcontentloaded' });
	await page.locator(`[data-test-id="canvas-node"][data-node-name="${nodeName}"]`).waitFor();
	await page.waitForTimeout(SETTLE_MS);
}

/** Waits until a node has run. */
async function succeeded(page: Page, name: string): Promise<void> {
	await page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"] [data-test-id="canvas-node-status-success"]`).waitFor({ timeout: 120_000 });
}

/** Takes a picture of the whole window. */
async function take(page: Page, folder: string, name: string): Promise<void> {
	for (const close of await page.locator('.el-notification__closeBtn').all()) await close.click();
	await page.waitForTimeout(SETTLE_MS);
	const path = join(folder, `${name}.png`);
	await page.screenshot({ path });
	console.log(path);
}

/** A file that somebody drops onto n8n's own form, and the answer about it. */
async function takeForm(client: N8nClient, page: Page, folder: string): Promise<void> {
	const workflow = await client.createWorkflow(formWorkflow());
	await openWorkflow(page, client, workflow);
	const opening = page.context().waitForEvent('page');
	await page.getByTestId('execute-workflow-button').first().click();
	const form = await opening;
	await form.locator('input[type="file"]').setInputFiles(join(EXAMPLES, 'audio', 'call.ogg'));
	await form.getByRole('button', { name: 'Submit' }).click();
	await succeeded(page, NODE_NAME);
	await form.close();
	await page.locator(`[data-test-id="canvas-node"][data-node-name="${NODE_NAME}"]`).dblclick();
	await page.getByTestId('output-panel').getByText('Schema', { exact: true }).click();
	await page.getByTestId('output-panel').getByText('speech_share').first().waitFor();
	await take(page, folder, 'form');
}

/** The timeline picture as n8n itself shows it to whoever looks into the output. */
async function takePreview({ client, filesFolder }: RunningN8n, page: Page, folder: string): Promise<void> {
	const timeline = await client.createWorkflow(fileWorkflow(join(filesFolder, 'recordings', 'call.ogg'), { alsoProduce: ['picture'] }));
	await openWorkflow(page, client, timeline);
	await page.locator(`[data-test-id="canvas-node"][data-node-name="${NODE_NAME}"]`).dblclick();
	await page.getByTestId('node-execute-button').first().click();
	const output = page.getByTestId('output-panel');
	await output.getByText(/ s of speech/).waitFor();
	await output.getByText('Binary', { exact: true }).click();
	// The recording is the first, the picture the second file.
	await output.getByTestId('ndv-view-binary-data').last().click();
	await page.getByTestId('ndv-binary-data-display').or(output.locator('img, embed')).first().waitFor();
	await take(page, folder, 'picture');
}

async function takePictures({ client, filesFolder }: RunningN8n, page: Page, folder: string): Promise<void> {
	const node = page.locator(`[data-test-id="canvas-node"][data-node-name="${NODE_NAME}"]`);

	const example = await client.createWorkflow(withFolder(readExample('sort-by-speech'), filesFolder));
	await openWorkflow(page, client, example);
	await page.getByTestId('execute-workflow-button').first().click();
	await succeeded(page, NODE_NAME);
	await page.keyboard.press('1'); // zoom to fit
	await take(page, folder, 'workflow');

	await page.goto(`${client.url}/workflow/new`, { waitUntil: 'domcontentloaded' });
	await page.getByTestId('canvas-add-button').first().waitFor();
	await page.keyboard.press('n');
	await page.getByPlaceholder('Search nodes...').fill('who is speaking');
	await page.getByTestId('node-creator-item-name').filter({ hasText: NODE_NAME }).waitFor();
	await take(page, folder, 'panel');

	const answer = await client.createWorkflow(fileWorkflow(join(filesFolder, 'recordings', 'call.ogg'), {}));
	await openWorkflow(page, client, answer);
	await node.dblclick();
	await page.getByTestId('node-execute-button').first().click();
	await page.getByTestId('output-panel').getByText(/ s of speech/).waitFor();
	await take(page, folder, 'answer');
	await page.getByTestId('output-panel').getByText('Schema', { exact: true }).click();
	await take(page, folder, 'answer-schema');

	await takeForm(client, page, folder);

	const segments = await client.createWorkflow(fileWorkflow(join(filesFolder, 'recordings', 'call.ogg'), { output: 'segment' }));
	await openWorkflow(page, client, segments);
	await node.dblclick();
	await page.getByTestId('node-execute-button').first().click();
	await page.getByTestId('output-panel').getByText('Table', { exact: true }).click();
	await page.getByTestId('output-panel').getByText('start_time').first().waitFor();
	await take(page, folder, 'node');

	const identify = await client.createWorkflow(withFolder(readExample('identify-callers'), filesFolder));
	const compare = 'Compare Voiceprints';
	await openWorkflow(page, client, identify, compare);
	await page.getByTestId('execute-workflow-button').first().click();
	await succeeded(page, compare);
	await page.keyboard.press('1'); // zoom to fit
	await take(page, folder, 'identify');
}

const SERIES = { editor: takePictures, preview: takePreview };

const [target, only] = process.argv.slice(2);
const series = Object.entries(SERIES).filter(([name]) => only === undefined || name === only);
if (!target || series.length === 0) throw new Error(`Usage: node tools/n8n/screenshot.mts FOLDER [${Object.keys(SERIES).join('|')}]`);
const folder = resolve(target);
mkdirSync(folder, { recursive: true });
const { tarball, dispose } = await packPackage();
const n8n = await startN8n({ install: (folder) => installPackage(tarball, folder) }).finally(dispose);
try {
	const { context, close } = await openBrowser(n8n.client);
	try {
		provideRecordings(n8n.filesFolder);
		const page = await context.newPage();
		for (const [, pictures] of series) await pictures(n8n, page, folder);
	} finally {
		await close();
	}
} finally {
	await n8n.stop();
}
