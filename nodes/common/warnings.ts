import type { Warning } from '../../engine/client/protocol';

/** Silence is an answer, not an error: the API leaves it at that, and here it is said. */
export function noSpeech(channel_number: number, consequence = ''): Warning {
	return { code: 'NO_SPEECH', message: `No speech was found in channel ${channel_number}${consequence}`, channel_number };
}
