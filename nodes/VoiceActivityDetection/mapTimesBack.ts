/** Map Times Back: the times in a transcript of cut audio, as times in the recording. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { mapTimes, type MappedTimes, type OddTime } from '../../items/mapTimes';
import { USUAL_FIELDS, type MappedFields } from '../../items/timeFields';
import { cutLength, timeMapIn, type TimeMap } from '../../items/timeMap';
import { millisecondPlaces } from '../../items/timeUnits';
import { Hints } from '../common/hints';
import { runForEachItem } from '../common/itemLoop';
import { invalid, json, read, readCollection, shortValue } from '../common/read';
import { readTimeUnit } from '../common/timeUnit';
import { END_FIELDS, MAPPING_OPTIONS, START_FIELDS, TIME_MAP, TIME_UNIT, TRANSCRIPT } from './mapTimesParameters';

export async function mapTimesBack(ctx: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const hints = new Hints();
	const readings = ctx.getInputData().map((_, itemIndex) => readingOf(ctx, itemIndex));
	// All items are of one service: what a long one tells holds for a word that is an item.
	const millisecondsIn = new Set(readings.flatMap((reading) => ('asked' in reading ? reading.asked.millisecondsIn : [])));
	const items = await runForEachItem(ctx, async (itemIndex) => {
		const reading = readings[itemIndex]!;
		if ('error' in reading) throw reading.error;
		return [mappedItem(ctx, itemIndex, reading.asked, millisecondsIn, hints)];
	});
	hints.show(ctx);
	return items;
}

interface Asked {
	transcript: unknown;
	map: TimeMap;
	fields: MappedFields;
	/** Undefined: the numbers are to tell. */
	perSecond: number | undefined;
	/** Places in which they tell that they are milliseconds. */
	millisecondsIn: string[];
	/** Whether the user named the fields. */
	isNamed: boolean;
}

function readAsked(ctx: IExecuteFunctions, itemIndex: number): Asked {
	const { timeUnit, ...named } = readCollection(ctx, itemIndex, MAPPING_OPTIONS);
	const perSecond = readTimeUnit(TIME_UNIT, timeUnit);
	const fields: MappedFields = {
		starts: namesIn(START_FIELDS, named.startFields) ?? USUAL_FIELDS.starts,
		ends: namesIn(END_FIELDS, named.endFields) ?? USUAL_FIELDS.ends,
	};
	const [transcript, map] = [readTranscript(ctx, itemIndex), readTimeMap(ctx, itemIndex)];
	const millisecondsIn = perSecond === undefined ? millisecondPlaces(transcript, fields, map) : [];
	return { transcript, map, fields, perSecond, millisecondsIn, isNamed: Object.keys(named).length > 0 };
}

/** What an item asks for, or why that cannot be read. */
type Reading = { asked: Asked } | { error: unknown };

function readingOf(ctx: IExecuteFunctions, itemIndex: number): Reading {
	try {
		return { asked: readAsked(ctx, itemIndex) };
	} catch (error) {
		return { error };
	}
}

function mappedItem(ctx: IExecuteFunctions, itemIndex: number, asked: Asked, millisecondsIn: ReadonlySet<string>, hints: Hints): INodeExecutionData {
	const { transcript, map, fields, perSecond, isNamed } = asked;
	let isMilliseconds = perSecond === 1000;
	const unitAt = (place: string) => {
		if (perSecond === undefined && millisecondsIn.has(place)) isMilliseconds = true;
		return perSecond ?? (millisecondsIn.has(place) ? 1000 : 1);
	};
	const mapped = mapTimes(transcript, map, { fields, unitAt });
	checkMapped(mapped, map, isNamed);
	const warnings = warningsOf(mapped, map);
	hints.add(itemIndex, warnings);
	const { binary } = ctx.getInputData()[itemIndex]!;
	return {
		json: { transcript: mapped.transcript as IDataObject, times_count: mapped.count, time_unit: isMilliseconds ? 'milliseconds' : 'seconds', warnings },
		pairedItem: { item: itemIndex },
		...(binary ? { binary } : {}),
	};
}

/** Names separated by commas, or a list of them; undefined where none are given. */
function namesIn(parameter: INodeProperties, value: unknown): string[] | undefined {
	if (value === undefined) return undefined;
	const list: unknown[] = typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
	if (!list.every((one) => typeof one === 'string')) throw invalid(parameter, 'must be names of fields, separated by commas', value);
	const names = list.map((name) => name.trim()).filter((name) => name !== '');
	if (names.length === 0) throw invalid(parameter, 'must name at least one field', value);
	return names;
}

/** JSON, or the text of subtitles. @throws VoiceprintError INVALID_PARAMETER */
function readTranscript(ctx: IExecuteFunctions, itemIndex: number): unknown {
	const value = read(ctx, itemIndex, TRANSCRIPT);
	const transcript = typeof value === 'string' ? parsed(value) : value;
	const isSubtitles = typeof transcript === 'string' && transcript.includes('-->');
	const holdsSomething = typeof transcript === 'object' && transcript !== null && Object.keys(transcript).length > 0;
	if (isSubtitles || holdsSomething) return transcript;
	throw invalid(TRANSCRIPT, 'must be JSON, or the text of SRT or WebVTT subtitles', value);
}

/** What a text says where it is JSON, else the text. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
}

function readTimeMap(ctx: IExecuteFunctions, itemIndex: number): TimeMap {
	const given = read(ctx, itemIndex, TIME_MAP);
	const isGiven = given !== undefined && given !== null && given !== '';
	const map = isGiven ? timeMapIn(json(TIME_MAP, given)) : (timeMapIn(ctx.getInputData()[itemIndex]!.json) ?? fromNodeBefore(ctx, itemIndex));
	if (map) return map;
	if (isGiven) throw invalid(TIME_MAP, 'must be the time_map of an item with speech only audio, or the item of a clip', given);
	throw new VoiceprintError(
		'INVALID_PARAMETER',
		`'${TIME_MAP.displayName}' is empty, and neither the item nor a Voice Activity Detection node before it has one`,
		"Let a Voice Activity Detection node before the transcription produce the audio ('Also Produce': Speech Only Audio or Clips), with One Item per File, " +
			"or name the node: {{ $('Voice Activity Detection').item.json.time_map }}. A recording without speech gives no audio and has no time map.",
	);
}

/** The nodes that cut audio. */
const CUTTERS = ['voiceActivityDetection', 'speakerDiarization'];

/**
 * The map of the item from which this one came, as the nearest node gave it that cuts audio.
 * @throws VoiceprintError INVALID_PARAMETER where that node's items are not told apart
 */
function fromNodeBefore(ctx: IExecuteFunctions, itemIndex: number): TimeMap | undefined {
	const { name: own, type } = ctx.getNode();
	const types = CUTTERS.map((cutter) => `${type.slice(0, type.lastIndexOf('.'))}.${cutter}`);
	// n8n gives those first that are farthest.
	const nodes = ctx.getParentNodes(own).reverse();
	for (const { name } of nodes.filter((node) => types.includes(node.type) && node.name !== own)) {
		const json = itemOf(ctx, name, itemIndex);
		// An empty map is one too: the recording had no speech, and a node before has another's.
		if (json && (json.time_map !== undefined || timeMapIn(json))) return timeMapIn(json);
	}
	return undefined;
}

/** JSON of a node's item from which an item came; undefined where the node did not run or cut nothing. */
function itemOf(ctx: IExecuteFunctions, node: string, itemIndex: number): IDataObject | undefined {
	const from = (what: string) => ctx.evaluateExpression(`{{ $(${JSON.stringify(node)}).${what} }}`, itemIndex) as unknown;
	if (from('isExecuted') !== true) return undefined;
	try {
		return from('item.json') as IDataObject;
	} catch {
		// Its items are not told apart.
	}
	const all = from('all()') as INodeExecutionData[];
	if (!all.some(({ json }) => timeMapIn(json))) return undefined;
	throw new VoiceprintError(
		'INVALID_PARAMETER',
		`'${TIME_MAP.displayName}' is empty, and n8n does not know from which item of '${node}' this one came`,
		`A node between them does not say which item it made of which. Give the map as '${TIME_MAP.displayName}', such as {{ $('${node}').all()[$itemIndex].json.time_map }} where the items are still in order.`,
	);
}

/** @throws VoiceprintError INVALID_PARAMETER where the transcript cannot be one of this cut audio */
function checkMapped({ count: mapped, outside, foreign, unread }: MappedTimes, map: TimeMap, isNamed: boolean): void {
	const [odd] = unread;
	const [count, beyond] = [mapped + foreign.length, [...outside, ...foreign]];
	if (odd && isNamed) throw new VoiceprintError('INVALID_PARAMETER', `'${TRANSCRIPT.displayName}' has something else than a time in ${told(odd)}`, `Give other names in '${START_FIELDS.displayName}' and '${END_FIELDS.displayName}'.`);
	if (count === 0) {
		throw new VoiceprintError(
			'INVALID_PARAMETER',
			`'${TRANSCRIPT.displayName}' has no times`,
			'Ask the transcription service for them: with OpenAI the response format verbose_json, with others word timestamps. Where the fields have ' +
				`unusual names, give them in the options '${START_FIELDS.displayName}' and '${END_FIELDS.displayName}'.`,
		);
	}
	if (2 * beyond.length <= count) return;
	throw new VoiceprintError(
		'INVALID_PARAMETER',
		`'${TRANSCRIPT.displayName}' is not one of this cut audio: ${beyond.length} of its ${count} times are outside of the ${cutLength(map)} s that it lasts, the first in ${told(beyond[0]!)}`,
		`Check that the transcription service got the speech only audio or the clip, that '${TIME_MAP.displayName}' belongs to the same recording, and '${TIME_UNIT.displayName}'.`,
	);
}

const told = ({ path, value }: OddTime) => `${path === '' ? 'the text' : shortValue(path)} (${shortValue(JSON.stringify(value) ?? String(value))})`;

interface MappingWarning {
	code: 'TIMES_OUTSIDE' | 'TIMES_NOT_READ';
	message: string;
}

const times = (count: number) => (count === 1 ? '1 time' : `${count} times`);

function warningsOf({ outside, foreign, unread }: MappedTimes, map: TimeMap): MappingWarning[] {
	const warnings: MappingWarning[] = [];
	if (outside.length > 0) {
		const message = `${times(outside.length)} outside of the ${cutLength(map)} s of cut audio, the first in ${told(outside[0]!)}: taken to its beginning or end`;
		warnings.push({ code: 'TIMES_OUTSIDE', message });
	}
	if (foreign.length > 0) {
		const message = `${times(foreign.length)} far outside of the ${cutLength(map)} s of cut audio, the first in ${told(foreign[0]!)}: no times of it, and left as they are`;
		warnings.push({ code: 'TIMES_OUTSIDE', message });
	}
	if (unread.length > 0) warnings.push({ code: 'TIMES_NOT_READ', message: `${times(unread.length)} could not be read and stay as they are, the first in ${told(unread[0]!)}` });
	return warnings;
}
