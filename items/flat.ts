/**
 * Flat items: the forms in which a file gives several. Each has the same columns whatever was found, so that a table, a
 * sheet or a CSV file takes all of them by their names.
 */
import type { Warning } from '../engine/client/protocol';
import { seconds, type Fields } from './fields';
import type { Origin, Provenance, ResultItem } from './result';

/** Seconds of media; null where nobody says. */
export function mediaDuration({ duration }: Provenance): { duration: number | null } {
	return { duration: duration === undefined ? null : seconds(duration) };
}

/** Warnings as one text, `CODE: message`, and an empty one where there are none. */
export function warningText(warnings: Array<Pick<Warning, 'message'> & { code: string }>): string {
	return warnings.map(({ code, message }) => `${code}: ${message}`).join(' | ');
}

/** The facts of a recording in a few words; what is not known is left out. */
export function inWords({ speech_length: length, speech_share: share, first_speech: first }: Fields): string {
	if (typeof first !== 'number') return 'no speech';
	const part = typeof share === 'number' ? ` (${Math.round(share * 100)} %)` : '';
	return `${Number(length).toFixed(1)} s of speech${part}, the first at ${first.toFixed(1)} s`;
}

/** What is within a field as columns of their own: `{ quality: { snr: 9 } }` gives `quality_snr`, and lists become text. */
export function columns(name: string, value: unknown): Fields {
	if (Array.isArray(value)) return { [name]: value.map(String).join(', ') };
	if (typeof value !== 'object' || value === null) return { [name]: value };
	return Object.assign({}, ...Object.entries(value).map(([key, inner]) => columns(`${name}_${key}`, inner))) as Fields;
}

/** The columns that say which file this is about; two may have one name, so `file_index` counts the input items. */
export function fileColumns({ fileName = null, item }: { fileName?: string | null; item: number }): Fields {
	return { file_name: fileName, file_index: item };
}

/** The last columns: the task that the result is of, and how it came about. */
function tail(result: Provenance, { settings }: Origin, simplify: boolean): Fields {
	const { engine, model = null, runtime = null, task_id, correlation_id = null, state = null, media } = result;
	const task = task_id === undefined ? {} : { state, task_id, correlation_id };
	if (simplify) return task;
	const made = task_id === undefined ? { engine, model, runtime } : { engine, model };
	return { ...task, ...made, ...columns('media', media ?? {}), ...columns('settings', settings ?? {}) };
}

/** Items of these columns, each paired with its input item; the last ones say how the result came about. */
export function asFlatItems(all: Fields[], result: Provenance, origin: Origin, simplify: boolean): ResultItem[] {
	const last = tail(result, origin, simplify);
	return all.map((fields) => ({ json: { ...fields, ...last }, pairedItem: { item: origin.item } }));
}
