/**
 * The 8 kHz model in a thread of its own, at work while the main thread is busy with the 16 kHz model. A thread takes
 * some time and memory to start, so it is for long sound; what it answers is what the model answers here.
 */
import path from 'node:path';
import type { RuntimeName } from '../../client/protocol';
import { SAMPLE_RATE } from '../audio';
import { Thread, ThreadNeverCameUp } from '../thread';
import { hasSecondThread } from '../threads';
import { HALFBAND_LEAD, MOST_HALVED } from './halfband';
import type { NarrowModel } from './narrow';
import type { Gain } from './speechModel';

/** What the thread is given at its start. */
export interface Shared {
	runtime: RuntimeName;
	/** Where the samples of a block lie. */
	audio: Float32Array;
	/** One number: how much the thread has begun, or been asked for, and not finished. */
	unfinished: Int32Array;
}

/** What the thread is asked: `length` samples lie there. */
export interface Block {
	length: number;
	chunks: number;
	gain?: Gain;
	/** Nothing was heard before. */
	isFirst: boolean;
}

/** Samples that are worth the start of a thread: it takes about as long as it saves on them. */
const LONG = 60 * SAMPLE_RATE;
/** Milliseconds that the end of the process waits for the block at work. */
const PATIENCE = 2000;

class NarrowThread implements NarrowModel {
	private readonly audio = new Float32Array(new SharedArrayBuffer((2 * MOST_HALVED + 2 * HALFBAND_LEAD) * 4));

	private readonly unfinished = new Int32Array(new SharedArrayBuffer(4)).fill(1);

	private readonly thread: Thread<Block, Float32Array>;

	private isFirst = true;

	constructor(runtime: RuntimeName) {
		const shared: Shared = { runtime, audio: this.audio, unfinished: this.unfinished };
		this.thread = new Thread(path.join(__dirname, 'narrowThread.js'), shared);
		process.once('exit', this.finish);
	}

	get isGone(): boolean {
		return this.thread.isGone;
	}

	reset(): void {
		this.isFirst = true;
	}

	async run(audio: Float32Array, chunks: number, gain?: Gain): Promise<Float32Array> {
		const { isFirst } = this;
		this.isFirst = false;
		this.audio.set(audio);
		Atomics.add(this.unfinished, 0, 1);
		try {
			return await this.thread.ask({ length: audio.length, chunks, gain, isFirst });
		} catch (error) {
			// It may have failed to load, or lost the thread of what it heard: the next job gets a new one.
			this.stop();
			throw error;
		}
	}

	stop(): void {
		process.off('exit', this.finish);
		this.thread.stop();
	}

	/** Native ONNX Runtime ends a process by SIGABRT that ends while it is at work in a thread. */
	private readonly finish = () => {
		const deadline = performance.now() + PATIENCE;
		for (let left = PATIENCE; left > 0; left = deadline - performance.now()) {
			const count = Atomics.load(this.unfinished, 0);
			if (count === 0) return;
			Atomics.wait(this.unfinished, 0, count, left);
		}
	};
}

/** Here, until there is so much to hear that a thread is worth it. */
export class NarrowBeside implements NarrowModel {
	private here: NarrowModel | undefined;

	private thread: NarrowThread | undefined;

	/** What the recording at work is heard with; undefined: the model here. */
	private current: NarrowThread | undefined;

	/** @param load the same model for this thread, called where it is needed */
	constructor(
		private readonly load: () => Promise<NarrowModel>,
		private readonly runtime: RuntimeName,
	) {}

	expect(samples: number): void {
		if (this.thread?.isGone) this.forget();
		if (samples >= LONG && hasSecondThread()) this.thread ??= new NarrowThread(this.runtime);
	}

	/** Nobody waits for what is gone when the process ends. */
	private forget(): void {
		this.thread?.stop();
		this.thread = undefined;
	}

	reset(): void {
		this.current = this.thread;
		(this.current ?? this.here)?.reset();
	}

	async run(audio: Float32Array, chunks: number, gain?: Gain): Promise<Float32Array> {
		try {
			if (this.current) return await this.current.run(audio, chunks, gain);
		} catch (error) {
			if (!(error instanceof ThreadNeverCameUp)) throw error;
			// It has heard nothing of the recording, which begins here.
			this.current = undefined;
			this.here?.reset();
		}
		this.here ??= await this.load();
		return await this.here.run(audio, chunks, gain);
	}
}
