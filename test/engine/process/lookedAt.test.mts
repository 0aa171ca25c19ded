/** What is looked at in thousands of places takes the room of one: the collector would let 64 MiB of it lie about. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { vadSettings } from '../../../dist/engine/client/presets.js';
import type { Audio } from '../../../dist/engine/process/audio.js';
import { findEchoes } from '../../../dist/engine/process/echo/echo.js';
import { LevelMeter } from '../../../dist/engine/process/vad/level.js';
import type { SileroModels } from '../../../dist/engine/process/vad/probabilities.js';
import { findUnheard } from '../../../dist/engine/process/vad/unheard.js';
import { generator } from '../../support/disturbances.mts';
import { audioOf, SAMPLE_RATE } from '../../support/recordings.mts';

const SECONDS = 200;
const MOST = 4 * 2 ** 20;

function noise(seed: number) {
	const random = generator(seed);
	return audioOf(Float32Array.from({ length: SECONDS * SAMPLE_RATE }, () => 0.2 * (random() - 0.5)));
}

/** The audio, and the most bytes of buffers that were there at once beside those from before. */
function watched(audio: Audio) {
	const before = process.memoryUsage().arrayBuffers;
	let most = 0;
	const read = (start: number, target: Float32Array) => {
		most = Math.max(most, process.memoryUsage().arrayBuffers - before);
		audio.read(start, target);
	};
	return { audio: { length: audio.length, read }, most: () => most };
}

const say = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

test('moments that may be an echo', async () => {
	const [one, other] = [noise(1), noise(2)];
	const spans = Array.from({ length: 40 }, (_, i) => ({ start: 5 * i, end: 5 * i + 1 }));
	const { audio, most } = watched(one);
	findEchoes([{ audio, spans }, { audio: other, spans }]);
	assert.ok(most() < MOST, say(most()));
});

test('gaps that may hide a quiet voice', async () => {
	const sound = noise(3);
	const meter = (await LevelMeter.prepare())();
	meter.add(new Float32Array(SAMPLE_RATE).fill(0.1));
	meter.finish();
	const options = { settings: vadSettings({ preset: 'balanced' }), gain: 0.01, keepProbabilities: false };
	const { audio, most } = watched(sound);
	// Noise hides nothing: no model is asked.
	assert.deepEqual(await findUnheard(audio, {} as SileroModels, options, [], meter, false), []);
	assert.ok(most() < MOST, say(most()));
});
