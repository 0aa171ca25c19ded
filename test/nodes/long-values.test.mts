/** No error repeats a value of a parameter that is longer than a line: it may be a recording, and n8n stores it. */
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { INodeParameters, INodeProperties, INodeType } from 'n8n-workflow';
import { useFakeEngine } from './support/fakeEngine.mts';
import { COMPARE, itemOf, voices } from './support/compare.mts';
import { fileItem, harness } from './support/node.mts';

const { anna, like } = voices(12);
const LONG = Buffer.alloc(90_000, 'a recording in base64').toString('base64');
const CREDENTIALS = { speechPlatformApi: { baseUrl: 'http://127.0.0.1:9', authentication: 'none' } };

beforeEach(() => {
	useFakeEngine();
});

/** Nothing answers there, and that is soon enough known. */
const API: INodeParameters = { engine: 'api', options: { timeout: 0.2 } };

/** Settings of the parameters that decide which others the editor shows. */
const SETTINGS: Record<string, INodeParameters[]> = {
	compareVoiceprints: [
		{},
		{ compareWith: 'input' },
		{ operation: 'identify' },
		{ operation: 'merge' },
		{ operation: 'group', output: 'speaker' },
		{ operatingPoint: 'custom' },
	],
	extractVoiceprint: [{ modelFile: '/x' }, { model: 'own', modelFile: '/x' }, API, { ...API, operation: 'getResult' }],
	speakerDiarization: [
		{ knownSpeakers: 'input' },
		{ speakerCount: 'between' },
		{ operation: 'addToTranscript' },
		{ ...API, speakerCount: 'atMost' },
		{ ...API, operation: 'getResult' },
	],
	voiceActivityDetection: [{}, { preset: 'custom' }, API, { ...API, operation: 'getResult' }],
};

/** Every parameter with the long value, given by an expression as `form` has it. */
function withLongValues({ description }: INodeType, setting: INodeParameters, form: string): INodeParameters[] {
	return description.properties.flatMap(({ name, type, options }): INodeParameters[] => {
		if (type !== 'collection') return name in setting && name !== 'modelFile' ? [] : [{ ...setting, [name]: form }];
		return (options as INodeProperties[]).map((field) => ({ ...setting, [name]: { ...(setting[name] as INodeParameters | undefined), [field.name]: form } }));
	});
}

for (const [type, implementation] of harness.nodeTypes) {
	const node = type.split('.').at(-1)!;
	describe(node, () => {
		for (const setting of SETTINGS[node]) {
			it(`with ${JSON.stringify(setting)}`, async () => {
				for (const form of ['={{ $json.long }}', '={{ [$json.long] }}', '=/{{ $json.long }}']) {
					for (const parameters of withLongValues(implementation as INodeType, setting, form)) {
						const json = { long: LONG, voiceprint: like(anna), voiceprint_2: like(anna), name: 'Anna' };
						const item = node === COMPARE ? itemOf(json) : { ...fileItem(), json };
						const { error } = await harness.run({ node, parameters, items: [item], secondItems: [item], credentials: CREDENTIALS });
						if (!error) continue;
						const { message, description = '', context } = error;
						const told = JSON.stringify({ message, description, context });
						assert.ok(!told.includes(LONG.slice(100, 181)), `${JSON.stringify(parameters)}: ${told.slice(0, 400)}`);
						assert.ok(message.length < 400, message);
					}
				}
			});
		}
	});
}
