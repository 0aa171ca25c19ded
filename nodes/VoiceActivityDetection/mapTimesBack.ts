/** Map Times Back: the times in a transcript of cut audio, as times in the recording. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { mapTimes, USUAL_FIELDS, type MappedFields, type MappedTimes, type OddTime } from '../../items/mapTimes';
import { cutLength, timeMapIn, type TimeMap } from '../../items/timeMap';
import { Hints } from '../common/hints';
import { runForEachItem } from '../common/itemLoop';
import { choice, invalid, read, readCollection, shortValue } from '../common/read';
import { END_FIELDS, MAPPING_OPTIONS, START_FIELDS, TIME_MAP, TIME_UNIT, TRANSCRIPT } from './mapTimesParameters';

export async function mapTimesBack(ctx: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const hints = new Hints();
	const items = await runForEachItem(ctx, async (itemIndex) => [mappedItem(ctx, itemIndex, hints)]);
	hints.show(ctx);
	return items;
}

function mappedItem(ctx: IExecuteFunctions, itemIndex: number, hints: Hints): INodeExecutionData {
	const { timeUnit, ...named } = readCollection(ctx, itemIndex, MAPPING_OPTIONS);
	const perSecond = PER_SECOND[choice<string>(TIME_UNIT, timeUnit ?? TIME_UNIT.default)];
	const fields: MappedFields = {
		starts: namesIn(START_FIELDS, named.startFields) ?? USUAL_FIELDS.starts,
		ends: namesIn(END_FIELDS, named.endFields) ?? USUAL_FIELDS.ends,
	};
	const map = readTimeMap(ctx, itemIndex);
	const mapped = mapTimes(readTranscript(ctx, itemIndex), map, fields, perSecond);
	checkMapped(mapped, map, Object.keys(named).length > 0);
	const warnings = warningsOf(mapped, map);
	hints.add(itemIndex, warnings);
	const { binary } = ctx.getInputData()[itemIndex]!;
	return {
		json: { transcript: mapped.transcript as IDataObject, times_count: mapped.count, time_unit: mapped.isMilliseconds ? 'milliseconds' : 'seconds', warnings },
		pairedItem: { item: itemIndex },
		...(binary ? { binary } : {}),
	};
}

const PER_SECOND: Record<string, number | undefined> = { automatic: undefined, milliseconds: 1000, seconds: 1 };

/** Names separated by commas, or a list of them; undefined where none are given. */
function namesIn(parameter: INodeProperties, value: unknown): string[] | undefined {
	if (value === undefined) return undefined;
	const list: unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
	if (!list.every((one) => typeof one === 'string')) throw invalid(parameter, 'must be names of fields, separated by commas', value);
	const names = list.map((name) => name.trim()).filter((name) => name !== '');
	if (names.length === 0) throw invalid(parameter, 'must name at least one field', value);
	return names;
}

/** A value, or what its text says where that is JSON. */
function readTranscript(ctx: IExecuteFunctions, itemIndex: number): unknown {
	const value = read(ctx, itemIndex, TRANSCRIPT);
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value) as unknown;
	} catch {
		if (value.includes('-->')) return value;
		throw invalid(TRANSCRIPT, 'must be JSON, or the text of SRT or WebVTT subtitles', value);
	}
}

function readTimeMap(ctx: IExecuteFunctions, itemIndex: number): TimeMap {
	const given = read(ctx, itemIndex, TIME_MAP);
	const isGiven = given !== undefined && given !== null && given !== '';
	const map = isGiven ? timeMapIn(fromJson(given)) : (timeMapIn(ctx.getInputData()[itemIndex]!.json) ?? fromNodeBefore(ctx, itemIndex));
	if (map) return map;
	if (isGiven) throw invalid(TIME_MAP, 'must be the time_map of an item with speech only audio, or the item of a clip', given);
	throw new VoiceprintError(
		'INVALID_PARAMETER',
		`'${TIME_MAP.displayName}' is empty, and neither the item nor a Voice Activity Detection node before it has one`,
		"Let a Voice Activity Detection node before the transcription produce the audio ('Also Produce': Speech Only Audio or Clips), with One Item per File, " +
			"or name the node: {{ $('Voice Activity Detection').item.json.time_map }}. A recording without speech gives no audio and has no time map.",
	);
}

function fromJson(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value) as unknown;
	} catch {
		throw invalid(TIME_MAP, 'must be JSON', value);
	}
}

/** The map of the item from which this one came, as the nearest node of this kind gave it. */
function fromNodeBefore(ctx: IExecuteFunctions, itemIndex: number): TimeMap | undefined {
	const { name: own, type } = ctx.getNode();
	for (const { name } of ctx.getParentNodes(own).filter((node) => node.type === type && node.name !== own)) {
		try {
			const map = timeMapIn(ctx.evaluateExpression(`{{ $(${JSON.stringify(name)}).item.json }}`, itemIndex));
			if (map) return map;
		} catch {
			// It did not run, or its items are not told apart.
		}
	}
	return undefined;
}

/** @throws VoiceprintError INVALID_PARAMETER where the transcript cannot be one of this cut audio */
function checkMapped({ count, outside, unread }: MappedTimes, map: TimeMap, isNamed: boolean): void {
	const [odd] = unread;
	if (odd && isNamed) throw new VoiceprintError('INVALID_PARAMETER', `'${TRANSCRIPT.displayName}' has something else than a time in ${told(odd)}`, `Give other names in '${START_FIELDS.displayName}' and '${END_FIELDS.displayName}'.`);
	if (count === 0) {
		throw new VoiceprintError(
			'INVALID_PARAMETER',
			`'${TRANSCRIPT.displayName}' has no times`,
			'Ask the transcription service for them: with OpenAI the response format verbose_json, with others word timestamps. Where the fields have ' +
				`unusual names, give them in the options '${START_FIELDS.displayName}' and '${END_FIELDS.displayName}'.`,
		);
	}
	if (2 * outside.length <= count) return;
	throw new VoiceprintError(
		'INVALID_PARAMETER',
		`'${TRANSCRIPT.displayName}' is not one of this cut audio: ${outside.length} of its ${count} times are outside of the ${cutLength(map)} s that it lasts, the first in ${told(outside[0]!)}`,
		`Check that the transcription service got the speech only audio or the clip, that '${TIME_MAP.displayName}' belongs to the same recording, and '${TIME_UNIT.displayName}'.`,
	);
}

const told = ({ path, value }: OddTime) => `${path === '' ? 'the text' : shortValue(path)} (${shortValue(JSON.stringify(value) ?? String(value))})`;

interface MappingWarning {
	code: 'TIMES_OUTSIDE' | 'TIMES_NOT_READ';
	message: string;
}

const times = (count: number) => (count === 1 ? '1 time' : `${count} times`);

function warningsOf({ outside, unread }: MappedTimes, map: TimeMap): MappingWarning[] {
	const warnings: MappingWarning[] = [];
	if (outside.length > 0) {
		const message = `${times(outside.length)} outside of the ${cutLength(map)} s of cut audio, the first in ${told(outside[0]!)}: taken to its beginning or end`;
		warnings.push({ code: 'TIMES_OUTSIDE', message });
	}
	if (unread.length > 0) warnings.push({ code: 'TIMES_NOT_READ', message: `${times(unread.length)} could not be read and stay as they are, the first in ${told(unread[0]!)}` });
	return warnings;
}
