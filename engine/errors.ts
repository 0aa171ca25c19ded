/**
 * The engine's errors: every failure of local processing is one of these codes, with a message that says what
 * happened and a description that says what to do. They cross the process border as plain data.
 */

/** Stable codes, listed for users in the README's troubleshooting table. */
export type EngineErrorCode =
	// the file
	| 'EMPTY_FILE'
	| 'NOT_MEDIA'
	| 'NO_AUDIO'
	| 'UNSUPPORTED_CODEC'
	| 'NO_SAMPLES'
	| 'DECODE_FAILED'
	// the request
	| 'CHANNEL_NOT_FOUND'
	| 'INVALID_RANGE'
	| 'RANGE_OUTSIDE_FILE'
	| 'INVALID_PARAMETER'
	| 'FILE_TOO_LONG'
	// voiceprints
	| 'TOO_LITTLE_SPEECH'
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
export interface EngineErrorData {
	code: EngineErrorCode;
	/** What happened, one sentence. Never contains an operating-system code such as ENOENT: n8n replaces such texts whole. */
	message: string;
	/** What to do about it, and technical detail. */
	description?: string;
}

export class EngineError extends Error {
	readonly code: EngineErrorCode;

	readonly description: string | undefined;

	constructor(code: EngineErrorCode, message: string, description?: string) {
		super(message);
		this.name = 'EngineError';
		this.code = code;
		this.description = description;
	}

	static from(data: EngineErrorData): EngineError {
		return new EngineError(data.code, data.message, data.description);
	}

	toData(): EngineErrorData {
		const data: EngineErrorData = { code: this.code, message: this.message };
		if (this.description !== undefined) data.description = this.description;
		return data;
	}
}
