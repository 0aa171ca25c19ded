/** The model that comes with the package: its files belong together, and it takes speech of any length on both runtimes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { BUNDLED_CALIBRATION } from '../../../../dist/models/bundled.js';
import { BUNDLED, loadBundledEmbedder } from '../../../../dist/engine/process/embedding/bundled.js';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import { SAMPLE_RATE } from '../../../support/recordings.mts';
import { cosine } from '../../../support/voices.mts';
import { speechLike } from './support/signals.mts';

const MEGABYTE = 1e6;
const model = readFileSync(BUNDLED.file);
const digest = createHash('sha256').update(model).digest('hex');

describe('the files', () => {
	test('are of one model: graph, card and calibration', () => {
		const calibration = JSON.parse(readFileSync(BUNDLED_CALIBRATION, 'utf8'));
		assert.equal(calibration.model, BUNDLED.id);
		assert.equal(calibration.model_sha256, digest);
		const card = readFileSync(BUNDLED.file.replace(/onnx$/, 'md'), 'utf8');
		assert.ok(card.startsWith(`# ${BUNDLED.id}\n`));
		assert.ok(card.includes(digest), 'the card names another file');
	});

	test('are small enough to ship', () => assert.ok(model.length < 12 * MEGABYTE));
});

test('native and WASM give the same vectors, from half a second to half a minute', async () => {
	const [native, wasm] = await Promise.all(
		(['native', 'wasm'] as const).map(async (name) => await loadBundledEmbedder(chooseRuntime(name))),
	);
	for (const seconds of [0.5, 1.234, 6, 30]) {
		const speech = speechLike(Math.round(seconds * SAMPLE_RATE));
		const [one, other] = [await native.embed(speech), await wasm.embed(speech)];
		assert.equal(one.length, BUNDLED.dimension);
		assert.ok(Math.abs(Math.hypot(...one) - 1) < 1e-5);
		assert.ok(1 - cosine(one, other) < 1e-6, `${seconds} s: ${cosine(one, other)}`);
	}
	await Promise.all([native.release(), wasm.release()]);
});
