/**
 * Loads FFmpeg compiled to WebAssembly (`@ffmpeg/core`). The 32 MB module is compiled once per process, and a thread is
 * handed what was compiled; every decode gets a fresh instance, so that its memory goes when the decode ends and nothing
 * of one file reaches the next.
 *
 * The loader script is written for a browser's worker. It is compiled here as a function whose parameters stand for
 * the globals it looks for, so nothing is set on `globalThis` (ONNX Runtime's loader, in the same process, would take
 * such fakes for a browser), and what could reach the network or this process is hidden from it.
 */
import { compileFunction } from 'node:vm';
import { readDependency } from '../../../../models/packageFiles';
import { once } from '../../../../once';
import { PAGE, wasm, type WasmInstance, type WasmModule } from '../../webAssembly';

/** An open file inside the instance. */
export interface CoreStream {
	position: number;
}

export interface CoreStat {
	dev: number;
	ino: number;
	mode: number;
	nlink: number;
	uid: number;
	gid: number;
	rdev: number;
	size: number;
	atime: Date;
	mtime: Date;
	ctime: Date;
	blksize: number;
	blocks: number;
}

export interface CoreNode {
	id: number;
	mode: number;
	node_ops: { getattr?: (node: CoreNode) => CoreStat; setattr?: () => void };
	stream_ops: {
		open?: (stream: CoreStream) => void;
		llseek?: (stream: CoreStream, offset: number, whence: number) => number;
		read?: (stream: CoreStream, heap: Int8Array, offset: number, length: number, position: number) => number;
		write?: (stream: CoreStream, heap: Int8Array, offset: number, length: number, position: number) => number;
	};
}

/** What is used of one FFmpeg instance. */
export interface FfmpegCore {
	FS: {
		create(path: string, mode: number): CoreNode;
		ErrnoError: new (errno: number) => Error;
	};
	setLogger(logger: (entry: { type: string; message: string }) => void): void;
	/** Runs the command line to its end, blocking; returns its exit code. Throws what a node's operation throws. */
	exec(...args: string[]): number;
}

interface CoreOptions {
	instantiateWasm(imports: object, receive: (instance: WasmInstance) => void): object;
}

type CoreFactory = (options: CoreOptions) => Promise<FfmpegCore>;

/** Globals that the loader script would use in a worker and must not find in this process. */
const HIDDEN_GLOBALS = [
	'process',
	'require',
	'module',
	'exports',
	'define',
	'document',
	'window',
	'navigator',
	'importScripts',
	'fetch',
	'XMLHttpRequest',
	'WebSocket',
];

const loadFactory = once(async (): Promise<CoreFactory> => {
	const script = (await readDependency('@ffmpeg/core', () => require.resolve('@ffmpeg/core'))).toString('utf8');
	const load = compileFunction(`${script}\nreturn createFFmpegCore;`, ['self', ...HIDDEN_GLOBALS], {
		filename: 'ffmpeg-core.js',
	}) as (self: { location: { href: string } }) => CoreFactory;
	return load({ location: { href: '' } });
});

/** Node.js 22 and newer can let go of memory at once. */
interface Disposable {
	transfer?(length: number): ArrayBuffer;
}

/** FFmpeg, compiled; any thread of this process can make instances of it. Rejects where the package cannot be loaded. */
export const compiledFfmpeg: () => Promise<WasmModule> = once(async () => {
	const bytes = await readDependency('@ffmpeg/core/wasm', () => require.resolve('@ffmpeg/core/wasm'));
	const compiling = wasm.compile(bytes);
	// A copy of it is compiled. Where the thread that decodes is another one, nothing here would collect 32 MB soon.
	(bytes.buffer as Disposable).transfer?.(0);
	return await compiling;
});

/** Reads and compiles FFmpeg, once, so that instances are made at once. Rejects as they do. */
export async function prepareFfmpeg(): Promise<void> {
	await Promise.all([loadFactory(), compiledFfmpeg()]);
}

/** FFmpeg takes what a header says that it needs. An ordinary file takes 70 MB; beyond this, its `malloc` fails. */
const MOST_PAGES = (384 * 2 ** 20) / PAGE;

/** Makes the instance's memory refuse to grow beyond the limit, wherever it was made. */
function limitMemory(...places: object[]): void {
	const isObject = (one: unknown): one is object => typeof one === 'object' && one !== null;
	const valuesOf = (one: object): unknown[] => Object.values(one);
	const objects = places.flatMap((place) => [place, ...valuesOf(place).filter(isObject)]);
	for (const memory of objects.flatMap(valuesOf)) {
		if (!(memory instanceof wasm.Memory)) continue;
		const grow = memory.grow.bind(memory);
		memory.grow = (pages) => {
			if (memory.buffer.byteLength / PAGE + pages > MOST_PAGES) throw new RangeError('FFmpeg may not have more memory');
			return grow(pages);
		};
	}
}

/**
 * A fresh FFmpeg instance. Rejects where the package cannot be loaded or memory does not suffice.
 * @param compiled in another thread; absent: in this one
 */
export async function createFfmpegCore(compiled?: WasmModule): Promise<FfmpegCore> {
	const create = await loadFactory();
	const module = compiled ?? (await compiledFfmpeg());
	return await create({
		instantiateWasm(imports, receive) {
			const instance = new wasm.Instance(module, imports);
			limitMemory(imports, instance.exports);
			receive(instance);
			return instance.exports;
		},
	});
}
