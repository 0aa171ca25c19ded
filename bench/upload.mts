/**
 * What an upload to the Speech Platform API costs n8n's process: the real node on n8n's execution engine sends one
 * gibibyte from n8n's binary storage on disk to a server in another process.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { INodeType } from 'n8n-workflow';
import { createHarness, type Harness } from '../tools/n8n/harness.mts';
import { printTable } from './table.mts';

const MEBIBYTE = 2 ** 20;
const SIZES = [1, 1024];
/** Of n8n's process may be added by one gibibyte. */
const MOST_GROWTH = 64;

const NODE = 'voiceActivityDetection';

interface Growth {
	/** MiB. */
	memory: number;
	seconds: number;
	/** Bytes that the server counted. */
	bytes: number;
}

async function message<T>(child: ChildProcess): Promise<T> {
	const [value] = (await once(child, 'message')) as [T];
	return value;
}

/** Uploads a file of zeros and watches memory from the moment the node begins. */
async function upload(harness: Harness, sink: ChildProcess, baseUrl: string, path: string): Promise<Growth> {
	const node = [...harness.nodeTypes].find(([type]) => type.endsWith(`.${NODE}`))![1] as INodeType;
	const { execute } = Object.getPrototypeOf(node) as INodeType;
	const growth: Growth = { memory: 0, seconds: 0, bytes: 0 };
	node.execute = async function () {
		globalThis.gc?.();
		const before = process.memoryUsage.rss();
		const started = performance.now();
		const look = () => (growth.memory = Math.max(growth.memory, (process.memoryUsage.rss() - before) / MEBIBYTE));
		const watch = setInterval(look, 5);
		try {
			return await execute!.call(this);
		} finally {
			look();
			clearInterval(watch);
			growth.seconds = (performance.now() - started) / 1000;
		}
	};
	const counted = message<{ bytes: number }>(sink);
	const { error } = await harness.run({
		node: NODE,
		parameters: { engine: 'api' },
		items: [{ files: { data: { path, mimeType: 'audio/wav' } } }],
		credentials: { speechPlatformApi: { baseUrl, authentication: 'none' } },
	});
	delete (node as Partial<INodeType>).execute;
	if (error) throw new Error(error.message);
	return { ...growth, ...(await counted) };
}

/** Over a line on which a gibibyte takes six minutes, longer than HTTP clients wait for an answer. */
export async function slowUploadBench(): Promise<void> {
	await uploadBench([String(3 * MEBIBYTE)]);
}

/** @param rate bytes per second that the server reads, as an argument of its process */
export async function uploadBench(rate: string[] = []): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-bench-'));
	const sink = fork(join(import.meta.dirname, 'sink.mts'), rate);
	const harness = await createHarness({ binaryMode: 'filesystem' });
	try {
		const { port } = await message<{ port: number }>(sink);
		const rows: Array<Array<string | number>> = [];
		let last: Growth | undefined;
		for (const size of SIZES) {
			const path = join(folder, `${size}.wav`);
			const file = openSync(path, 'w');
			ftruncateSync(file, size * MEBIBYTE);
			closeSync(file);
			last = await upload(harness, sink, `http://127.0.0.1:${port}`, path);
			rows.push([`${size} MiB`, (last.bytes / MEBIBYTE).toFixed(1), last.memory.toFixed(1), last.seconds.toFixed(1)]);
		}
		printTable("Upload to the API from n8n's storage on disk", ['file', 'received MiB', "n8n's growth MiB", 'seconds'], rows);
		console.log(`One gibibyte may add ${MOST_GROWTH} MiB: ${last!.memory <= MOST_GROWTH ? 'kept' : 'NOT KEPT'}`);
	} finally {
		sink.disconnect();
		harness.dispose();
		rmSync(folder, { recursive: true, force: true });
	}
}
