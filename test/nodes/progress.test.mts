/** Progress of a local job as n8n shows it: in the browser's console each time, in the log now and then, never with a name. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import type { IExecuteFunctions } from 'n8n-workflow';
import type { Progress } from '../../dist/engine/client/protocol.js';
import { fakeResult, useFakeEngine } from './support/fakeEngine.mts';
import { fileItem, run } from './support/node.mts';

const { progressOf, progressText } = createRequire(import.meta.url)('../../dist/nodes/common/progress.js') as typeof import('../../dist/nodes/common/progress.js');

const HALF: Progress = { phase: 'listening', position: 3700, duration: 7400, speed: 61.6 };

describe('progress of a node', () => {
	it('is told to whoever runs it, with the item, and without the file’s name', async () => {
		const told: string[] = [];
		useFakeEngine(({ options }) => {
			options.onProgress!({ phase: 'decoding', position: 12.9 });
			options.onProgress!(HALF);
			return fakeResult();
		});
		const items = [fileItem('a', 'Anna Secret.wav'), fileItem('b', 'Ben Secret.wav')];
		const { output } = await run({}, items, { onMessage: (text) => told.push(text) });
		assert.equal(output.length, 2);
		assert.deepEqual(told.map((text) => text.replace(/^\S*\[Node: "Node"\]\s*/, '')), [
			'Voiceprint: item 0: decoding, 0:12',
			'Voiceprint: item 0: listening for speech, 50 % (1:01:40 of 2:03:20), 62 times as fast as it plays',
			'Voiceprint: item 1: decoding, 0:12',
			'Voiceprint: item 1: listening for speech, 50 % (1:01:40 of 2:03:20), 62 times as fast as it plays',
		]);
	});

	it('is in the log every 30 seconds, and with each report in the browser', (t) => {
		let now = 1000;
		t.mock.method(performance, 'now', () => now);
		const [logged, told]: [string[], string[]] = [[], []];
		const ctx = { sendMessageToUI: (text: string) => told.push(text), logger: { info: (text: string) => logged.push(text) } };
		const tell = progressOf(ctx as unknown as IExecuteFunctions, 3);
		for (let second = 1; second <= 95; second++) {
			now += 1000;
			tell({ phase: 'speakers', position: second, duration: 100 });
		}
		assert.equal(told.length, 95);
		assert.deepEqual(logged, [30, 60, 90].map((second) => `Voiceprint: item 3: telling speakers apart, ${second} % (${second < 60 ? '0' : '1'}:${second % 60 || '00'} of 1:40)`));
	});

	it('never says more than all, and says no share of a length that is not known', () => {
		assert.equal(progressText({ phase: 'listening', position: 10.9, duration: 10.3, speed: 0.25 }), 'listening for speech, 100 % (0:10 of 0:10), 0.3 times as fast as it plays');
		assert.equal(progressText({ phase: 'listening', position: 99.9, duration: 100 }), 'listening for speech, 99 % (1:39 of 1:40)');
		assert.equal(progressText({ phase: 'decoding', position: 0, duration: 0 }), 'decoding, 0:00');
	});
});
