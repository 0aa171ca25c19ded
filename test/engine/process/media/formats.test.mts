/** Every container and codec that FFmpeg's own encoders can make comes out as the sound that went in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from './support/decode.mts';
import { file } from './support/encode.mts';
import { bytesOf, channelsOf, FORMATS, rateOf, VIDEOS, type Format } from './support/formats.mts';
import { align, signal } from './support/signal.mts';

const SECONDS = 4;
const TARGET_RATE = 16000;

async function assertSame(format: Format): Promise<void> {
	const [rate, channels] = [rateOf(format), channelsOf(format)];
	const path = file(format.name, await bytesOf(format, { channels: signal(rate, SECONDS, channels), rate }));
	const decoded = await decode(path);
	assert.equal(decoded.info.codec, format.codec);
	assert.equal(decoded.info.channels, channels);
	assert.equal(decoded.info.sample_rate, rate);
	assert.deepEqual(decoded.warnings, []);
	const seconds = decoded.samples / TARGET_RATE;
	assert.ok(Math.abs(seconds - SECONDS) <= 0.15, `${seconds} s instead of ${SECONDS} s`);
	const furthest = ((format.lag ?? 1) / 1000) * TARGET_RATE;
	signal(TARGET_RATE, SECONDS, channels).forEach((original, channel) => {
		// The low-frequency channel of 5.1 and the joint coding of surround do not matter here: PCM keeps each channel.
		const { correlation, lag } = align(decoded.audio[channel], original, furthest);
		assert.ok(correlation >= 0.98, `channel ${channel}: correlation ${correlation.toFixed(4)} at lag ${lag}`);
	});
}

for (const format of FORMATS) test(`decodes ${format.name} (${format.codec})`, async () => await assertSame(format));

for (const format of VIDEOS) test(`decodes the sound of the video ${format.name} (${format.codec})`, async () => await assertSame(format));
