/** Diarization error rate, as NIST defines it: overlap counts, speakers are mapped as is best for the whole recording. */

export interface Turn {
	/** Seconds. */
	start: number;
	end: number;
	speaker: string;
}

/** Seconds. */
export interface DiarizationErrors {
	/** Speech of the reference, that of each speaker. */
	speech: number;
	missed: number;
	falseAlarm: number;
	confused: number;
}

/** Frames per second on which is compared: RTTM says milliseconds. */
const RATE = 1000;

export function readRttm(text: string): Turn[] {
	return text.split('\n').flatMap((line) => {
		const fields = line.trim().split(/\s+/);
		if (fields[0] !== 'SPEAKER') return [];
		const [start, length] = [Number(fields[3]), Number(fields[4])];
		return [{ start, end: start + length, speaker: fields[7] }];
	});
}

const speakersOf = (turns: readonly Turn[]) => [...new Set(turns.map(({ speaker }) => speaker))];

function framesOf(turns: readonly Turn[], speaker: string, length: number): Uint8Array {
	const frames = new Uint8Array(length);
	for (const turn of turns) if (turn.speaker === speaker) frames.fill(1, Math.round(turn.start * RATE), Math.round(turn.end * RATE));
	return frames;
}

/**
 * The pairing of rows with columns that has the largest sum: Hungarian method with potentials.
 * @param values `[rows][columns]`, any sizes
 * @returns for each row its column, -1 for none
 */
export function bestPairing(values: readonly number[][]): number[] {
	const [rows, columns] = [values.length, values[0]?.length ?? 0];
	const size = Math.max(rows, columns);
	const cost = (row: number, column: number) => -(values[row]?.[column] ?? 0);
	const [u, v] = [new Float64Array(size + 1), new Float64Array(size + 1)];
	const rowOf = new Int32Array(size + 1);
	for (let row = 1; row <= size; row++) {
		rowOf[0] = row;
		const least = new Float64Array(size + 1).fill(Infinity);
		const before = new Int32Array(size + 1);
		const isUsed = new Uint8Array(size + 1);
		let column = 0;
		do {
			isUsed[column] = 1;
			let [delta, next] = [Infinity, 0];
			for (let j = 1; j <= size; j++) {
				if (isUsed[j]) continue;
				const reduced = cost(rowOf[column] - 1, j - 1) - u[rowOf[column]] - v[j];
				if (reduced < least[j]) [least[j], before[j]] = [reduced, column];
				if (least[j] < delta) [delta, next] = [least[j], j];
			}
			for (let j = 0; j <= size; j++) {
				if (isUsed[j]) {
					u[rowOf[j]] += delta;
					v[j] -= delta;
				} else least[j] -= delta;
			}
			column = next;
		} while (rowOf[column] !== 0);
		for (; column !== 0; column = before[column]) rowOf[column] = rowOf[before[column]];
	}
	const pairing = Array<number>(rows).fill(-1);
	for (let column = 1; column <= columns; column++) if (rowOf[column] <= rows) pairing[rowOf[column] - 1] = column - 1;
	return pairing;
}

/** @param collar seconds around each boundary of the reference that do not count */
export function diarizationErrors(reference: readonly Turn[], found: readonly Turn[], collar = 0): DiarizationErrors {
	const length = Math.ceil(Math.max(0, ...[...reference, ...found].map(({ end }) => end)) * RATE) + 1;
	const counts = new Uint8Array(length).fill(1);
	const margin = Math.round(collar * RATE);
	if (margin > 0) {
		for (const { start, end } of reference) {
			for (const edge of [start, end]) counts.fill(0, Math.max(0, Math.round(edge * RATE) - margin), Math.round(edge * RATE) + margin);
		}
	}
	const theirs = speakersOf(reference).map((speaker) => framesOf(reference, speaker, length));
	const ours = speakersOf(found).map((speaker) => framesOf(found, speaker, length));
	const common = theirs.map((one) => ours.map((other) => one.reduce((sum, talks, i) => sum + (talks & other[i] & counts[i]), 0)));
	const pairing = ours.length === 0 ? theirs.map(() => -1) : bestPairing(common);
	const errors = { speech: 0, missed: 0, falseAlarm: 0, confused: 0 };
	for (let i = 0; i < length; i++) {
		if (!counts[i]) continue;
		const talking = theirs.reduce((sum, frames) => sum + frames[i], 0);
		const heard = ours.reduce((sum, frames) => sum + frames[i], 0);
		const right = pairing.reduce((sum, column, row) => sum + (column === -1 ? 0 : theirs[row][i] & ours[column][i]), 0);
		errors.speech += talking;
		errors.missed += Math.max(0, talking - heard);
		errors.falseAlarm += Math.max(0, heard - talking);
		errors.confused += Math.min(talking, heard) - right;
	}
	for (const key of Object.keys(errors) as Array<keyof DiarizationErrors>) errors[key] /= RATE;
	return errors;
}
