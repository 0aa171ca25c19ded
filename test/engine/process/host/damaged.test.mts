/** Copies of the package in which one large file is missing or damaged: what the user is told. */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ErrorData } from '../../../../dist/errors.js';
import type { BundledChoice, FromEngine, Job, RuntimeChoice, SpeakersJob, VadResult, VoiceprintJob } from '../../../../dist/engine/client/protocol.js';
import { vadJob, writeSilentWav } from '../../../support/engine.mts';
import { CALL } from '../../../support/recordings.mts';
import { FBANK, framesModel, writeModel } from '../embedding/support/ownModels.mts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..', '..');
/** As n8n installs it: the packages it needs lie beside it. */
const modules = join(realpathSync(mkdtempSync(join(tmpdir(), 'voiceprint-test-'))), 'node_modules');
const copy = join(modules, 'n8n-nodes-voiceprint');

before(() => {
	cpSync(join(REPOSITORY, 'dist'), join(copy, 'dist'), { recursive: true });
	cpSync(join(REPOSITORY, 'node_modules', '@ffmpeg', 'core'), join(modules, '@ffmpeg', 'core'), { recursive: true });
	for (const name of ['onnxruntime-node', 'onnxruntime-common']) {
		symlinkSync(join(REPOSITORY, 'node_modules', name), join(modules, name));
	}
});
after(() => rmSync(join(modules, '..'), { recursive: true, force: true }));

/** The copy's answer to one job. @param threads that the engine may work with */
async function answerTo(job: Job, threads = 1): Promise<FromEngine> {
	const engine = fork(join(copy, 'dist', 'engine', 'process', 'host', 'main.js'), [String(threads)], { serialization: 'advanced' });
	await once(engine, 'message');
	engine.send({ kind: 'run', id: 1, job });
	let answer: FromEngine;
	do [answer] = (await once(engine, 'message')) as [FromEngine];
	while (answer.kind === 'progress');
	engine.kill('SIGKILL');
	return answer;
}

async function faultOf(job: Job, threads?: number): Promise<ErrorData> {
	const answer = await answerTo(job, threads);
	assert.ok(answer.kind === 'failure', JSON.stringify(answer));
	return answer.error;
}

const detection = (runtime: RuntimeChoice = 'native') => vadJob(CALL, join(modules, '..'), { runtime });
const voiceprint = (runtime: RuntimeChoice = 'native', model: BundledChoice = 'fast', modelFile?: string): VoiceprintJob => ({
	...detection(runtime),
	type: 'voiceprint',
	voiceprint: { model, maximumSpeech: 0, minimumSpeech: 0, onLittleSpeech: 'warn', modelFile },
});
const speakers = (): SpeakersJob => ({
	...detection('wasm'),
	type: 'speakers',
	speakers: { minimumSpeakers: 1, mergePauses: 0.5, shortestTurn: 0, known: [], threshold: 'balanced' },
});
const ownModel = writeModel(FBANK, framesModel('feats', 'embs', 16));

/** Does `work` while the file is damaged, and while it is not there. */
async function withFault(file: string, work: (problem: string) => Promise<void>): Promise<void> {
	const [bytes, aside] = [readFileSync(file), `${file}.aside`];
	renameSync(file, aside);
	try {
		await work('is missing');
		bytes[bytes.length >> 1] ^= 1;
		writeFileSync(file, bytes);
		await work('is damaged');
	} finally {
		renameSync(aside, file);
	}
}

/** ONNX Runtime's build for WASM. */
const ONNX_RUNTIME = join(copy, 'dist', 'vendor', 'onnxruntime-web');

test('the models that come with the package have no need of ONNX Runtime with WASM', async () => {
	renameSync(ONNX_RUNTIME, `${ONNX_RUNTIME}.aside`);
	try {
		for (const job of [detection('wasm'), voiceprint('wasm'), voiceprint('wasm', 'accurate'), speakers()]) {
			const { kind } = await answerTo(job);
			assert.equal(kind, 'result', job.type);
		}
	} finally {
		renameSync(`${ONNX_RUNTIME}.aside`, ONNX_RUNTIME);
	}
});

test('an undamaged copy works', async () => {
	for (const runtime of ['native', 'wasm'] as const) {
		const answer = await answerTo(detection(runtime));
		assert.ok(answer.kind === 'result', JSON.stringify(answer));
		assert.equal((answer.result as VadResult).channels.length, 2);
	}
});

describe('a missing or damaged file is RUNTIME_UNAVAILABLE, with a word of what to do', () => {
	const ffmpeg = join(modules, '@ffmpeg', 'core', 'dist', 'umd');
	const models = join(copy, 'dist', 'models');
	const files: Array<[string, Job]> = [
		[join(models, 'silero-vad-6.2-16k.onnx'), detection()],
		[join(models, 'voiceprint-small-v2.onnx'), voiceprint()],
		[join(models, 'voiceprint-small-v2.calibration.json'), voiceprint()],
		[join(models, 'silero-vad-6.2-8k.kernel.bin'), detection('wasm')],
		[join(models, 'silero-vad-6.2-16k.kernel.relaxed.wasm'), detection('wasm')],
		[join(models, 'silero-vad-6.2-8k.kernel.relaxed.wasm'), detection()],
		[join(models, 'voiceprint-small-v2.kernel.relaxed.wasm'), voiceprint('wasm')],
		[join(models, 'voiceprint-resnet34-v1.head.onnx'), voiceprint('wasm', 'accurate')],
		...['ort.node.min.js', 'ort-wasm-simd-threaded.wasm'].map((name): [string, Job] => [join(ONNX_RUNTIME, name), voiceprint('wasm', 'fast', ownModel)]),
		[join(ffmpeg, 'ffmpeg-core.js'), detection()],
		[join(ffmpeg, 'ffmpeg-core.wasm'), detection()],
	];
	for (const [file, job] of files) {
		test(file.slice(modules.length + 1), async () => {
			await withFault(file, async (problem) => {
				const { code, message, description = '' } = await faultOf(job);
				assert.equal(code, 'RUNTIME_UNAVAILABLE');
				assert.match(`${message} ${description}`, new RegExp(`The file \\S+ of the package ${problem}`));
				assert.match(description, /Reinstall the package n8n-nodes-voiceprint/);
				assert.ok(!`${message} ${description}`.includes(modules), description);
			});
		});
	}

	test('and so it is in a thread', async () => {
		const minute = join(modules, '..', 'minute.wav');
		writeSilentWav(minute, 61);
		await withFault(join(models, 'silero-vad-6.2-8k.kernel.bin'), async (problem) => {
			const { code, message } = await faultOf(vadJob(minute, join(modules, '..'), { runtime: 'wasm' }), 2);
			assert.deepEqual([code, message], ['RUNTIME_UNAVAILABLE', `The file models/silero-vad-6.2-8k.kernel.bin of the package ${problem}`]);
		});
	});

	for (const name of ['ffmpeg-core.js', 'ffmpeg-core.wasm']) {
		test(`and so it is where FFmpeg has a thread of its own: ${name}`, async () => {
			const long = join(modules, '..', 'long.ogg');
			writeFileSync(long, Buffer.concat([readFileSync(CALL), Buffer.alloc(2 * 2 ** 20)]));
			const job = vadJob(long, join(modules, '..'), { runtime: 'native' });
			await withFault(join(ffmpeg, name), async (problem) => {
				const fault = await faultOf(job, 2);
				assert.equal(fault.code, 'RUNTIME_UNAVAILABLE');
				assert.match(`${fault.message} ${fault.description}`, new RegExp(`The file \\S+ of the package ${problem}`));
				assert.deepEqual(fault, await faultOf(job, 1));
			});
		});
	}

	test('and so is the list of checksums', async () => {
		const list = join(models, 'checksums.json');
		const text = readFileSync(list);
		writeFileSync(list, '{');
		const { code, message } = await faultOf(detection());
		writeFileSync(list, text);
		assert.deepEqual([code, message], ['RUNTIME_UNAVAILABLE', 'The file models/checksums.json of the package is damaged']);
	});
});

test('the text of a fault of our own does not say where the package lies', async () => {
	const script = join(copy, 'dist', 'engine', 'process', 'media', 'decode.js');
	const code = readFileSync(script, 'utf8');
	const broken = "exports.decodeMedia = async () => { throw new Error(`broken at ${__filename}, ${require.resolve('@ffmpeg/core')}`); };";
	writeFileSync(script, `${code}\n${broken}`);
	const fault = await faultOf(detection());
	writeFileSync(script, code);
	assert.equal(fault.code, 'INTERNAL');
	assert.match(fault.description!, /broken at dist.engine.process.media.decode\.js, @ffmpeg.core/);
	assert.ok(!fault.description!.includes(modules), fault.description);
});
