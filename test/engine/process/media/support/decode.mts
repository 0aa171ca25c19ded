/**
 * Decodes whole files for tests. With `THREADS=2` in the environment FFmpeg has a thread of its own for each, however small;
 * what comes out has to be the same.
 */
import assert from 'node:assert/strict';
import { decodeMedia, type DecodedMedia } from '../../../../../dist/engine/process/media/decode.js';
import { worthWhile } from '../../../../../dist/engine/process/media/ffmpeg/decoder.js';
import { allowThreads } from '../../../../../dist/engine/process/threads.js';
import { VoiceprintError } from '../../../../../dist/errors.js';
import type { MediaRequest } from '../../../../../dist/engine/client/protocol.js';

/** Decodes in as many threads from now on, and any file in a thread of its own where there are two. */
export function useThreads(threads: number): void {
	allowThreads(threads);
	worthWhile.bytes = 0;
}

if (process.env.THREADS !== undefined) useThreads(Number(process.env.THREADS));

export interface Decoded extends DecodedMedia {
	/** One Float32Array per kept channel. */
	audio: Float32Array[];
}

export type Options = Omit<MediaRequest, 'path' | 'channelMode'> & { channelMode?: MediaRequest['channelMode'] };

export async function decode(path: string, options: Options = {}): Promise<Decoded> {
	const blocks: Float32Array[][] = [];
	const media = await decodeMedia({ path, channelMode: 'split', ...options }, {
		onBlock: (block) => {
			assert.ok(block.every((channel) => channel.length === block[0].length && channel.length <= 16384));
			blocks.push(block.map((channel) => channel.slice()));
		},
	});
	const audio = media.channelNumbers.map((_, channel) => {
		const whole = new Float32Array(media.samples);
		let position = 0;
		for (const block of blocks) {
			assert.equal(block.length, media.channelNumbers.length);
			whole.set(block[channel], position);
			position += block[channel].length;
		}
		assert.equal(position, media.samples);
		return whole;
	});
	return { ...media, audio };
}

/** Codes of the operating system: n8n replaces texts that contain them. */
const SYSTEM_CODES = /\bE[A-Z]{4,}\b/;

/** The error with which decoding fails. */
export async function failure(path: string, options: Options = {}): Promise<VoiceprintError> {
	const error: unknown = await decode(path, options).then(
		() => assert.fail(`${path} was decoded`),
		(reason: unknown) => reason,
	);
	assert.ok(error instanceof VoiceprintError, String(error));
	assert.doesNotMatch(`${error.message} ${error.description}`, SYSTEM_CODES);
	return error;
}
