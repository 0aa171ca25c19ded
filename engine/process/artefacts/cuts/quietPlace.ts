/** Where a stretch that is too long for a limit is divided: at the quietest place, which is between words and not in one. */
import type { Sound } from './cutSound';
import type { Piece } from './pieces';

/** Seconds of sound that has to be quiet, and steps in which it is looked for. */
const QUIET = 0.12;
const HOP = 0.01;

/** Parts are of about one length; this share of it may go over to the one before or after. */
const SLACK = 0.4;

/** Seconds around the place that is wanted in which to look at most. */
const FARTHEST = 30;

/** Seconds in which there is a pause in nearly all speech. */
const ENOUGH = 2;

/** Energy of all channels in each hop between two samples. */
function energies(sound: Sound, from: number, to: number): Float64Array {
	const hop = Math.max(1, Math.round(HOP * sound.rate));
	const found = new Float64Array(Math.ceil((to - from) / hop));
	const samples = new Float32Array(hop);
	for (let i = 0; i < found.length; i++) {
		const part = samples.subarray(0, Math.min(hop, to - from - i * hop));
		for (let channel = 0; channel < sound.channels; channel++) {
			sound.read(channel, from + i * hop, part);
			for (const sample of part) found[i]! += sample * sample;
		}
	}
	return found;
}

/** The sample in the middle of the quietest stretch between two; the nearest to `wanted` of several. */
export function quietestPlace(sound: Sound, from: number, to: number, wanted: number): number {
	const hop = Math.max(1, Math.round(HOP * sound.rate));
	const found = energies(sound, from, to);
	const width = Math.min(found.length, Math.round(QUIET / HOP));
	let sum = found.subarray(0, width).reduce((all, one) => all + one, 0);
	let best = { energy: Infinity, place: wanted };
	for (let first = 0; first + width <= found.length; first++) {
		const place = Math.min(to, from + Math.round((first + width / 2) * hop));
		const isNearer = Math.abs(place - wanted) < Math.abs(best.place - wanted);
		// What rounding leaves of a sum that goes up and down is no energy.
		const energy = Math.max(0, sum) + 1e-9;
		if (energy < best.energy * 0.999 || (energy <= best.energy * 1.001 && isNearer)) best = { energy, place };
		sum += (found[first + width] ?? 0) - found[first]!;
	}
	return best.place;
}

/**
 * A stretch in parts that are not longer than `longest`, about as long as each other.
 * @param longest samples, 2 or more
 */
export function divide(sound: Sound, { start, end }: Piece, longest: number): Piece[] {
	const parts: Piece[] = [];
	let from = start;
	while (end - from > longest) {
		const place = placeOf(sound, from, end, longest);
		parts.push({ start: from, end: place });
		from = place;
	}
	parts.push({ start: from, end });
	return parts;
}

/** Where the first part of a stretch ends. */
function placeOf(sound: Sound, from: number, end: number, longest: number): number {
	const left = end - from;
	let count = Math.ceil(left / longest);
	// Parts that are nearly as long as may be leave no room to look for a pause: then one part more.
	const room = Math.min(ENOUGH * sound.rate, longest / 8);
	if (count * longest - left < room) count += 1;
	const length = left / count;
	const wanted = from + Math.round(length);
	const reach = Math.min(SLACK * length, FARTHEST * sound.rate);
	const first = Math.max(wanted - reach, end - (count - 1) * longest, from + 1);
	const last = Math.min(wanted + reach, from + longest);
	return Math.max(from + 1, Math.min(from + longest, quietestPlace(sound, Math.round(first), Math.round(last), wanted)));
}
