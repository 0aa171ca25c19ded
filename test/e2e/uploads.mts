/** What users do first: send a recording to a webhook, get speech segments. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BinaryMode } from '../../tools/n8n/environment.mts';
import type { RunningN8n } from '../../tools/n8n/server.mts';
import { webhookWorkflow } from '../../tools/n8n/workflows.mts';
import { CALL_TRUTH } from '../support/recordings.mts';
import { CALL, PAGE } from './support.mts';

interface SegmentItem {
	channel_number: number;
	segment_type: string;
	start_time: number;
	end_time: number;
}

/** From and to, in seconds. */
type Stretch = [number, number];

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

const length = (stretches: Stretch[]) => sum(stretches.map(([from, to]) => to - from));

/** Seconds that two lists of stretches have in common. */
function overlap(some: Stretch[], others: Stretch[]): number {
	const common = ([from, to]: Stretch, [otherFrom, otherTo]: Stretch) =>
		Math.max(0, Math.min(to, otherTo) - Math.max(from, otherFrom));
	return sum(some.flatMap((one) => others.map((other) => common(one, other))));
}

function assertFindsTheSpeech(items: SegmentItem[]): void {
	for (const { channel_number, speech } of CALL_TRUTH.channels) {
		const ofChannel = items.filter((item) => item.channel_number === channel_number);
		const found = ofChannel.map((item): Stretch => [item.start_time, item.end_time]);
		const common = overlap(found, speech);
		assert.ok(common > 0.9 * length(speech), `channel ${channel_number}: speech was missed`);
		assert.ok(common > 0.85 * length(found), `channel ${channel_number}: silence was taken for speech`);
	}
}

/** Tests of uploads, whichever way n8n keeps binary data; each way has to have one file of tests that calls this. */
export function uploads(n8n: () => RunningN8n, binaryMode: BinaryMode): void {
	describe(`an upload, with binary mode ${binaryMode}`, () => {
		it('is kept that way', async () => {
			const { binaryDataMode } = await n8n().client.call<{ binaryDataMode: string }>('GET', '/rest/settings');
			assert.equal(binaryDataMode, binaryMode);
		});

		it('is answered with the speech segments of each channel', async () => {
			const { client } = n8n();
			const workflow = await client.createWorkflow(webhookWorkflow('segments', { output: 'segment' }));
			await client.publishWebhook(workflow, 'segments');
			const { status, body } = await client.upload('segments', CALL);
			assert.equal(status, 200, JSON.stringify(body));
			assertFindsTheSpeech(body as SegmentItem[]);
		});

		it('is taken from any field, also after one that is no recording', async () => {
			const { client } = n8n();
			const parameters = { output: 'channel', binaryPropertyName: 'recording', channelMode: 'mix' };
			const workflow = await client.createWorkflow(
				webhookWorkflow('mixed', parameters, { onError: 'continueRegularOutput' }),
			);
			await client.publishWebhook(workflow, 'mixed');
			const bad = await client.upload('mixed', { ...PAGE, field: 'recording' });
			const good = await client.upload('mixed', { ...CALL, field: 'recording' });
			const [mixed, ...others] = good.body as Array<{ channel_number: number; speech_length: number }>;
			assert.equal(others.length, 0);
			assert.equal(mixed?.channel_number, 0);
			assert.ok(mixed.speech_length > 5);
			assert.equal(bad.status, 200);
			assert.match(JSON.stringify(bad.body), /NOT_MEDIA/);
		});
	});
}
