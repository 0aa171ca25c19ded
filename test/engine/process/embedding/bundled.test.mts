/** The models that come with the package: their files belong together, and they take speech of any length on both runtimes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { ACCURATE_MODEL, calibrationPath, FAST_MODEL, modelPath } from '../../../../dist/models/bundled.js';
import { BUNDLED_EMBEDDERS } from '../../../../dist/engine/process/embedding/bundled.js';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import { SAMPLE_RATE } from '../../../support/recordings.mts';
import { cosine } from '../../../support/voices.mts';
import { speechLike } from './support/signals.mts';

const MEGABYTE = 1e6;

const MODELS = [
	{ choice: 'fast', id: FAST_MODEL, files: [`${FAST_MODEL}.onnx`], dimension: 192, seconds: [0.5, 1.234, 6, 30] },
	{ choice: 'accurate', id: ACCURATE_MODEL, files: ['trunk', 'head'].map((part) => `${ACCURATE_MODEL}.${part}.onnx`), dimension: 256, seconds: [0.5, 6.4] },
] as const;

for (const { choice, id, files, dimension, seconds } of MODELS) {
	describe(id, () => {
		test('has files of one model: graphs, card and calibration', () => {
			const digests = files.map((file) => createHash('sha256').update(readFileSync(modelPath(file))).digest('hex'));
			const calibration = JSON.parse(readFileSync(calibrationPath(id), 'utf8'));
			assert.equal(calibration.model, id);
			assert.deepEqual([calibration.model_sha256].flat(), digests);
			const card = readFileSync(modelPath(`${id}.md`), 'utf8');
			assert.ok(card.startsWith(`# ${id}\n`));
			for (const digest of digests) assert.ok(card.includes(digest), 'the card names another file');
		});

		test('is small enough to ship', () => {
			const bytes = files.reduce((sum, file) => sum + readFileSync(modelPath(file)).length, 0);
			assert.ok(bytes < 14 * MEGABYTE);
		});

		test('gives the same vectors natively and with WASM, whatever the length', async () => {
			const [native, wasm] = await Promise.all(
				(['native', 'wasm'] as const).map(async (name) => await BUNDLED_EMBEDDERS[choice](chooseRuntime(name))),
			);
			for (const length of seconds) {
				const speech = speechLike(Math.round(length * SAMPLE_RATE));
				const window = [{ samples: speech.length, read: () => speech }];
				const [{ vector: one }, { vector: other }] = [await native.embedWindows(window), await wasm.embedWindows(window)];
				assert.equal(one.length, dimension);
				assert.ok(Math.abs(Math.hypot(...one) - 1) < 1e-5);
				assert.ok(1 - cosine(one, other) < 1e-6, `${length} s: ${cosine(one, other)}`);
			}
		});
	});
}
