/** Merge: one better voiceprint of several ones of the same speaker. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { plainNumbers } from '../../voiceprints/vector';
import { encodeVoiceprint } from '../../voiceprints/encoding';
import { noSpeechBehind } from '../../voiceprints/gallery';
import { mergeVoiceprints, type Merged } from '../../voiceprints/merge';
import { scoreWith } from '../../voiceprints/scoring';
import type { Voiceprint } from '../../voiceprints/voiceprint';
import { errorItem } from '../common/itemLoop';
import { nameOf, parsePath, seenAs, valueAt, type FieldPath } from '../common/path';
import { boolean, invalid, read, readCollection } from '../common/read';
import { rounded } from './decision';
import { GROUP_BY_FIELD } from './fieldParameters';
import { gathered, inPlace, readEach, sameModel, voiceprintReader, type Member, type Placed, type Sourced } from './members';
import { INCLUDE_VECTOR, OPTIONS } from './parameters';
import { memberText, repeated, sameVoiceprint } from './recordings';
import type { Session } from './session';
import { short, type Given } from './voiceprints';
import { emptyVoiceprint, littleSpeech, type CompareWarning } from './warnings';

interface OfGroup {
	/** Value of the field to group by; null where all are one group. */
	key: string | number | null;
	voiceprint: Voiceprint;
	source: Given;
}

export async function merge(session: Session): Promise<INodeExecutionData[]> {
	const groupBy = readGroupBy(session);
	const readVoiceprint = voiceprintReader(session);
	const checks = new Map<string | number | null, ReturnType<typeof sameModel>>();
	const { members, failed } = await readEach<OfGroup>(session, (itemIndex, item) => {
		const key = groupBy ? keyAt(item, groupBy) : null;
		const { voiceprint, source } = readVoiceprint(itemIndex, item) as Sourced & { voiceprint: Voiceprint };
		const check = checks.get(key) ?? sameModel();
		checks.set(key, check);
		check(itemIndex, voiceprint.model);
		return { key, voiceprint, source };
	});
	const groups = gathered(members, ({ value }) => value.key);
	const merged: Placed[] = [];
	for (const [key, group] of groups) {
		if (session.pace.isDue) await session.pace.rest();
		const [first, ...others] = group.map(({ itemIndex }) => itemIndex) as [number, ...number[]];
		try {
			const { fields, warnings } = await mergeGroup(session, group);
			const head = groupBy && key !== null ? { [nameOf(groupBy)]: key } : {};
			merged.push({ place: first, item: session.item(first, { ...head, ...fields }, warnings, others) });
		} catch (error) {
			merged.push({ place: first, item: errorItem(session.ctx, error, first, others) });
		}
	}
	return inPlace([...failed, ...merged]);
}

async function mergeGroup(
	session: Session,
	group: Array<Member<OfGroup>>,
): Promise<{ fields: IDataObject; warnings: CompareWarning[] }> {
	const speaking = group.filter(({ value }) => value.voiceprint.vector.length > 0);
	if (speaking.length === 0) throw noSpeechBehind();
	const [first] = speaking as [Member<OfGroup>];
	const normalizer = await session.driver.normalizer(first.value.voiceprint.model, 0);
	const merged = mergeVoiceprints(speaking.map(({ value }) => value.voiceprint), normalizer);
	const { voiceprint } = merged;
	const empty = group.filter((member) => !speaking.includes(member));
	const warnings = [
		...littleSpeech([voiceprint.speechLength], ['The merged voiceprint']),
		...empty.map(({ itemIndex }) => emptyVoiceprint(`item ${itemIndex} was left out`)),
		...twice(speaking),
		...(await misfits(session, speaking, merged)),
	];
	const members = speaking.map(({ itemIndex, value }) => memberText(itemIndex, value.source.recording)).join(', ');
	return { fields: { merged_from: speaking.length, members, ...mergedFields(merged, readWithVector(session)) }, warnings };
}

/** One recording counts as often as it is there. */
function twice(members: Array<Member<OfGroup>>): CompareWarning[] {
	const others = repeated(members.map(({ value }) => value.source.voiceprint));
	return members.flatMap(({ itemIndex }, place) => {
		const other = others[place];
		return other === undefined || other > place ? [] : [sameVoiceprint(`Of items ${members[other]!.itemIndex} and ${itemIndex}, the voiceprint`)];
	});
}

/** In the shape of a channel of Extract Voiceprint, so that the nodes after it need not know where it comes from. */
export function mergedFields({ voiceprint, consistency }: Merged, withVector: boolean): IDataObject {
	return {
		speech_length: rounded(voiceprint.speechLength),
		consistency_mean: rounded(consistency.mean),
		consistency_minimum: rounded(consistency.minimum),
		warnings: '',
		voiceprint: encodeVoiceprint(voiceprint),
		...(withVector ? { vector: plainNumbers(voiceprint.vector) } : {}),
		model: voiceprint.model,
		engine: 'local',
	};
}

/** Whether the numbers are asked for too. */
export function readWithVector({ ctx }: Session): boolean {
	return boolean(INCLUDE_VECTOR, readCollection(ctx, 0, OPTIONS).includeVectorVoiceprint);
}

/** Members that are rather of somebody else; only with a calibration can that be told. */
async function misfits(session: Session, members: Array<Member<OfGroup>>, merged: Merged): Promise<CompareWarning[]> {
	const { voiceprint, toOthers } = merged;
	const calibration = await session.driver.calibration(voiceprint.model, 0);
	if (!calibration || toOthers.length === 0) return [];
	const score = scoreWith(calibration);
	return members.flatMap(({ itemIndex, value }, index): CompareWarning[] => {
		const others = { ...voiceprint, speechLength: voiceprint.speechLength - value.voiceprint.speechLength };
		const llr = score(toOthers[index]!, value.voiceprint, others);
		if (llr >= calibration.operatingPoints.balanced) return [];
		const message = `The voiceprint of item ${itemIndex} does not fit the others: it may be of another speaker (score ${llr.toFixed(1)})`;
		return [{ code: 'VOICEPRINT_DOES_NOT_FIT', message }];
	});
}

function readGroupBy({ ctx }: Session): FieldPath | undefined {
	const value = read(ctx, 0, GROUP_BY_FIELD);
	if (typeof value !== 'string') throw invalid(GROUP_BY_FIELD, 'must be the name of a field', value);
	return value.trim() === '' ? undefined : parsePath(value);
}

function keyAt({ json }: INodeExecutionData, path: FieldPath): string | number {
	const key = valueAt(json, path);
	if ((typeof key === 'string' && key !== '') || typeof key === 'number') return key;
	const seen = seenAs(json, path);
	throw new VoiceprintError(
		'INVALID_PARAMETER',
		`The item has no text or number in the field '${short(path.text)}', by which to merge${seen ? `: ${seen.what}` : ''}`,
		seen?.remedy ?? `Set '${GROUP_BY_FIELD.displayName}' to a field that every item has, or leave it empty to merge all into one.`,
	);
}
