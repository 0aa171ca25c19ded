/** The browser of the end-to-end tests: installed where that can be done, and otherwise the tests in it say why they are skipped. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ensureChromium, findChromium, noChromium } from '../../tools/n8n/chromium.mts';

const skip = process.getuid?.() === 0 ? false : 'needs root, as installing does';

describe('Chromium', { skip }, () => {
	const before = { ...process.env };
	let folder: string;

	/** A machine with nothing but a shell, and an apt-get of this kind. */
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'no-chromium-'));
		symlinkSync('/bin/sh', join(folder, 'sh'));
		process.env.PATH = folder;
		process.env.N8N_VOICEPRINT_CACHE = join(folder, 'cache');
	});
	afterEach(() => {
		process.env = { ...before };
		rmSync(folder, { recursive: true });
	});

	const program = (name: string, script: string) => writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
	const asked = () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n');
	const quiet = () => {};

	it('is left as it is where it is there', async () => {
		program('chromium', '');
		program('apt-get', `echo "$*" >> ${folder}/asked`);
		await ensureChromium(quiet);
		assert.throws(asked, { code: 'ENOENT' });
		assert.deepEqual([findChromium(), noChromium()], [join(folder, 'chromium'), false]);
	});

	it('is installed where apt-get can', async () => {
		program('apt-get', `echo "$*" >> ${folder}/asked; case "$*" in *" install "*) echo > ${folder}/chromium; /bin/chmod 755 ${folder}/chromium;; esac`);
		assert.equal(noChromium(), 'needs Chromium: apt-get install chromium');
		await ensureChromium(quiet);
		assert.match(asked().at(-1)!, / install -y --no-install-recommends chromium$/);
		assert.equal(noChromium(), false);
	});

	it('that cannot be installed is a reason to skip, and no error', async () => {
		program('apt-get', 'case "$*" in *" install "*) echo "E: Unable to locate package chromium"; exit 100;; esac');
		await ensureChromium(quiet);
		assert.match(noChromium() as string, /^needs Chromium, and its installation failed: .*\nE: Unable to locate package chromium\n/);
	});

	it('is left out where there is no apt-get', async () => {
		await ensureChromium(quiet);
		assert.equal(noChromium(), 'needs Chromium: apt-get install chromium');
	});
});
