/** Grouped voiceprints as items: one per voiceprint that says whose it is, or one per speaker that lists the voiceprints. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Normalizer } from '../../voiceprints/cohort';
import { mergeVoiceprints } from '../../voiceprints/merge';
import { parsePath, valueAt } from '../common/path';
import { invalid, readCollection } from '../common/read';
import { rounded, type Decision } from './decision';
import { asSide, sideOf, type Reading } from './drivers/driver';
import { gathered, inPlace, type Placed } from './members';
import { mergedFields } from './merge';
import { CONVERSATION_FIELD, OPTIONS } from './parameters';
import type { Session } from './session';
import { emptyVoiceprint, littleSpeech, outside } from './warnings';

/** Which voiceprint is of which speaker; lists run over the voiceprints with speech. */
export interface Grouped {
	decision: Decision;
	model: string | null;
	/** Index of the item. */
	items: number[];
	/** Number of the speaker, from 0 on. */
	speakers: number[];
	readings: Reading[];
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
	const found = speakers.flatMap(({ name, members }) =>
		members.map((member): Placed => {
			const place = grouped.items[member]!;
			const reading = grouped.readings[member]!;
			const length = reading.speechLength;
			const beyond = outside(grouped.decision.calibration, asSide(sideOf(reading)), 'The voiceprint');
			const fields = { speaker: name, ...aboutItem(session, place), speech_length: rounded(length), ...shared };
			return { place, item: session.item(place, fields, [...littleSpeech([length], ['The voiceprint']), ...beyond]) };
		}),
	);
	const silent = grouped.silent.map((place): Placed => {
		const fields = { speaker: null, ...aboutItem(session, place), speech_length: 0, ...shared };
		return { place, item: session.item(place, fields, [emptyVoiceprint('it is of no speaker')]) };
	});
	return inPlace([...failed, ...found, ...silent]);
}

/** Errors come last, as their items have no place among the speakers. */
export async function itemPerSpeaker(session: Session, grouped: Grouped, failed: Placed[]): Promise<INodeExecutionData[]> {
	const speakers = speakersOf(grouped);
	const together = conversations(session, grouped, speakers);
	const { model } = grouped;
	const normalizer = model === null ? undefined : await session.driver.normalizer(model, 0);
	for (const itemIndex of grouped.silent) session.hint(itemIndex, emptyVoiceprint('it is of no speaker'));
	const items = speakers.map((speaker) => {
		const [first, ...others] = speaker.members.map((member) => grouped.items[member]!) as [number, ...number[]];
		const fields = {
			speaker: speaker.name,
			speakers_count: speakers.length,
			voiceprints_count: speaker.members.length,
			speech_length: rounded(speaker.speechLength),
			members: speaker.members.map((member) => ({
				item: grouped.items[member]!,
				...aboutItem(session, grouped.items[member]!),
				speech_length: rounded(grouped.readings[member]!.speechLength),
			})),
			together_with: together.get(speaker.name) ?? [],
			...provenance(grouped),
			...voiceprintOf(grouped, speaker, normalizer),
		};
		return session.item(first, fields, littleSpeech([speaker.speechLength], [`All of ${speaker.name}`]), others);
	});
	return [...items, ...inPlace(failed)];
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

/** What says which recording it is, where Extract Voiceprint or somebody else has said so. */
function aboutItem({ ctx }: Session, itemIndex: number): IDataObject {
	const { json } = ctx.getInputData()[itemIndex]!;
	const fields = ['file_name', 'channel_number'].filter((name) => json[name] !== undefined);
	return Object.fromEntries(fields.map((name) => [name, json[name]]));
}

/** For each speaker, the others with whom there is a conversation. */
function conversations(session: Session, { items }: Grouped, speakers: Speaker[]): Map<string, string[]> {
	const field = readCollection(session.ctx, 0, OPTIONS).conversationField ?? CONVERSATION_FIELD.default;
	if (typeof field !== 'string') throw invalid(CONVERSATION_FIELD, 'must be the name of a field', field);
	const path = parsePath(field);
	const inputs = session.ctx.getInputData();
	const present = new Map<unknown, Set<string>>();
	for (const { name, members } of speakers) {
		for (const member of members) {
			const conversation = valueAt(inputs[items[member]!]!.json, path);
			if (conversation === undefined || conversation === null || conversation === '') continue;
			present.set(conversation, (present.get(conversation) ?? new Set()).add(name));
		}
	}
	const order = speakers.map(({ name }) => name);
	return new Map(
		order.map((name) => {
			const others = new Set([...present.values()].filter((names) => names.has(name)).flatMap((names) => [...names]));
			return [name, order.filter((other) => other !== name && others.has(other))];
		}),
	);
}

/** What all voiceprints of a speaker say together; a server's voiceprints cannot be merged here. */
function voiceprintOf({ readings }: Grouped, { members }: Speaker, normalizer: Normalizer | undefined): IDataObject {
	const voiceprints = members.flatMap((member) => readings[member]!.voiceprint ?? []);
	if (voiceprints.length === 0) return {};
	const { engine: _engine, model: _model, speech_length: _length, ...fields } = mergedFields(
		mergeVoiceprints(voiceprints, normalizer),
	);
	return fields;
}
