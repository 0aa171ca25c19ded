/** Which voiceprints are of one conversation, and so who speaks with whom. */
import { parsePath, valueAt } from '../common/path';
import { invalid, readCollection } from '../common/read';
import { CONVERSATION_FIELD, OPTIONS } from './parameters';
import { recordingKey } from './recordings';
import type { Session } from './session';

/** What is the same for voiceprints of one conversation; undefined where nobody knows. */
export type ConversationOf = (itemIndex: number) => unknown;

/** @throws VoiceprintError INVALID_PARAMETER */
export function readConversations({ ctx }: Session): ConversationOf {
	const field = readCollection(ctx, 0, OPTIONS).conversationField ?? CONVERSATION_FIELD.default;
	if (typeof field !== 'string') throw invalid(CONVERSATION_FIELD, 'must be the name of a field', field);
	const input = ctx.getInputData();
	if (field.trim() === '') return (itemIndex) => recordingKey(input[itemIndex]!.json);
	const path = parsePath(field);
	return (itemIndex) => {
		const value = valueAt(input[itemIndex]!.json, path);
		return value === null || value === '' ? undefined : value;
	};
}

export interface Voice {
	/** Of the speaker. */
	name: string;
	itemIndex: number;
	conversation: unknown;
	channel: unknown;
}

/**
 * For each speaker, the others with whom there is a conversation.
 * @param names of the speakers, in the order in which they are to be listed
 * @param isRecording whether a conversation is one recording, in which each channel can be there only once
 */
export function speakersTogether(names: string[], voices: Voice[], isRecording: boolean): Map<string, string[]> {
	const present = new Map<unknown, { names: Set<string>; channels: unknown[] }>();
	for (const { name, conversation, channel } of voices) {
		if (conversation === undefined) continue;
		const one = present.get(conversation) ?? { names: new Set(), channels: [] };
		one.names.add(name);
		one.channels.push(channel);
		present.set(conversation, one);
	}
	// A channel that is there twice is of two recordings that look the same, and nobody knows who is in which.
	const isClear = ({ channels }: { channels: unknown[] }) => !isRecording || new Set(channels).size === channels.length;
	const clear = [...present.values()].filter(isClear);
	return new Map(
		names.map((name) => {
			const others = new Set(clear.filter((one) => one.names.has(name)).flatMap((one) => [...one.names]));
			return [name, names.filter((other) => other !== name && others.has(other))];
		}),
	);
}
