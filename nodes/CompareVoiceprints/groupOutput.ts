/** Grouped voiceprints as items: one per voiceprint that says whose it is, or one per speaker that lists the voiceprints. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
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
import { memberText, recordingOf, repeated, sameVoiceprint } from './recordings';
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
	const count = { speakers_count: speakers.length };
	const last = { ...grouped.decision.fields, ...provenance(grouped) };
	const inParts = whereInParts(session);
	const others = repeated(grouped.readings.map(({ source }) => source.voiceprint));
	const found = speakers.flatMap(({ name, members }) =>
		members.map((member): Placed => {
			const place = grouped.items[member]!;
			const reading = grouped.readings[member]!;
			const { speechLength, source } = reading;
			const fields = { speaker: name, ...count, ...source.recording, speech_length: rounded(speechLength), warnings: '', ...last };
			const other = others[member];
			const same = other === undefined ? [] : [sameVoiceprint(`The voiceprint of item ${grouped.items[other]!}`)];
			const beyond = outside(grouped.decision.calibration, asSide(sideOf(reading)), 'The voiceprint');
			const warnings = [...littleSpeech([speechLength], ['The voiceprint']), ...beyond, ...same, ...inParts];
			return { place, item: session.item(place, fields, warnings) };
		}),
	);
	const silent = grouped.silent.map((place): Placed => {
		const recording = recordingOf(session.ctx.getInputData()[place]!);
		const fields = { speaker: null, ...count, ...recording, speech_length: 0, warnings: '', ...last };
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
			members: speaker.members.map((member) => memberText(grouped.items[member]!, grouped.readings[member]!.source.recording)).join(', '),
			together_with: (together.get(speaker.name) ?? []).join(', '),
			warnings: '',
			...grouped.decision.fields,
			...voiceprintOf(session, grouped, speaker, normalizer),
			...provenance(grouped),
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

/** Speakers of one run of the node have nothing to do with those of another, though they have the same names. */
function whereInParts({ ctx }: Session): CompareWarning[] {
	const runs = earlierRuns(ctx);
	if (runs === 0) return [];
	const message =
		`This is run ${runs + 1} of the node in this execution, and its speakers are not those of the runs before, whatever their names: ` +
		'it is in a loop, or several nodes are connected to it. Put it behind the loop, or a Merge (Append) before it';
	return [{ code: 'GROUPED_IN_PARTS', message }];
}

function provenance({ model, provenance: { engine, ...more } }: Grouped): IDataObject {
	return { model, engine: engine!, ...more };
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
	const { engine: _engine, model: _model, speech_length: _length, warnings: _warnings, ...fields } = mergedFields(
		mergeVoiceprints(voiceprints, normalizer),
		readWithVector(session),
	);
	return fields;
}
