/**
 * The two files an FFmpeg instance sees: an input that reads from a file descriptor and an output that hands each
 * written block on. Nothing is copied into the instance's in-memory file system, so memory does not grow with the
 * file's length.
 */
import type { CoreNode, CoreStat, FfmpegCore } from './core';

/** Errno values of Emscripten's file system. */
const EACCES = 2;
const EINVAL = 28;

const BLOCK = 4096;

function attributes(node: CoreNode, size: number): CoreStat {
	const epoch = new Date(0);
	return {
		dev: 1,
		ino: node.id,
		mode: node.mode,
		nlink: 1,
		uid: 0,
		gid: 0,
		rdev: 0,
		size,
		atime: epoch,
		mtime: epoch,
		ctime: epoch,
		blksize: BLOCK,
		blocks: Math.ceil(size / BLOCK),
	};
}

function seekTarget(core: FfmpegCore, position: number, size: number, offset: number, whence: number): number {
	const base = whence === 1 ? position : whence === 2 ? size : 0;
	if (base + offset < 0) throw new core.FS.ErrnoError(EINVAL);
	return base + offset;
}

/**
 * Makes `path` inside the instance a file of `size` bytes that is read by `readInto`, which fills what it can of its
 * target and returns how many bytes. It can be opened once: a playlist that names itself as its own segment must not
 * make FFmpeg open it again and again.
 */
export function mountInput(
	core: FfmpegCore,
	path: string,
	size: number,
	readInto: (target: Uint8Array, position: number) => number,
): void {
	const node = core.FS.create(path, 0o444);
	let opened = false;
	node.node_ops = { ...node.node_ops, getattr: (self) => attributes(self, size) };
	node.stream_ops = {
		open() {
			if (opened) throw new core.FS.ErrnoError(EACCES);
			opened = true;
		},
		llseek: (stream, offset, whence) => seekTarget(core, stream.position, size, offset, whence),
		read(_stream, heap, offset, length, position) {
			const wanted = Math.min(length, size - position);
			if (wanted <= 0) return 0;
			return readInto(new Uint8Array(heap.buffer, heap.byteOffset + offset, wanted), position);
		},
	};
}

/**
 * Makes `path` inside the instance hand what is written to `onBytes`, with its position in the file. The bytes are a
 * view into the instance's memory and only valid during the call.
 */
export function mountOutput(
	core: FfmpegCore,
	path: string,
	onBytes: (bytes: Uint8Array, position: number) => void,
): void {
	const node = core.FS.create(path, 0o666);
	let size = 0;
	node.node_ops = { ...node.node_ops, getattr: (self) => attributes(self, size), setattr: () => {} };
	node.stream_ops = {
		llseek: (stream, offset, whence) => seekTarget(core, stream.position, size, offset, whence),
		write(_stream, heap, offset, length, position) {
			onBytes(new Uint8Array(heap.buffer, heap.byteOffset + offset, length), position);
			size = Math.max(size, position + length);
			return length;
		},
	};
}
