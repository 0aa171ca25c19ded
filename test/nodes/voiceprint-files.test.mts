/** Voiceprints as files: made beside the JSON, and read from there by what compares them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { INodeParameters } from 'n8n-workflow';
import { encodeVoiceprint } from '../../dist/voiceprints/encoding.js';
import { startApi, EXTRACT, VOICEPRINT } from './support/api.mts';
import { BINARY_MODES, fileItem, harness } from './support/node.mts';

const ON = { output: 'file', options: { includeVoiceprintFile: true } };

const stereo = async () => ({
	state: 'done' as const,
	result: { channels: [0, 1].map((channel_number) => ({ ...VOICEPRINT.channels[0], channel_number, voiceprint: `QUJDRA${channel_number}=` })) },
});

async function contents(binary: Record<string, { fileName?: string }>) {
	const entries = Object.entries(binary).map(async ([field, file]) => [field, file.fileName, (await harness.readBinary(file as never)).toString()]);
	return (await Promise.all(entries)) as string[][];
}

describe('Extract Voiceprint', () => {
	for (const mode of BINARY_MODES) {
		it(`adds a file for each voiceprint, beside the item's own (${mode})`, async (t) => {
			await harness.setBinaryMode(mode);
			t.after(async () => await harness.setBinaryMode('filesystem'));
			const { run } = await startApi(t);
			const { output, error } = await run(EXTRACT, ON);
			assert.equal(error?.message, undefined);
			assert.deepEqual(await contents(output[0].binary!), [
				['data', 'call.wav', 'media bytes'],
				['voiceprint', 'call.vp', VOICEPRINT.channels[0].voiceprint],
			]);
			assert.equal(JSON.stringify(output[0].json).includes(VOICEPRINT.channels[0].voiceprint), true);
		});
	}

	it('tells the channels of a file apart', async (t) => {
		const { run } = await startApi(t, { compute: stereo });
		const whole = await run(EXTRACT, ON);
		assert.deepEqual((await contents(whole.output[0].binary!)).slice(1), [
			['voiceprint_0', 'call-channel-0.vp', 'QUJDRA0='],
			['voiceprint_1', 'call-channel-1.vp', 'QUJDRA1='],
		]);
		const apart = await run(EXTRACT, { ...ON, output: 'channel' });
		assert.deepEqual(await Promise.all(apart.output.map(async ({ binary }) => await contents(binary!))), [
			[['data', 'call.wav', 'media bytes'], ['voiceprint', 'call-channel-0.vp', 'QUJDRA0=']],
			[['data', 'call.wav', 'media bytes'], ['voiceprint', 'call-channel-1.vp', 'QUJDRA1=']],
		]);
	});

	it('takes no name that another file has, and adds none unasked', async (t) => {
		const { run } = await startApi(t);
		const item = { ...fileItem(), files: { data: fileItem().files!.data, voiceprint: { buffer: Buffer.from('mine'), fileName: 'mine.txt' } } };
		const { output } = await run(EXTRACT, ON, [item]);
		assert.deepEqual((await contents(output[0].binary!)).map(([field, name]) => [field, name]), [['data', 'call.wav'], ['voiceprint', 'mine.txt'], ['voiceprint_1', 'call.vp']]);
		assert.deepEqual(Object.keys((await run(EXTRACT, { output: 'file' })).output[0].binary!), ['data']);
	});
});

/** Of unit length, as all are. */
function voiceprint(...direction: number[]): string {
	const length = Math.hypot(...direction);
	const vector = Float32Array.from({ length: 16 }, (_, i) => (direction[i] ?? 0) / length);
	return encodeVoiceprint({ model: 'test-model', speechLength: 20, vector });
}

const file = (content: string | Buffer, fileName = 'a.vp') => ({ buffer: Buffer.from(content), fileName });

const compare = async (parameters: INodeParameters, items: object[], secondItems?: object[]) =>
	await harness.run({
		node: 'compareVoiceprints',
		parameters: { operatingPoint: 'custom', threshold: 0.5, ...parameters },
		items,
		...(secondItems ? { secondItems } : {}),
		onError: 'continueRegularOutput',
	});

describe('Compare Voiceprints', () => {
	for (const mode of BINARY_MODES) {
		it(`verifies voiceprints of files (${mode})`, async (t) => {
			await harness.setBinaryMode(mode);
			t.after(async () => await harness.setBinaryMode('filesystem'));
			const one = voiceprint(1, 0);
			const items = [
				{ files: { voiceprint: file(one), voiceprint_2: file(`${voiceprint(0.9, 0.1)}\n`) } },
				// One in the JSON, one in a file, which holds the bytes themselves.
				{ json: { voiceprint: one }, files: { voiceprint_2: file(Buffer.from(voiceprint(0, 1), 'base64')) } },
			];
			const { output, error } = await compare({}, items);
			assert.equal(error?.message, undefined);
			assert.deepEqual(output.map(({ json }) => json.same_speaker), [true, false]);
		});
	}

	it('identifies by a gallery of files', async () => {
		const gallery = [['Ada', 1, 0], ['Ben', 0, 1]].map(([name, ...vector]) => ({ json: { name }, files: { voiceprint: file(voiceprint(...(vector as number[]))) } }));
		const { output } = await compare({ operation: 'identify' }, [{ files: { voiceprint: file(voiceprint(0.1, 0.9)) } }], gallery);
		assert.equal(output[0].json.speaker, 'Ben');
	});

	for (const operation of ['merge', 'group']) {
		it(`takes files for ${operation}`, async () => {
			const items = [voiceprint(1, 0), voiceprint(0.9, 0.1)].map((text) => ({ files: { voiceprint: file(text) } }));
			const { output, error } = await compare({ operation }, items);
			assert.equal(error?.message, undefined);
			assert.equal(output[0].json.error, undefined);
		});
	}

	for (const [name, content, message] of [
		['an empty file', '', /The file in which the voiceprint should be is empty/],
		['a recording', Buffer.alloc(2 * 2 ** 20), /has 2097152 bytes, more than any voiceprint/],
		['something else', 'not a voiceprint', /voiceprint/],
	] as const) {
		it(`says what is wrong with ${name}`, async () => {
			const { output } = await compare({}, [{ json: { voiceprint_2: voiceprint(1, 0) }, files: { voiceprint: file(content) } }]);
			const error = output[0].json.error as { code: string; message: string };
			assert.equal(error.code, 'INVALID_VOICEPRINT');
			assert.match(error.message, message);
		});
	}

	it('prefers what stands in the JSON', async () => {
		const { output } = await compare({}, [{ json: { voiceprint: voiceprint(1, 0), voiceprint_2: voiceprint(1, 0.1) }, files: { voiceprint: file('x') } }]);
		assert.equal(output[0].json.same_speaker, true);
	});
});
