/** The system's Chromium on a running n8n's editor. */
import { chromium, selectors, type BrowserContext } from 'playwright-core';
import { findChromium } from './chromium.mts';
import { BROWSER_ID, type N8nClient } from './client.mts';

const VIEWPORT = { width: 1600, height: 900 };

export interface RunningBrowser {
	context: BrowserContext;
	close(): Promise<void>;
}

/** A browser that is signed in already, and that reaches nothing but this machine. */
export async function openBrowser(client: N8nClient): Promise<RunningBrowser> {
	const executablePath = findChromium();
	if (!executablePath) throw new Error('Chromium is missing. On Debian run: sudo apt-get install -y chromium');
	selectors.setTestIdAttribute('data-test-id');
	const browser = await chromium.launch({
		executablePath,
		args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost'],
	});
	const context = await browser.newContext({ viewport: VIEWPORT, locale: 'en-US' });
	const [name, value] = client.cookie.split('=') as [string, string];
	await context.addCookies([{ name, value, url: client.url, httpOnly: true, sameSite: 'Lax' }]);
	await context.addInitScript((id) => localStorage.setItem('n8n-browserId', id), BROWSER_ID);
	return { context, close: async () => await browser.close() };
}
