/** The node with the real engine process behind it: every bad file and request has its code and harms no other item. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, describe, it } from 'node:test';
import type { INodeParameters } from 'n8n-workflow';
import type { HarnessItem } from '../../tools/n8n/harness.mts';
import { harness, NODE, run, SYSTEM_TEXT } from './support/node.mts';
import { wav } from './support/wav.mts';

const { stopEngine } = createRequire(import.meta.url)('../../dist/engine/client/client.js') as {
	stopEngine: () => void;
};
after(() => stopEngine());

/** Three seconds without speech: a dead channel and one with a hum. */
const SILENCE = wav({ seconds: 3, channels: 2 }, (time, channel) => channel * 0.2 * Math.sin(2 * Math.PI * 100 * time));

function item(buffer: Buffer, fileName = 'silence.wav'): HarnessItem {
	return { json: {}, files: { data: { buffer, fileName } } };
}

interface Failure {
	code: string;
	message: string;
	description?: string;
}

describe('a file without speech', () => {
	it('has channels without segments, a warning and a hint each', async () => {
		const { output, error, hints } = await run({}, [item(SILENCE)]);
		assert.equal(error?.message, undefined);
		const { has_speech, duration, channels, warnings } = output[0].json as Record<string, never>;
		assert.equal(has_speech, false);
		assert.equal(duration, 3);
		assert.deepEqual(channels, [
			{ channel_number: 0, speech_length: 0, segments: [] },
			{ channel_number: 1, speech_length: 0, segments: [] },
		]);
		assert.deepEqual(
			(warnings as Array<{ code: string; channel_number: number }>).map((one) => [one.code, one.channel_number]),
			[
				['SILENT_CHANNEL', 0],
				['NO_SPEECH', 1],
			],
		);
		// One for each kind of warning, and what came out in words.
		assert.equal(hints.length, 3);
		assert.match(hints[2].message, /no speech/i);
	});

	it('can be mixed, cut and looked into', async () => {
		const parameters: INodeParameters = {
			channelMode: 'mix',
			rangeFrom: 1,
			rangeTo: 2.5,
			options: { includeProbabilities: true, simplify: false, runtime: 'wasm' },
		};
		const { output } = await run(parameters, [item(SILENCE)]);
		const { duration, channels, media, runtime } = output[0].json as Record<string, never>;
		assert.equal(duration, 1.5);
		assert.equal(runtime, 'wasm');
		assert.equal((media as { channels: number }).channels, 2);
		const [channel] = channels as Array<{ channel_number: number; hop: number; speech_probabilities: number[] }>;
		assert.equal(channel.channel_number, 0);
		assert.ok(Math.abs(channel.speech_probabilities.length * channel.hop - 1.5) <= 2 * channel.hop);
	});
});

describe('one bad item among good ones', () => {
	const cases: Array<[string, string, Buffer, INodeParameters]> = [
		['an empty file', 'EMPTY_FILE', Buffer.alloc(0), {}],
		['a web page', 'NOT_MEDIA', Buffer.from('<!DOCTYPE html><html><body>Not found</body></html>'), {}],
		['JSON', 'NOT_MEDIA', Buffer.from('{"error":"not found"}'), {}],
		['a WAV header without samples', 'NO_SAMPLES', wav({ seconds: 0 }), {}],
		['a channel that the file has not', 'CHANNEL_NOT_FOUND', wav({ seconds: 1 }), { channels: '1' }],
		['a range behind its end', 'RANGE_OUTSIDE_FILE', wav({ seconds: 1 }), { rangeFrom: 2 }],
		[
			'more than the maximum',
			'FILE_TOO_LONG',
			wav({ seconds: 5, channels: 2 }),
			{ options: { maximumDuration: 4 } },
		],
	];
	for (const [name, code, content, parameters] of cases) {
		it(name, async () => {
			const items = [item(SILENCE), item(content, 'bad.wav'), item(SILENCE)];
			const { output, status } = await run(parameters, items, { onError: 'continueRegularOutput' });
			assert.equal(status, 'success');
			assert.deepEqual(
				output.map(({ json }) => (json.error as Failure | undefined)?.code ?? json.has_speech),
				[false, code, false],
			);
			const { message, description = '' } = output[1].json.error as Failure;
			assert.match(message, / \[item 1\]$/);
			assert.doesNotMatch(message, SYSTEM_TEXT);
			assert.ok(description.length > 0, 'says what to do');
		});
	}
});

it('a job that takes too long ends, and the next one works', async () => {
	const minutes = wav({ seconds: 600 });
	const slow = await run({ options: { timeout: 0.05 } }, [item(minutes)]);
	assert.equal(slow.error!.context.code, 'TIMEOUT');
	assert.equal((await run({}, [item(SILENCE)])).status, 'success');
});

it('a cancelled execution is recorded as cancelled, and the next one works', async () => {
	const execution = harness.start({ node: NODE, items: [item(wav({ seconds: 1200 })), item(SILENCE)] });
	setTimeout(() => execution.cancel(), 300);
	assert.equal((await execution.done).status, 'canceled');
	assert.equal((await run({}, [item(SILENCE)])).status, 'success');
});
