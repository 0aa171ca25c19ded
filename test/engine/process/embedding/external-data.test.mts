/** ONNX models that would make ONNX Runtime read other files of the host, and files made to look harmless. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, test } from 'node:test';
import { chooseRuntime } from '../../../../dist/engine/process/runtime/chooseRuntime.js';
import { FAST } from '../../../../dist/engine/process/embedding/bundled.js';
import { refuseExternalData } from '../../../../dist/engine/process/embedding/externalData.js';
import { loadOwnModel } from '../../../../dist/engine/process/embedding/ownModel.js';
import { endlessModel, greedyModel, modelOf } from './support/hostileModels.mts';
import { framesModel, nemoLikeModel, testFolder, waveformModel, writeModel } from './support/ownModels.mts';

const EXTERNAL = { dataLocation: 1, externalData: [{ key: 'location', value: '/etc/passwd' }] };
const FLOAT = 1;
const external = (location: string, name = 'weights') => ({
	name,
	dataType: FLOAT,
	dims: [1, 4],
	dataLocation: 1,
	externalData: [{ key: 'location', value: location }],
});

const tensor = external('/etc/passwd');
const attribute = (value: Record<string, unknown>) => [{ opType: 'Constant', output: ['x'], attribute: [{ name: 'value', ...value }] }];
const sparse = { values: tensor, indices: { dataType: 7, dims: [1], int64Data: [0] }, dims: [4] };
const harmlessSparse = { ...sparse, values: { dataType: FLOAT, dims: [1], floatData: [1] } };

const PLACES: Record<string, Uint8Array> = {
	'an initializer': modelOf({ initializer: [tensor] }),
	'an initializer that says where, but not that': modelOf({ initializer: [{ ...tensor, dataLocation: 0 }] }),
	'an initializer that says that, but not where': modelOf({ initializer: [{ ...tensor, externalData: [] }] }),
	'the values of a sparse initializer': modelOf({ sparseInitializer: [sparse] }),
	'the indices of a sparse initializer': modelOf({ sparseInitializer: [{ ...harmlessSparse, indices: { ...sparse.indices, ...EXTERNAL } }] }),
	'an attribute': modelOf({ node: attribute({ t: tensor }) }),
	'a list of tensors': modelOf({ node: attribute({ tensors: [{ dataType: FLOAT }, tensor] }) }),
	'a sparse attribute': modelOf({ node: attribute({ sparseTensor: sparse }) }),
	'a list of sparse tensors': modelOf({ node: attribute({ sparseTensors: [harmlessSparse, sparse] }) }),
	'a graph within a graph': modelOf({ node: attribute({ g: { node: attribute({ graphs: [{ initializer: [tensor] }] }) } }) }),
	'a function': modelOf({}, { functions: [{ name: 'f', node: attribute({ t: tensor }) }] }),
	'the graph for training': modelOf({}, { trainingInfo: [{ algorithm: { initializer: [tensor] } }] }),
	// Of a message that stands twice, Protocol Buffers readers take both together.
	'a second graph': Buffer.concat([modelOf({}), modelOf({ initializer: [tensor] })]),
};

describe('data in other files is found in', () => {
	for (const [place, bytes] of Object.entries(PLACES)) {
		test(place, () => {
			assert.throws(() => refuseExternalData(bytes, 'The file'), {
				code: 'INVALID_MODEL',
				message: /^The file keeps a part of its data in other files/,
			});
		});
	}
});

test('models in one file pass', () => {
	const passing = [readFileSync(FAST.file), framesModel('a', 'b', 16), nemoLikeModel(8), waveformModel(4), endlessModel(), greedyModel()];
	for (const bytes of [...passing, modelOf({ sparseInitializer: [harmlessSparse] })]) refuseExternalData(bytes, 'The file');
});

describe('what is no ONNX file is refused before ONNX Runtime sees it', () => {
	const graphOf = (levels: number): Record<string, unknown> => (levels === 0 ? {} : { node: attribute({ g: graphOf(levels - 1) }) });
	const wrong: Record<string, Uint8Array> = {
		'a length beyond the end': Uint8Array.of(0x3a, 0x7f, 1),
		'a length of many terabytes': Uint8Array.of(0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f),
		'a number without end': new Uint8Array(64).fill(0xff),
		'a number that is cut off': Uint8Array.of(0x08, 0x80),
		'field number 0': Uint8Array.of(0x02, 0x00),
		'a group': Uint8Array.of(0x3b, 0x3c),
		'a tag of more than 32 bits': Uint8Array.of(0xba, 0x80, 0x80, 0x80, 0x80, 0x01, 0x00),
		"ONNX Runtime's own format": Buffer.concat([Buffer.from([0x10, 0, 0, 0]), Buffer.from('ORTM'), Buffer.alloc(64)]),
		'graphs in graphs without end': modelOf(graphOf(60)),
	};
	for (const [name, bytes] of Object.entries(wrong)) {
		test(name, () => assert.throws(() => refuseExternalData(bytes, 'The file'), { code: 'INVALID_MODEL', message: 'The file is no ONNX model' }));
	}

	test('any file, cut or changed anywhere, gives an error of ours or passes', () => {
		const bytes = Buffer.from(PLACES['a graph within a graph']);
		for (let at = 0; at < bytes.length; at++) {
			for (const changed of [bytes.subarray(0, at), Buffer.from(bytes).fill(bytes[at] ^ 0x55, at, at + 1)]) {
				try {
					refuseExternalData(changed, 'The file');
				} catch (error) {
					assert.equal((error as { code?: string }).code, 'INVALID_MODEL', String(error));
				}
			}
		}
	});
});

for (const name of ['native', 'wasm'] as const) {
	test(`nothing of another file gets into a vector, ${name}`, async () => {
		const secret = join(testFolder(), 'secret');
		writeFileSync(secret, Buffer.from(Float32Array.of(1, 2, 3, 4).buffer));
		// ONNX Runtime resolves it in the working directory.
		const weights = external(relative(process.cwd(), secret));
		const onnx = modelOf({ initializer: [weights], node: [{ opType: 'Identity', input: ['weights'], output: ['vector'] }] });
		const description = { id: 'thief', file: 'thief.onnx', dimension: 4, input: { kind: 'waveform' } };
		await assert.rejects(loadOwnModel(chooseRuntime(name), writeModel(description, onnx)), {
			code: 'INVALID_MODEL',
			message: /'file'.*data in other files/,
		});
	});
}
