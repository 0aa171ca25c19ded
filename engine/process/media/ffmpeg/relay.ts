/**
 * Carries what FFmpeg does in a thread of its own to the thread that listens: lines of the log and bytes of the output in
 * their order, none of them put together or taken apart, so that the listener cannot tell that it is another thread. They
 * travel in a few blocks of shared memory. Where all of them are on their way, the decoding thread waits.
 */
import type { Listener } from './execution';

/** Bytes of a block: some hundred messages for ten minutes of stereo. A larger record gets a larger block. */
const BLOCK = 256 * 1024;

/** Blocks that may be on their way. */
const BLOCKS = 8;

/** Kind, length in bytes (both 32 bits) and position (64 bits), then the bytes. */
const RECORD_HEADER = 16;

/** Records begin at multiples of this. */
const ALIGNMENT = 8;

const LINE = 0;
const READ = 1;
const BYTES = 2;

/** What the threads share: how many blocks were listened to, and whether the listener wants no more. */
const LISTENED = 0;
const STOPPED = 1;

/** A block with its records. */
export interface Sent {
	block: SharedArrayBuffer;
	/** Bytes of it that count. */
	used: number;
}

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** What both threads hold of a relay. */
export type Control = Int32Array;

export const newControl = (): Control => new Int32Array(new SharedArrayBuffer(8));

/** The decoding thread's end: a listener that passes everything on. */
export class RelaySender implements Listener {
	private readonly blocks: SharedArrayBuffer[] = [];

	private block: Buffer | undefined;

	private view: DataView | undefined;

	private used = 0;

	private sent = 0;

	/** Lines since something was read. */
	private lines = 0;

	private hasWritten = false;

	/** @param post takes a block to the listening thread */
	constructor(
		private readonly control: Control,
		private readonly post: (sent: Sent) => void,
	) {}

	onLine(line: string): void {
		// FFmpeg prints what stands in files, as strings that need not be Unicode.
		this.add(LINE, Buffer.from(line, 'utf16le'), 0);
		this.lines++;
	}

	/**
	 * The listener may refuse the file for what FFmpeg says of it before the first sample: that is waited for, since FFmpeg
	 * would go on with what nobody should try.
	 */
	onRead(): void {
		if (this.lines > 0 && !this.hasWritten) {
			this.lines = 0;
			this.add(READ, new Uint8Array(0), 0);
			this.flush();
			this.waitUntilListened(this.sent);
		}
		this.checkStop();
	}

	onBytes(bytes: Uint8Array, position: number): void {
		this.checkStop();
		this.hasWritten = true;
		this.add(BYTES, bytes, position);
	}

	/** Sends what has not been sent. */
	flush(): void {
		if (!this.block) return;
		this.post({ block: this.blocks[this.sent % BLOCKS]!, used: this.used });
		this.sent++;
		this.block = undefined;
	}

	private add(kind: number, bytes: Uint8Array, position: number): void {
		const size = RECORD_HEADER + aligned(bytes.length);
		if (this.block && this.used + size > this.block.length) this.flush();
		const block = this.block ?? this.begin(size);
		this.view!.setInt32(this.used, kind, true);
		this.view!.setInt32(this.used + 4, bytes.length, true);
		this.view!.setFloat64(this.used + 8, position, true);
		block.set(bytes, this.used + RECORD_HEADER);
		this.used += size;
	}

	/** Takes the next block. @param size of a record that has to fit in */
	private begin(size: number): Buffer {
		this.waitUntilListened(this.sent - BLOCKS + 1);
		const place = this.sent % BLOCKS;
		let shared = this.blocks[place];
		// A block that was larger than usual is not kept.
		if (shared === undefined || shared.byteLength !== Math.max(BLOCK, size)) shared = new SharedArrayBuffer(Math.max(BLOCK, size));
		this.blocks[place] = shared;
		this.view = new DataView(shared);
		this.used = 0;
		return (this.block = Buffer.from(shared));
	}

	private waitUntilListened(count: number): void {
		for (;;) {
			const listened = Atomics.load(this.control, LISTENED);
			if (listened >= count) return;
			Atomics.wait(this.control, LISTENED, listened);
		}
	}

	private checkStop(): void {
		if (Atomics.load(this.control, STOPPED) !== 0) throw new Error('the listener wants no more');
	}
}

/** The listening thread's end. */
export class RelayReceiver {
	/** What the listener threw, if it did: then nothing more is handed to it. */
	stopped: { reason: unknown } | undefined;

	constructor(
		private readonly control: Control,
		private readonly listener: Listener,
	) {
		Atomics.store(control, LISTENED, 0);
		Atomics.store(control, STOPPED, 0);
	}

	take({ block, used }: Sent): void {
		if (!this.stopped) this.listen(block, used);
		Atomics.add(this.control, LISTENED, 1);
		Atomics.notify(this.control, LISTENED);
	}

	private listen(block: SharedArrayBuffer, used: number): void {
		const view = new DataView(block);
		try {
			for (let at = 0; at < used; ) {
				const length = view.getInt32(at + 4, true);
				this.hand(view.getInt32(at, true), Buffer.from(block, at + RECORD_HEADER, length), view.getFloat64(at + 8, true));
				at += RECORD_HEADER + aligned(length);
			}
		} catch (reason) {
			this.stopped = { reason };
			Atomics.store(this.control, STOPPED, 1);
		}
	}

	private hand(kind: number, bytes: Buffer, position: number): void {
		if (kind === BYTES) this.listener.onBytes(bytes, position);
		else if (kind === READ) this.listener.onRead();
		else this.listener.onLine(bytes.toString('utf16le'));
	}
}
