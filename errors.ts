/**
 * The package's own error: whatever goes wrong on our side is one of these codes, with a message that says what happened
 * and a description that says what to do. Errors cross the process border as plain data. What a Speech Platform answers
 * is a SpeechPlatformError.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Stable codes, listed for users in the docs/troubleshooting.md. */
export type ErrorCode =
	// the file
	| 'EMPTY_FILE'
	| 'NOT_MEDIA'
	| 'RAW_AUDIO'
	| 'NO_AUDIO'
	| 'UNSUPPORTED_CODEC'
	| 'UNSUPPORTED_FORMAT'
	| 'NO_SAMPLES'
	| 'DECODE_FAILED'
	// the item
	| 'BINARY_FIELD_MISSING'
	| 'BINARY_NOT_READABLE'
	| 'FILE_NOT_ALLOWED'
	| 'INVALID_CREDENTIAL'
	| 'VOICEPRINT_MISSING'
	| 'PAIRS_UNCLEAR'
	| 'INPUT_IN_PARTS'
	// the request
	| 'CHANNEL_NOT_FOUND'
	| 'TRACK_NOT_FOUND'
	| 'INVALID_RANGE'
	| 'RANGE_OUTSIDE_FILE'
	| 'INVALID_PARAMETER'
	| 'FILE_TOO_LONG'
	// voiceprints
	| 'TOO_LITTLE_SPEECH'
	| 'SEVERAL_SPEAKERS'
	| 'INVALID_VOICEPRINT'
	| 'EMPTY_VOICEPRINT'
	| 'MODELS_DIFFER'
	| 'NO_CALIBRATION'
	| 'TOO_MANY_VOICEPRINTS'
	| 'INVALID_MODEL'
	// the engine
	| 'NO_DISK_SPACE'
	| 'TEMPORARY_FILE'
	| 'RUNTIME_UNAVAILABLE'
	| 'OUT_OF_MEMORY'
	| 'ENGINE_CRASHED'
	| 'ENGINE_START'
	| 'TIMEOUT'
	| 'CANCELED'
	| 'INTERNAL';

/** What crosses the process border. */
export interface ErrorData {
	code: ErrorCode;
	/** What happened, one sentence. Never contains an operating-system code such as ENOENT: n8n replaces such texts whole. */
	message: string;
	/** What to do about it, and technical detail. */
	description?: string;
}

export class VoiceprintError extends Error {
	readonly code: ErrorCode;

	readonly description: string | undefined;

	constructor(code: ErrorCode, message: string, description?: string) {
		super(message);
		this.name = 'VoiceprintError';
		this.code = code;
		this.description = description;
	}

	static from(data: ErrorData): VoiceprintError {
		return new VoiceprintError(data.code, data.message, data.description);
	}

	toData(): ErrorData {
		const data: ErrorData = { code: this.code, message: this.message };
		if (this.description !== undefined) data.description = this.description;
		return data;
	}
}

/**
 * The error of a stopped execution. n8n knows by the very word 'canceled' that the execution was stopped and has not
 * failed, and so calls no error workflow.
 */
export function canceled(): VoiceprintError {
	return new VoiceprintError('CANCELED', 'The execution was canceled');
}

/** @param description what to do about it */
export function invalidModel(
	message: string,
	description = "All fields, with examples, are in docs/own-models.md of this package's repository.",
): VoiceprintError {
	return new VoiceprintError('INVALID_MODEL', message, description);
}

/** What V8, the C library, Emscripten and ONNX Runtime say where memory ran out. */
const MEMORY_FAULT = /out of memory|alloc(ation)? failed|failed to allocate|bad_alloc|cannot allocate|enlarge memory/i;

export function isOutOfMemory(text: string): boolean {
	return MEMORY_FAULT.test(text);
}

/** @param detail what was said when it happened */
export function outOfMemory(detail: string): VoiceprintError {
	return new VoiceprintError('OUT_OF_MEMORY', 'The speech engine ran out of memory on this file', detail);
}

/** Characters of a file's name in a message. */
const LONGEST_NAME = 100;

/** A name that is too long for a message loses its middle: its beginning and its ending say most. */
export function shortName(name: string): string {
	if (name.length <= LONGEST_NAME) return name;
	const half = Math.floor(LONGEST_NAME / 2) - 1;
	return `${name.slice(0, half)} … ${name.slice(-half)}`;
}

/** The text of any thrown value, never empty; for descriptions only, as it may be the operating system's. */
export function textOf(error: unknown): string {
	const text = error instanceof Error ? error.message : String(error);
	if (text.trim() !== '') return text;
	return error instanceof Error ? `${error.name} without a message` : 'an error without a message';
}

/** A line of a stack trace: it tells users nothing, and strangers where things lie. */
const STACK_LINE = /^\s+at (?:.*[/\\(<]|async |new |\w).*$\n?/gm;

export function withoutStack(text: string): string {
	return text.replace(STACK_LINE, '').trimEnd();
}

/** Where this package lies, and where the packages beside it do, longest first. */
function installFolders(): string[] {
	const root = path.join(__dirname, '..');
	const above = path.dirname(root);
	return path.basename(above) === 'node_modules' ? [root, above] : [root];
}

/** Paths within the package instead of paths of this machine, which tell strangers where things lie and help nobody. */
export function withoutInstallPaths(text: string): string {
	const starts = installFolders().flatMap((folder) => [`${pathToFileURL(folder).href}/`, folder + path.sep]);
	return starts.reduce((shorter, start) => shorter.replaceAll(start, ''), text);
}
