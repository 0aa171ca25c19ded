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

/** A block with its records. */
export interface Sent {
	block: SharedArrayBuffer;
	/** Bytes of it that count. */
	used: number;
}

/** What both threads hold: at its only place, how many blocks were listened to. */
export type Listened = Int32Array<SharedArrayBuffer>;

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** The decoding thread's end: a listener that passes everything on. */
export class RelaySender implements Listener {
	private readonly blocks: SharedArrayBuffer[] = [];

	/** The block that is being filled. */
	private block: { bytes: Buffer; view: DataView; used: number } | undefined;

	private sent = 0;

	/** Whether there were lines since something was read. */
	private hasLines = false;

	private hasWritten = false;

	/** @param post takes a block to the listening thread */
	constructor(
		private readonly listened: Listened,
		private readonly post: (sent: Sent) => void,
	) {}

	onLine(line: string): void {
		// FFmpeg prints what stands in files, which need not be Unicode.
		this.add(LINE, Buffer.from(line, 'utf16le'), 0);
		this.hasLines = true;
	}

	/**
	 * The listener may refuse a file for what FFmpeg says of it before the first sample. Its answer is waited for: FFmpeg
	 * would begin with what nobody should try.
	 */
	onRead(): void {
		if (!this.hasLines || this.hasWritten) return;
		this.hasLines = false;
		this.add(READ, new Uint8Array(0), 0);
		this.flush();
		this.waitUntilListened(this.sent);
	}

	onBytes(bytes: Uint8Array, position: number): void {
		this.hasWritten = true;
		this.add(BYTES, bytes, position);
	}

	/** Sends what has not been sent. */
	flush(): void {
		if (!this.block) return;
		this.post({ block: this.blocks[this.sent % BLOCKS]!, used: this.block.used });
		this.sent++;
		this.block = undefined;
	}

	private add(kind: number, bytes: Uint8Array, position: number): void {
		const size = RECORD_HEADER + aligned(bytes.length);
		if (this.block && this.block.used + size > this.block.bytes.length) this.flush();
		this.block ??= this.begin(size);
		const { view, used } = this.block;
		view.setInt32(used, kind, true);
		view.setInt32(used + 4, bytes.length, true);
		view.setFloat64(used + 8, position, true);
		this.block.bytes.set(bytes, used + RECORD_HEADER);
		this.block.used += size;
	}

	/** Takes the next block. @param size of a record that has to fit in */
	private begin(size: number): { bytes: Buffer; view: DataView; used: number } {
		this.waitUntilListened(this.sent - BLOCKS + 1);
		const [place, length] = [this.sent % BLOCKS, Math.max(BLOCK, size)];
		// One that is larger than usual is not kept.
		if (this.blocks[place]?.byteLength !== length) this.blocks[place] = new SharedArrayBuffer(length);
		const block = this.blocks[place];
		return { bytes: Buffer.from(block), view: new DataView(block), used: 0 };
	}

	private waitUntilListened(blocks: number): void {
		for (;;) {
			const listened = Atomics.load(this.listened, 0);
			if (listened >= blocks) return;
			Atomics.wait(this.listened, 0, listened);
		}
	}
}

/** The listening thread's end. */
export class RelayReceiver {
	/** To be handed to the sender. */
	readonly listened: Listened = new Int32Array(new SharedArrayBuffer(4));

	constructor(private readonly listener: Listener) {}

	/** Throws what the listener throws; then no further block may be taken. */
	take({ block, used }: Sent): void {
		const view = new DataView(block);
		for (let at = 0; at < used; ) {
			const length = view.getInt32(at + 4, true);
			this.hand(view.getInt32(at, true), Buffer.from(block, at + RECORD_HEADER, length), view.getFloat64(at + 8, true));
			at += RECORD_HEADER + aligned(length);
		}
		Atomics.add(this.listened, 0, 1);
		Atomics.notify(this.listened, 0);
	}

	private hand(kind: number, bytes: Buffer, position: number): void {
		if (kind === BYTES) this.listener.onBytes(bytes, position);
		else if (kind === READ) this.listener.onRead();
		else this.listener.onLine(bytes.toString('utf16le'));
	}
}
