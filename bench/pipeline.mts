/**
 * The whole path: a file on disk to speech segments, as a node asks for it (engine process already warm), in the formats
 * people send. Ten minutes, two channels, 44.1 kHz (Opus 48 kHz), beside the same call as telephony WAV.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runJob, stopEngine } from '../dist/engine/client/client.js';
import type { RuntimeChoice } from '../dist/engine/client/protocol.js';
import { vadJob } from '../test/support/engine.mts';
import { CALL, decodeChannels, SAMPLE_RATE } from '../test/support/recordings.mts';
import { encode } from '../test/engine/process/media/support/encode.mts';
import { median, printTable } from './table.mts';

const SECONDS = 600;
const ROUNDS = 3;

/** File name and the encoder's arguments. */
const FORMATS: Array<[label: string, name: string, ...args: string[]]> = [
	['WAV 16 kHz', 'call-16k.wav', '-c:a', 'pcm_s16le'],
	['WAV 8 kHz mu-law', 'call-8k.wav', '-ar', '8000', '-c:a', 'pcm_mulaw'],
	['WAV 44.1 kHz', 'call-44k.wav', '-ar', '44100', '-c:a', 'pcm_s16le'],
	['MP3 128 kbit/s', 'call.mp3', '-ar', '44100', '-b:a', '128k'],
	['M4A (AAC) 128 kbit/s', 'call.m4a', '-ar', '44100', '-b:a', '128k'],
	['Opus 48 kbit/s', 'call.opus', '-c:a', 'libopus', '-b:a', '48k'],
	['FLAC', 'call.flac', '-ar', '44100'],
];

async function longCall(): Promise<Float32Array[]> {
	const channels = await decodeChannels(CALL);
	return channels.map((once) => Float32Array.from({ length: SECONDS * SAMPLE_RATE }, (_, i) => once[i % once.length]));
}

/** @returns x real time */
async function measure(path: string, folder: string, runtime: RuntimeChoice): Promise<number> {
	const started = performance.now();
	await runJob(vadJob(path, folder, { runtime }));
	return (SECONDS * 1000) / (performance.now() - started);
}

export async function pipelineBench(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	try {
		const channels = await longCall();
		const rows: Array<Array<string | number>> = [];
		for (const [label, name, ...args] of FORMATS) {
			const path = await encode({ channels, rate: SAMPLE_RATE }, name, ...args);
			const speeds: Record<string, number[]> = { native: [], wasm: [] };
			for (let round = 0; round < ROUNDS; round++) {
				for (const runtime of ['native', 'wasm'] as const) speeds[runtime].push(await measure(path, folder, runtime));
			}
			rows.push([label, Math.round(median(speeds.native)), Math.round(median(speeds.wasm))]);
		}
		printTable(
			`File to segments, ${SECONDS / 60} min, 2 channels, preset Balanced, ${ROUNDS} rounds`,
			['file', 'native, x real time', 'WASM, x real time'],
			rows,
		);
	} finally {
		stopEngine();
		rmSync(folder, { recursive: true, force: true });
	}
}
