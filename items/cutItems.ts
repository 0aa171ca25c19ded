/** What was cut out of a recording, as fields of its items: the facts of speech only audio, and an item for each clip. */
import type { ClipArtefact, SpeechOnlyArtefact } from '../engine/client/protocol';
import { seconds, type Fields } from './fields';
import { warningText } from './flat';

/** Null where nothing could be cut: no speech was found, or a warning says why. */
export function speechOnlyFields(made: SpeechOnlyArtefact | undefined): Fields {
	return {
		speech_only_length: made?.length ?? null,
		removed_length: made?.removedLength ?? null,
		minutes_saved: made ? Math.round(made.removedLength / 0.6) / 100 : null,
	};
}

/** A list, so not a column of a table. */
export const timeMapField = (made: SpeechOnlyArtefact | undefined): Fields => ({ time_map: made?.timeMap ?? [] });

/** Puts fields in front of the first list or object, where the long part of an item begins. */
export function withFields(json: Fields, fields: Fields): Fields {
	const entries = Object.entries(json);
	const at = entries.findIndex(([, value]) => typeof value === 'object' && value !== null);
	const place = at < 0 ? entries.length : at;
	return Object.fromEntries([...entries.slice(0, place), ...Object.entries(fields), ...entries.slice(place)]);
}

/** Of the file that a clip is from; what the item for the file does not have is left out. */
function factsOfFile({ file_name, duration, has_speech, speech_length, speech_share, warnings }: Fields): Fields {
	const facts = { has_speech, speech_length, speech_share, file_duration: duration, file_name };
	const text = Array.isArray(warnings) ? warningText(warnings as Parameters<typeof warningText>[0]) : (warnings ?? '');
	return { ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)), warnings: text };
}

/** @param file JSON of the item for the whole file */
export function clipFields({ index, startTime, endTime, length, ...clip }: ClipArtefact, count: number, file: Fields): Fields {
	return {
		clip_index: index,
		start_time: startTime,
		end_time: endTime,
		duration: seconds(length),
		channel_number: clip.channelNumber ?? null,
		...(clip.speaker === undefined ? {} : { speaker: clip.speaker, name: clip.name ?? null }),
		segments_count: clip.segments,
		is_part: clip.isPart,
		echo_of_channel: clip.echoOfChannel ?? null,
		clips_count: count,
		clip_size: clip.size,
		...factsOfFile(file),
	};
}

/** Stands for the clips of a file that gives none: a branch without items would end there without a word. */
export function noClipFields(file: Fields): Fields {
	const none = { clip_index: null, start_time: null, end_time: null, duration: null, channel_number: null, segments_count: 0, is_part: null };
	return { ...none, echo_of_channel: null, clips_count: 0, clip_size: null, ...factsOfFile(file) };
}
