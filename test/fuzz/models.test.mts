/** Models of one's own as nobody should name them: refused as such, and the next file finds a working engine. */
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runJob, stopEngine, withWorkFolder } from '../../dist/engine/client/client.js';
import type { VoiceprintJob } from '../../dist/engine/client/protocol.js';
import { textOf, VoiceprintError } from '../../dist/errors.js';
import { temporaryFolder } from '../engine/process/media/support/encode.mts';
import { FBANK, framesModel, type Json, WAVEFORM, waveformModel, writeModel } from '../engine/process/embedding/support/ownModels.mts';
import { goodFile, MEMORY_LIMIT, type AskGood } from './support/campaign.mts';
import { jobFor, peakMemory } from './support/engine.mts';
import { mutate } from './support/mutate.mts';
import { Random } from './support/random.mts';
import { enginePids } from '../support/engine.mts';

/** Damaged descriptions, and damaged graphs under a sound description. */
const COUNT = 100;
const TIME_LIMIT = 20_000;

const GRAPHS = [waveformModel(10), framesModel('features', 'embedding', 16)];

const folder = temporaryFolder();
const goodPath = join(folder, 'good.wav');
/** A sound model, where no description lies. */
const outside = join(folder, 'outside.onnx');
let askGood: AskGood;

before(async () => {
	writeFileSync(outside, GRAPHS[0]);
	askGood = await goodFile(goodPath);
});

after(() => stopEngine());

/** @returns the code of the error, or `result` */
async function codeWith(modelFile: string): Promise<string> {
	return await withWorkFolder(async (workFolder) => {
		const job = jobFor('voiceprint', goodPath, workFolder) as VoiceprintJob;
		try {
			await runJob({ ...job, voiceprint: { ...job.voiceprint, modelFile } }, { timeoutMs: TIME_LIMIT });
			return 'result';
		} catch (error) {
			assert.ok(error instanceof VoiceprintError, textOf(error));
			assert.doesNotMatch(error.message, /\bE[A-Z]{4,}\b/);
			return error.code;
		}
	});
}

/** A good file is answered rightly, and the engine has not grown. */
async function assertUnharmed(): Promise<void> {
	const fault = await askGood();
	const peak = Math.max(0, ...enginePids().map(peakMemory));
	if (fault !== undefined) stopEngine();
	assert.equal(fault, undefined);
	assert.ok(peak <= MEMORY_LIMIT, `the engine took ${Math.round(peak)} MiB`);
}

function assertRefusedOrSound(code: string, what: string): void {
	assert.ok(['INVALID_MODEL', 'result'].includes(code), `${what}: ${code}`);
}

/** JSON with another value somewhere. */
function changedJson(description: Json, random: Random): string {
	const texts = ['', 'x'.repeat(100_000), '../x', '/etc/passwd', 'a\0b', '__proto__'];
	const values = [null, true, -1, 0, 1e308, 2 ** 53, [], {}, [[[]]], ...texts];
	const names = [...Object.keys(description), 'sample_rate', 'output', '__proto__'];
	const text = JSON.stringify(description);
	const bytes = () => mutate(Buffer.from(text), random, Buffer.from(text)).toString('utf8');
	const value = () => JSON.stringify({ ...description, [random.pick(names)]: random.pick(values) });
	return random.pick([bytes, value, () => '['.repeat(50_000), () => text.replace('{', '{"__proto__":{"file":"x"},')])();
}

it(`${COUNT} damaged descriptions`, async () => {
	for (let index = 0; index < COUNT; index++) {
		const random = new Random(21, index);
		const path = writeModel(WAVEFORM, GRAPHS[0]);
		writeFileSync(path, changedJson(random.pick([WAVEFORM, FBANK]), random));
		assertRefusedOrSound(await codeWith(path), `number ${index}`);
	}
	await assertUnharmed();
});

it(`${COUNT} damaged graphs`, async (t) => {
	const codes: Record<string, number> = {};
	for (let index = 0; index < COUNT; index++) {
		const random = new Random(22, index);
		const kind = random.below(2);
		const bytes = mutate(GRAPHS[kind], random, GRAPHS[1 - kind]);
		const code = await codeWith(writeModel([WAVEFORM, FBANK][kind], bytes));
		codes[code] = (codes[code] ?? 0) + 1;
		assertRefusedOrSound(code, `number ${index}`);
	}
	t.diagnostic(JSON.stringify(codes));
	await assertUnharmed();
});

describe('files that are no model', () => {
	const files: Record<string, (path: string) => void> = {
		'an empty file': (path) => writeFileSync(path, ''),
		'text': (path) => writeFileSync(path, 'no model\n'.repeat(1000)),
		'zeros': (path) => writeFileSync(path, Buffer.alloc(2 ** 20)),
		'noise': (path) => writeFileSync(path, new Random(3).bytes(2 ** 16)),
		'a folder': (path) => mkdirSync(path),
		'a device without end': (path) => symlinkSync('/dev/zero', path),
		'a link to itself': (path) => symlinkSync(path, path),
		'a link to a model out of the folder': (path) => symlinkSync(outside, path),
	};
	for (const [name, make] of Object.entries(files)) {
		it(name, async () => {
			const description = writeModel(WAVEFORM);
			make(join(dirname(description), 'wave.onnx'));
			assert.equal(await codeWith(description), 'INVALID_MODEL');
			await assertUnharmed();
		});
	}
});
