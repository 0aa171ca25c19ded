/** Results of either engine, as the output forms get them. */
import type { VadResult } from '../../../dist/engine/client/protocol.js';
import type { ShapeOptions, SpeechResult } from '../../../dist/items/result.js';

export const ORIGIN = { item: 3, fileName: 'call.wav', settings: { preset: 'balanced' } };
export const SIMPLE: ShapeOptions = { simplify: true, keepFilesWithoutSpeech: false, includeSegments: false };
export const FULL: ShapeOptions = { ...SIMPLE, simplify: false };

export function voice(start_time: number, end_time: number) {
	return { segment_type: 'voice', start_time, end_time };
}

/** Two channels, the first with two segments whose numbers carry floating-point noise. */
export function local(): VadResult {
	return {
		engine: 'local',
		model: 'silero-vad-6.2',
		runtime: 'native',
		duration: 61.3004,
		media: { container: 'wav', codec: 'pcm_s16le', sample_rate: 8000, channels: 2 },
		channels: [
			{
				channel_number: 0,
				speech_length: 0.1 + 0.2,
				segments: [voice(0.1, 0.1 + 0.2), voice(1.1, 3.3000000000000003)],
			},
			{ channel_number: 1, speech_length: 0, segments: [] },
		],
		warnings: [
			{ code: 'NO_SPEECH', message: 'No speech was found in channel 1', channel_number: 1 },
			{ code: 'TRUNCATED_FILE', message: 'The file ends early' },
		],
	};
}

export function silent(): VadResult {
	const result = local();
	return { ...result, channels: [{ channel_number: 0, speech_length: 0, segments: [] }] };
}

/** What the Speech Platform API says: no model, no duration, no warnings, but a task and a field of its own. */
export const fromApi: SpeechResult = {
	engine: 'api',
	task_id: '4f1d',
	channels: [
		{
			channel_number: 2,
			speech_length: 4,
			segments: [{ segment_type: 'voice', start_time: 1, end_time: 5, speaker_id: 7 } as never],
		},
	],
};
