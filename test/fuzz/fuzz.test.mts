/**
 * Files as a hostile sender would make them: none crashes the engine, hangs it, makes it large, or harms the next file.
 * More of the same, and one of them alone: `npm run fuzz -- --seed N --files 5000`, `-- --seed N --only INDEX`.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { stopEngine } from '../../dist/engine/client/client.js';
import { temporaryFolder } from '../engine/process/media/support/encode.mts';
import { campaign } from './support/campaign.mts';

const SEED = 11;
const FILES = 300;

after(() => stopEngine());

test(`${FILES} damaged files in all formats, a good one after every few`, async (t) => {
	const { outcomes, peakMemory, slowest, goodFiles, failures } = await campaign({
		seed: SEED,
		files: FILES,
		goodPath: join(temporaryFolder(), 'good.wav'),
	});
	t.diagnostic(`${JSON.stringify(outcomes)}, ${goodFiles} good files`);
	t.diagnostic(`peak of the engine ${Math.round(peakMemory)} MiB, slowest file ${Math.round(slowest)} ms`);
	assert.deepEqual(failures, []);
	// A corpus that the first look turns away would test nothing, and one that is sound would neither.
	assert.ok(outcomes.result > FILES / 4 && outcomes.result < FILES, `${outcomes.result} of ${FILES} gave a result`);
});
