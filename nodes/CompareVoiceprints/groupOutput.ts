/** Grouped voiceprints as items: one per voiceprint that says whose it is, or one per speaker that lists the voiceprints. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { shortName } from '../../errors';
import type { Normalizer } from '../../voiceprints/cohort';
import { mergeVoiceprints } from '../../voiceprints/merge';
import { readCollection } from '../common/read';
import { earlierRuns } from '../common/wiring';
import { speakersTogether, type ConversationOf } from './conversations';
import { rounded, type Decision } from './decision';
import { asSide, sideOf } from './drivers/driver';
import { gathered, inPlace, type Placed, type Sourced } from './members';
import { mergedFields, readWithVector } from './merge';
import { OPTIONS } from './parameters';
import { recordingOf, repeated, sameVoiceprint } from './recordings';
import type { Session } from './session';
import { emptyVoiceprint, littleSpeech, outside, type CompareWarning } from './warnings';

/** Which voiceprint is of which speaker; lists run over the voiceprints with speech. */
export interface Grouped {
	decision: Decision;
	model: string | null;
	/** Index of the item. */
	items: number[];
	/** Number of the speaker, from 0 on. */
	speakers: number[];
	readings: Sourced[];
	conversationOf: ConversationOf;
	/** Indices of items whose voiceprints have no speech behind them, and so are of nobody. */
	silent: number[];
	/** Who compared. */
	provenance: IDataObject;
}

/** One of the speakers that were found. */
interface Speaker {
	name: string;
	/** Places in the lists of `Grouped`. */
	members: number[];
	/** Seconds; null where nobody knows. */
	speechLength: number | null;
}

export function itemPerVoiceprint(session: Session, grouped: Grouped, failed: Placed[]): INodeExecutionData[] {
	const speakers = speakersOf(grouped);
	const shared = { speakers_count: speakers.length, ...provenance(grouped) };
	const inParts = whereInParts(session);
	const others = repeated(grouped.readings.map(({ source }) => source.voiceprint));
	const found = speakers.flatMap(({ name, members }) =>
		members.map((member): Placed => {
			const place = grouped.items[member]!;
			const reading = grouped.readings[member]!;
			const { speechLength, source } = reading;
			const fields = { speaker: name, ...source.recording, speech_length: rounded(speechLength), ...shared };
			const other = others[member];
			const same = other === undefined ? [] : [sameVoiceprint(`The voiceprint of item ${grouped.items[other]!}`)];
			const beyond = outside(grouped.decision.calibration, asSide(sideOf(reading)), 'The voiceprint');
			const warnings = [...littleSpeech([speechLength], ['The voiceprint']), ...beyond, ...same, ...inParts];
			return { place, item: session.item(place, fields, warnings) };
		}),
	);
	const silent = grouped.silent.map((place): Placed => {
		const fields = { speaker: null, ...recordingOf(session.ctx.getInputData()[place]!), speech_length: 0, ...shared };
		return { place, item: session.item(place, fields, [emptyVoiceprint('it is of no speaker'), ...inParts]) };
	});
	return inPlace([...failed, ...found, ...silent]);
}

/** Errors come last, as their items have no place among the speakers. */
export async function itemPerSpeaker(session: Session, grouped: Grouped, failed: Placed[]): Promise<INodeExecutionData[]> {
	const speakers = speakersOf(grouped);
	const together = conversations(session, grouped, speakers);
	const { model } = grouped;
	const normalizer = model === null ? undefined : await session.driver.normalizer(model, 0);
	const inParts = whereInParts(session);
	const others = repeated(grouped.readings.map(({ source }) => source.voiceprint));
	for (const itemIndex of grouped.silent) session.hint(itemIndex, emptyVoiceprint('it is of no speaker'));
	const items = speakers.map((speaker) => {
		const [first, ...more] = speaker.members.map((member) => grouped.items[member]!) as [number, ...number[]];
		const fields = {
			speaker: speaker.name,
			speakers_count: speakers.length,
			voiceprints_count: speaker.members.length,
			speech_length: rounded(speaker.speechLength),
			members: speaker.members.map((member) => memberText(grouped, member)).join(', '),
			together_with: (together.get(speaker.name) ?? []).join(', '),
			...provenance(grouped),
			...voiceprintOf(session, grouped, speaker, normalizer),
		};
		const same = speaker.members.flatMap((member) => {
			const other = others[member];
			return other === undefined || other > member
				? []
				: [sameVoiceprint(`Of items ${grouped.items[other]!} and ${grouped.items[member]!}, the voiceprint`)];
		});
		const warnings = [...littleSpeech([speaker.speechLength], [`All of ${speaker.name}`]), ...same, ...inParts];
		return session.item(first, fields, warnings, more);
	});
	return [...items, ...inPlace(failed)];
}

/** Such as `2 (call.wav, channel 1)`: the item, and what is known of it. */
function memberText({ items, readings }: Grouped, member: number): string {
	const { file_name, channel_number } = readings[member]!.source.recording;
	const known = [
		...(typeof file_name === 'string' ? [shortName(file_name)] : []),
		...(typeof channel_number === 'number' || typeof channel_number === 'string' ? [`channel ${channel_number}`] : []),
	];
	return `${items[member]!}${known.length > 0 ? ` (${known.join(', ')})` : ''}`;
}

/** Speakers of one run of the node have nothing to do with those of another, though they have the same names. */
function whereInParts({ ctx }: Session): CompareWarning[] {
	const runs = earlierRuns(ctx);
	if (runs === 0) return [];
	const message =
		`This is run ${runs + 1} of the node in this execution, and its speakers are not those of the runs before, whatever their names: ` +
		'it is in a loop, or several nodes are connected to it. Put it behind the loop, or a Merge (Append) before it';
	return [{ code: 'GROUPED_IN_PARTS', message }];
}

function provenance({ decision, model, provenance: { engine, ...more } }: Grouped): IDataObject {
	return { ...decision.fields, engine: engine!, model, ...more };
}

/** Who speaks most comes first. */
function speakersOf({ items, speakers, readings }: Grouped): Speaker[] {
	const members = gathered([...items.keys()], (member) => speakers[member]!);
	const found = [...members.values()].map((ofSpeaker) => {
		const lengths = ofSpeaker.map((member) => readings[member]!.speechLength);
		const isKnown = lengths.every((length) => length !== null);
		return { name: '', members: ofSpeaker, speechLength: isKnown ? lengths.reduce((sum, length) => sum + length, 0) : null };
	});
	found.sort(
		(one, other) =>
			(other.speechLength ?? 0) - (one.speechLength ?? 0) ||
			other.members.length - one.members.length ||
			one.members[0]! - other.members[0]!,
	);
	return found.map((speaker, index) => ({ ...speaker, name: `speaker_${index + 1}` }));
}

/** For each speaker, the others with whom there is a conversation. */
function conversations(session: Session, grouped: Grouped, speakers: Speaker[]): Map<string, string[]> {
	const { items, readings, conversationOf } = grouped;
	const voices = speakers.flatMap(({ name, members }) =>
		members.map((member) => {
			const itemIndex = items[member]!;
			const channel = readings[member]!.source.recording.channel_number;
			return { name, itemIndex, conversation: conversationOf(itemIndex), channel };
		}),
	);
	if (voices.length > 1 && voices.every(({ conversation }) => conversation === undefined)) {
		const message = "No item says of which recording or conversation it is, so 'together_with' is empty: set 'Conversation Field'";
		session.hint(voices[0]!.itemIndex, { code: 'CONVERSATION_UNKNOWN', message });
	}
	const isRecording = (readCollection(session.ctx, 0, OPTIONS).conversationField ?? '') === '';
	return speakersTogether(speakers.map(({ name }) => name), voices, isRecording);
}

/** What all voiceprints of a speaker say together; a server's voiceprints cannot be merged here. */
function voiceprintOf(session: Session, { readings }: Grouped, { members }: Speaker, normalizer: Normalizer | undefined): IDataObject {
	const voiceprints = members.flatMap((member) => readings[member]!.voiceprint ?? []);
	if (voiceprints.length === 0) return {};
	const { engine: _engine, model: _model, speech_length: _length, ...fields } = mergedFields(
		mergeVoiceprints(voiceprints, normalizer),
		readWithVector(session),
	);
	return fields;
}
