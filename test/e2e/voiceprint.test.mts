/** The nodes in n8n's list, and voiceprints: made of an upload, by either runtime, and compared by the next node. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { packageNode, webhookRow } from '../../tools/n8n/workflows.mts';
import { cosine } from '../support/voices.mts';
import { stoppedWhenIdle } from './ends.mts';
import { CALL, PAGE, useN8n } from './support.mts';
import { uploads } from './uploads.mts';

interface VoiceprintItem {
	channel_number: number;
	voiceprint: string;
	vector: number[];
	runtime: string;
	quality_speech_found: number;
}

const NODES = [
	['voiceActivityDetection', 'Voice Activity Detection'],
	['extractVoiceprint', 'Extract Voiceprint'],
	['compareVoiceprints', 'Compare Voiceprints'],
	['speakerDiarization', 'Speaker Diarization'],
];

const extract = (options = {}) => packageNode('Extract Voiceprint', 'extractVoiceprint', {
	output: 'channel',
	options: { includeVectorVoiceprint: true, simplify: false, ...options },
});

/** n8n's name for binary data in memory. */
const n8n = useN8n({ binaryMode: 'default' });

uploads(n8n, 'default');

describe('the nodes', () => {
	it('are offered, with their icons', async () => {
		const types = await n8n().client.nodeTypes();
		for (const [name, label] of NODES) {
			const type = types.find((one) => one.name === `n8n-nodes-voiceprint.${name}`);
			assert.equal(type?.displayName, label);
			for (const icon of typeof type.iconUrl === 'object' ? Object.values(type.iconUrl) : [type.iconUrl]) {
				const response = await fetch(`${n8n().url}/${icon}`);
				assert.equal(response.status, 200);
				assert.match(await response.text(), /<svg/);
			}
		}
	});
});

describe('voiceprints in n8n', () => {
	async function post<T>(path: string, nodes: Parameters<typeof webhookRow>[1], file = CALL): Promise<T> {
		const { client } = n8n();
		await client.publishWebhook(await client.createWorkflow(webhookRow(path, nodes)), path);
		const { status, body } = await client.upload(path, file);
		assert.equal(status, 200, JSON.stringify(body));
		return body as T;
	}

	it('are made of each channel of an upload, alike with both runtimes', async () => {
		const native = await post<VoiceprintItem[]>('native', [extract({ runtime: 'native' })]);
		const wasm = await post<VoiceprintItem[]>('wasm', [extract({ runtime: 'wasm' })]);
		assert.deepEqual([native, wasm].map((items) => items.map(({ channel_number, runtime }) => [channel_number, runtime])), [
			[[0, 'native'], [1, 'native']],
			[[0, 'wasm'], [1, 'wasm']],
		]);
		native.forEach(({ vector }, i) => assert.ok(cosine(vector, wasm[i].vector) > 0.999));
		for (const { quality_speech_found } of native) assert.ok(quality_speech_found > 8);
	});

	it('are told apart by the next node', async () => {
		const group = packageNode('Compare Voiceprints', 'compareVoiceprints', { operation: 'group' });
		const items = await post<Array<{ speaker: string }>>('group', [extract(), group]);
		assert.equal(items.length, 2);
		assert.notEqual(items[0].speaker, items[1].speaker);
	});

	it('are not made of what is no recording, and the message says so', async () => {
		const nodes = [{ ...extract(), onError: 'continueRegularOutput' as const }];
		assert.match(JSON.stringify(await post('page', nodes, PAGE)), /NOT_MEDIA/);
	});
});

stoppedWhenIdle(n8n);
