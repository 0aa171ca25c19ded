/**
 * Voices of short pieces as sums of two random parts: who speaks, and what happens to be said, in which room. Both were
 * measured on many speakers (`training/voiceprint_training/voice_space.py`); along the axes used here the second part has
 * variance 1 and the first one the variance `between`. From that follows what many pieces together say about whether
 * they are one speaker, which no single cosine tells: the axes on which speakers differ count, and many pieces count more
 * than few. Method: two-covariance PLDA (S. Ioffe, Probabilistic Linear Discriminant Analysis, ECCV 2006).
 */
import { VoiceprintError } from '../../../errors';
import { halves } from '../../../voiceprints/float16';
import type { Measure } from './agglomeration';

/** Pieces taken together: along each axis the sum of what they weigh times where they lie, and what they weigh. */
export interface Evidence {
	sum: Float64Array;
	weight: number;
	/** Natural logarithm of how likely they are if one speaker says them, beside if nothing of them is a speaker's. */
	ofOne: number;
}

interface Shape {
	/** Numbers of a voice's vector. */
	dimension: number;
	/** `[dimension]`, taken off a vector first. */
	mean: Float32Array;
	/** `[axes, dimension]`. */
	axes: Float32Array;
	/** `[axes]`, variance of the speakers along each axis. */
	between: Float32Array;
}

export class VoiceSpace {
	private readonly size: number;

	constructor(private readonly shape: Shape) {
		this.size = shape.between.length;
	}

	/** @returns where a voice lies along each axis */
	project(vector: Float32Array): Float64Array {
		const { dimension, mean, axes } = this.shape;
		const centred = Float64Array.from(vector, (value, i) => value - mean[i]!);
		return Float64Array.from({ length: this.size }, (_, axis) => {
			let sum = 0;
			for (let i = 0; i < dimension; i++) sum += axes[axis * dimension + i]! * centred[i]!;
			return sum;
		});
	}

	/** @param pieces where each lies, and how many independent ones it counts for; one at least */
	evidence(pieces: ReadonlyArray<{ place: Float64Array; weight: number }>): Evidence {
		const sum = Float64Array.from({ length: this.size }, (_, axis) => pieces.reduce((total, { place, weight }) => total + weight * place[axis]!, 0));
		return this.withLikelihood(sum, pieces.reduce((total, { weight }) => total + weight, 0));
	}

	/** @returns sum of squared distances from their mean, per axis: of `n` pieces of one speaker about `n - 1` */
	scatter(places: readonly Float64Array[]): number {
		let scatter = 0;
		for (let axis = 0; axis < this.size; axis++) {
			const mean = places.reduce((sum, place) => sum + place[axis]!, 0) / places.length;
			scatter += places.reduce((sum, place) => sum + (place[axis]! - mean) ** 2, 0);
		}
		return scatter / this.size;
	}

	/** Alike is by how much likelier both are one speaker than two: natural logarithm; above 0 they rather are one. */
	readonly measure: Measure<Evidence> = {
		alike: (one, other) => this.likelihood((axis) => one.sum[axis]! + other.sum[axis]!, one.weight + other.weight) - one.ofOne - other.ofOne,
		join: (one, other) => this.withLikelihood(one.sum.map((value, i) => value + other.sum[i]!), one.weight + other.weight),
	};

	/**
	 * How well a piece fits a speaker; only differences between speakers mean something.
	 * @param place where the piece lies
	 */
	fit(place: Float64Array, { sum, weight }: Evidence): number {
		let fit = 0;
		for (let axis = 0; axis < this.size; axis++) {
			const between = this.shape.between[axis]!;
			const speaker = (between * sum[axis]!) / (1 + weight * between);
			fit += speaker * (place[axis]! - speaker / 2);
		}
		return fit;
	}

	private withLikelihood(sum: Float64Array, weight: number): Evidence {
		return { sum, weight, ofOne: this.likelihood((axis) => sum[axis]!, weight) };
	}

	private likelihood(sumOf: (axis: number) => number, weight: number): number {
		let [twice, spreads] = [0, 1];
		for (let axis = 0; axis < this.size; axis++) {
			const between = this.shape.between[axis]!;
			const spread = 1 + weight * between;
			twice += (sumOf(axis) ** 2 * between) / spread;
			// A logarithm of many at once, as they take most of the time.
			spreads *= spread;
			if (spreads < 1e200 && axis + 1 < this.size) continue;
			twice -= Math.log(spreads);
			spreads = 1;
		}
		return twice / 2;
	}
}

/** As the file is written: half-precision numbers, little endian, in Base64. */
interface VoiceSpaceFile {
	model: string;
	mean: string;
	axes: string;
	between: string;
}

function numbersOf(text: string): Float32Array {
	const bytes = Buffer.from(text, 'base64');
	const table = halves();
	return Float32Array.from({ length: bytes.length / 2 }, (_, i) => table[bytes.readUInt16LE(2 * i)]!);
}

/**
 * @param bytes the file, which the build has checked
 * @throws VoiceprintError RUNTIME_UNAVAILABLE where it is another model's
 */
export function parseVoiceSpace(bytes: Buffer, model: string): VoiceSpace {
	const file = JSON.parse(bytes.toString('utf8')) as VoiceSpaceFile;
	const [mean, axes, between] = [numbersOf(file.mean), numbersOf(file.axes), numbersOf(file.between)];
	if (file.model !== model || axes.length !== mean.length * between.length) {
		throw new VoiceprintError('RUNTIME_UNAVAILABLE', `The package's voice space is not that of '${model}'`, 'Reinstall the package n8n-nodes-voiceprint.');
	}
	return new VoiceSpace({ dimension: mean.length, mean, axes, between });
}
