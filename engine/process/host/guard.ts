/** Keeps the engine process within its means; called between blocks, since decoding itself cannot be interrupted. */
import { VoiceprintError } from '../../../errors';

/** Resident memory at which a job is given up, bytes. An ordinary job stays below a third of it. */
const MEMORY_LIMIT = 1024 * 1024 * 1024;

/** Blocks between two looks: a look costs some microseconds. */
const INTERVAL = 64;

const parent = process.ppid;

export class Guard {
	private blocks = 0;

	/** @param limit resident memory in bytes */
	constructor(private readonly limit = MEMORY_LIMIT) {}

	/**
	 * @throws VoiceprintError OUT_OF_MEMORY when this process has grown beyond its limit. Ends the process when the one that
	 *   started it is gone.
	 */
	check(): void {
		if (this.blocks++ % INTERVAL !== 0) return;
		if (process.ppid !== parent) process.exit(0);
		if (process.memoryUsage.rss() > this.limit) {
			throw new VoiceprintError(
				'OUT_OF_MEMORY',
				'The speech engine needs more memory than it may use for this file',
				`The limit is ${this.limit / 2 ** 20} MiB. Convert the file to WAV, MP3 or M4A, or cut it, and try again.`,
			);
		}
	}
}
