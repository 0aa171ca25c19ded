/** Whether speech came through a telephone, on sounds made for it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BandMeter } from '../../../../dist/engine/process/extraction/band.js';
import { randomNumbers } from '../../../voiceprints/support/vectors.mts';

/** Tones from 200 Hz to `highest`, in bursts, 16 kHz. */
function bursts(highest: number, seconds: number, gain = 0.01): Float32Array {
	const random = randomNumbers(5);
	const tones = Array.from({ length: 60 }, () => ({ hertz: 200 + random() * (highest - 200), phase: random() * 6.28 }));
	return Float32Array.from({ length: 16000 * seconds }, (_, i) => {
		const isOn = Math.floor(i / 3200) % 4 === 0;
		return isOn ? tones.reduce((sum, { hertz, phase }) => sum + gain * Math.sin((6.2832 * hertz * i) / 16000 + phase), 0) : 0;
	});
}

const measured = (...windows: Float32Array[]) => {
	const meter = new BandMeter();
	for (const window of windows) meter.add(window);
	return meter;
};

describe('the band of speech', () => {
	const [wide, narrow] = [bursts(7800, 1), bursts(3400, 1)];

	it('is narrow where nothing is above 4 kHz, wide where something is', () => {
		assert.equal(measured(narrow).isNarrow, true);
		assert.equal(measured(wide).isNarrow, false);
		assert.ok(Math.abs(measured(wide).highBand) < 6, `${measured(wide).highBand}`);
	});

	it('does not depend on the level, nor on how the speech is cut', () => {
		const quiet = measured(bursts(7800, 1, 0.0001)).highBand;
		assert.ok(Math.abs(quiet - measured(wide).highBand) < 0.1);
		const cut = measured(wide.subarray(0, 5120), wide.subarray(5120)).highBand;
		assert.ok(Math.abs(cut - measured(wide).highBand) < 1e-9);
	});

	it('is told by the loud sounds: a telephone line with a little hiss above 4 kHz is one', () => {
		const random = randomNumbers(6);
		assert.equal(measured(narrow.map((value) => value + 0.0004 * (random() - 0.5))).isNarrow, true);
	});

	it('of no speech is not narrow', () => assert.equal(measured().isNarrow, false));
});
