/** Runs an instance of FFmpeg over a file, and tells a listener what it does, in the order in which it does it. */
import { VoiceprintError } from '../../../../errors';
import type { WasmModule } from '../../webAssembly';
import { unreadable, type InputFile } from '../inputFile';
import { createFfmpegCore, type FfmpegCore } from './core';
import { mountInput, mountOutput } from './streams';

/** What FFmpeg is to do. */
export interface Execution {
	file: InputFile;
	/** Names of the file and of the output, as FFmpeg sees them. */
	input: string;
	output: string;
	commandLine: string[];
}

/** Takes what FFmpeg does. What `onRead` or `onBytes` throw ends FFmpeg at once. */
export interface Listener {
	/** A line of the log. */
	onLine(line: string): void;
	/** Something of the file is about to be read. */
	onRead(): void;
	/** What was written at a position of the output; only valid during the call. */
	onBytes(bytes: Uint8Array, position: number): void;
}

/** How FFmpeg ended by itself. */
export type End = { exitCode: number } | { trap: string };

/** Thrown through FFmpeg to end it at once; the reason is kept outside, FFmpeg's glue must not touch it. */
class Stop extends Error {}

/** @throws VoiceprintError RUNTIME_UNAVAILABLE */
async function start(module: WasmModule | undefined): Promise<FfmpegCore> {
	try {
		return await createFfmpegCore(module);
	} catch (error) {
		throw notStarted(error);
	}
}

/** @param error why FFmpeg could not be started */
export function notStarted(error: unknown): VoiceprintError {
	if (error instanceof VoiceprintError) return error;
	return new VoiceprintError(
		'RUNTIME_UNAVAILABLE',
		'The media decoder could not be started',
		`Loading the package @ffmpeg/core failed: ${error instanceof Error ? error.message : String(error)}. ` +
			'Install the node package again, and check that enough memory is free.',
	);
}

function readInto(file: InputFile, target: Uint8Array, position: number): number {
	try {
		return file.readInto(target, position);
	} catch (error) {
		throw unreadable(file.name, error);
	}
}

/**
 * Runs FFmpeg to its end, and blocks this thread meanwhile.
 * @param module FFmpeg, compiled in another thread; absent: it is compiled in this one, once
 * @throws what the listener threw; VoiceprintError RUNTIME_UNAVAILABLE, TEMPORARY_FILE where the file cannot be read
 */
export async function execute({ file, input, output, commandLine }: Execution, listener: Listener, module?: WasmModule): Promise<End> {
	const core = await start(module);
	let stopped: { reason: unknown } | undefined;
	/** Runs a callback of FFmpeg's; where it throws, keeps the reason and ends FFmpeg. */
	const guard = <Result>(callback: () => Result): Result => {
		try {
			return callback();
		} catch (reason) {
			stopped ??= { reason };
			throw new Stop('decoding was stopped');
		}
	};
	const read = (target: Uint8Array, position: number) => {
		listener.onRead();
		return readInto(file, target, position);
	};
	core.setLogger(({ message }) => listener.onLine(message));
	mountInput(core, input, file.size, (target, position) => guard(() => read(target, position)));
	mountOutput(core, output, (bytes, position) => guard(() => listener.onBytes(bytes, position)));
	const end = run(core, commandLine);
	if (stopped) throw stopped.reason;
	return end;
}

function run(core: FfmpegCore, commandLine: string[]): End {
	try {
		return { exitCode: core.exec(...commandLine) };
	} catch (error) {
		return { trap: String(error) };
	}
}
