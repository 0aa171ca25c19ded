/** What users do first: install the package, send a recording to a webhook, get speech segments. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { BinaryMode } from '../../tools/n8n/environment.mts';
import { VOICE_ACTIVITY_DETECTION, webhookWorkflow } from '../../tools/n8n/workflows.mts';
import { CALL_TRUTH } from '../support/recordings.mts';
import { CALL, PAGE, useN8n } from './support.mts';

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

const modes: BinaryMode[] = ['filesystem', 'database', 'default'];

for (const binaryMode of modes) {
	describe(`n8n with binary mode ${binaryMode}`, () => {
		const n8n = useN8n({ binaryMode });

		it('offers the node, with its icon', async () => {
			const types = await n8n().client.nodeTypes();
			const type = types.find(({ name }) => name === VOICE_ACTIVITY_DETECTION);
			assert.equal(type?.displayName, 'Voice Activity Detection');
			const icon = typeof type.iconUrl === 'object' ? type.iconUrl.light : type.iconUrl;
			const response = await fetch(`${n8n().url}/${icon}`);
			assert.equal(response.status, 200);
			assert.match(await response.text(), /<svg/);
		});

		it('keeps binary data that way', async () => {
			const { binaryDataMode } = await n8n().client.call<{ binaryDataMode: string }>('GET', '/rest/settings');
			assert.equal(binaryDataMode, binaryMode);
		});

		it('answers an upload with the speech segments of each channel', async () => {
			const { client } = n8n();
			const workflow = await client.createWorkflow(webhookWorkflow('segments', { output: 'segment' }));
			await client.publishWebhook(workflow, 'segments');
			const { status, body } = await client.upload('segments', CALL);
			assert.equal(status, 200, JSON.stringify(body));
			assertFindsTheSpeech(body as SegmentItem[]);
		});

		it('takes a file from any field, and goes on after a file that is no recording', async () => {
			const { client } = n8n();
			const parameters = { output: 'channel', binaryPropertyName: 'recording', channelMode: 'mix' };
			const workflow = await client.createWorkflow(
				webhookWorkflow('mixed', parameters, { onError: 'continueRegularOutput' }),
			);
			await client.publishWebhook(workflow, 'mixed');
			const good = await client.upload('mixed', { ...CALL, field: 'recording' });
			const bad = await client.upload('mixed', { ...PAGE, field: 'recording' });
			const [mixed, ...others] = good.body as Array<{ channel_number: number; speech_length: number }>;
			assert.equal(others.length, 0);
			assert.equal(mixed?.channel_number, 0);
			assert.ok(mixed.speech_length > 5);
			assert.equal(bad.status, 200);
			assert.match(JSON.stringify(bad.body), /NOT_MEDIA/);
		});
	});
}
