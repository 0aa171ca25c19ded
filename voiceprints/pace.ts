/** Long work in n8n's own process, in short pieces: between them n8n goes on with whatever else it has to do. */
import { setImmediate } from 'node:timers/promises';
import { canceled } from '../errors';

/** Milliseconds of work between two breaks. */
const PIECE = 12;

export class Pace {
	private since = performance.now();

	constructor(private readonly signal?: AbortSignal) {}

	/** Whether it is time for a break. Asking costs little, but not nothing: ask every few microseconds at most. */
	get isDue(): boolean {
		return performance.now() - this.since >= PIECE;
	}

	/**
	 * Lets others work.
	 * @throws VoiceprintError CANCELED where the execution was stopped
	 */
	async rest(): Promise<void> {
		await setImmediate();
		if (this.signal?.aborted) throw canceled();
		this.since = performance.now();
	}
}
