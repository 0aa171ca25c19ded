/** How pieces of talk are compared: by cosines, or where the voiceprint model has a voice space, by what it says. */
import { cosine } from '../../../voiceprints/vector';
import { meanVector } from '../embedding/embedder';
import { Agglomeration } from './agglomeration';
import { linkByAverage } from './clusters';
import type { Evidence, VoiceSpace } from './voiceSpace';

/** A piece of talk, as far as the question of who says it goes. */
export interface Voice {
	/** Of length one; undefined where there was too little of one person alone. */
	vector: Float32Array | undefined;
	/** Seconds in which nobody else talks. */
	clean: number;
	/** Seconds at which it begins and ends. */
	start: number;
	end: number;
	/** The same in equal parts, where it is long enough and the parts are asked for: the next one begins where one ends. */
	parts?: Array<Voice & { vector: Float32Array }>;
}

/** Numbers of pieces with vectors. */
export type Cluster = number[];

export interface Comparison {
	/**
	 * Which pieces are one speaker.
	 * @param strictness 0 as a rule; 1, 2, … the more, the more speakers there may be
	 */
	group(pieces: readonly number[], strictness: number): Cluster[];
	/** The largest strictness. */
	readonly strictest: number;
	/** How often groups are formed anew with what was learnt from those before. */
	readonly lessons: number;
	/** Takes what pieces of one speaker have in common here from a first grouping; the next one is better. */
	learn(clusters: readonly Cluster[]): void;
	/** Of each piece, the number of the cluster that it fits best. */
	fitting(clusters: readonly Cluster[], pieces: readonly number[]): number[];
	/**
	 * Looks at the parts of pieces.
	 * @param labels of each piece, the number of its cluster
	 * @returns of each piece, the numbers of the clusters that its parts fit best; undefined for one that has none
	 */
	fittingParts(clusters: readonly Cluster[], labels: readonly number[]): Array<number[] | undefined>;
	/** How alike two clusters are; only what is more and what is less means something. */
	alike(one: Cluster, other: Cluster): number;
}

const largest = (values: readonly number[]) => values.indexOf(Math.max(...values));

/** Weighted by how much is said in each piece. @param voices with vectors, one at least */
export function meanVoice(voices: readonly Voice[]): Float32Array {
	return meanVector(voices.map(({ vector }) => vector!), voices.map(({ clean }) => Math.max(0.1, clean)));
}

/** Speakers that sound alike are told apart by steps of the cut… */
const STRICTER = 0.025;
/** …up to this one. */
const STRICTEST = 0.7;

export class ByCosine implements Comparison {
	readonly lessons = 0;

	readonly strictest: number;

	/** @param sameSpeaker mean cosine from which on pieces are one speaker */
	constructor(
		private readonly voices: readonly Voice[],
		private readonly sameSpeaker: number,
	) {
		this.strictest = Math.floor((STRICTEST - sameSpeaker) / STRICTER - 1e-9);
	}

	group(pieces: readonly number[], strictness: number): Cluster[] {
		const found = linkByAverage(pieces.map(this.vectorOf), this.sameSpeaker + strictness * STRICTER);
		return found.map((members) => members.map((i) => pieces[i]!));
	}

	learn(): void {}

	fitting(clusters: readonly Cluster[], pieces: readonly number[]): number[] {
		const centroids = clusters.map(this.centroid);
		return pieces.map((piece) => largest(centroids.map((centroid) => cosine(centroid, this.vectorOf(piece)))));
	}

	fittingParts(): [] {
		return [];
	}

	alike(one: Cluster, other: Cluster): number {
		return cosine(this.centroid(one), this.centroid(other));
	}

	private readonly vectorOf = (piece: number) => this.voices[piece]!.vector!;

	private readonly centroid = (members: Cluster) => meanVoice(members.map((piece) => this.voices[piece]!));
}

/** Mean cosine from which on pieces are one speaker beyond doubt. */
const CLEARLY_ONE = 0.45;
/** So many groups of pieces are compared by evidence at most, for the time that it takes: each with each. */
const MOST_CLEAR = 600;
/** What a piece of two seconds counts for: pieces of one conversation are no independent ones. Measured. */
const WEIGHT = 0.6;
/** By how much better a part of a piece must fit another speaker than that of the whole, natural logarithm. */
const STAYING = 6;
/** Seconds of a whole piece; shorter ones count less, by the square root. */
const WHOLE = 2;
/** By how much likelier one speaker must be than two, natural logarithm, by strictness. */
const EVIDENCE_NEEDED = [0, 2, 5, 10, 15, 20, 30, 40];

export class ByEvidence implements Comparison {
	readonly lessons = 2;

	readonly strictest = EVIDENCE_NEEDED.length - 1;

	/** Where the pieces lie; of those without vector, nothing. */
	private readonly places: ReadonlyArray<Float64Array | undefined>;

	/** How much more pieces of one speaker differ here than those that the space was measured on: rooms and noise do that. */
	private spread = 1;

	private clear?: { pieces: readonly number[]; clusters: Cluster[] };

	constructor(
		private readonly voices: readonly Voice[],
		private readonly space: VoiceSpace,
	) {
		this.places = voices.map(({ vector }) => vector && space.project(vector));
	}

	group(pieces: readonly number[], strictness: number): Cluster[] {
		const clusters = this.clearlyOne(pieces);
		const agglomeration = new Agglomeration(this.space.measure);
		for (const members of clusters) agglomeration.add(this.evidenceOf(members));
		agglomeration.join(EVIDENCE_NEEDED[strictness]!);
		return agglomeration.members.map((joined) => joined.flatMap((cluster) => clusters[cluster]!));
	}

	learn(clusters: readonly Cluster[]): void {
		const pieces = clusters.reduce((sum, { length }) => sum + length, 0);
		if (pieces <= clusters.length) return;
		const variance = clusters.reduce((sum, members) => sum + this.space.scatter(members.map((piece) => this.places[piece]!)), 0);
		this.spread = variance / (pieces - clusters.length);
	}

	fitting(clusters: readonly Cluster[], pieces: readonly number[]): number[] {
		const speakers = clusters.map((members) => this.evidenceOf(members));
		return pieces.map((piece) => largest(speakers.map((speaker) => this.space.fit(this.places[piece]!, speaker))));
	}

	fittingParts(clusters: readonly Cluster[], labels: readonly number[]): Array<number[] | undefined> {
		if (clusters.length < 2) return [];
		const speakers = clusters.map((members) => this.evidenceOf(members));
		return this.voices.map(({ parts }, piece) =>
			parts?.map(({ vector }) => {
				const place = this.space.project(vector);
				return largest(speakers.map((speaker, i) => this.space.fit(place, speaker) + (i === labels[piece] ? STAYING : 0)));
			}),
		);
	}

	alike(one: Cluster, other: Cluster): number {
		return this.space.measure.alike(this.evidenceOf(one), this.evidenceOf(other));
	}

	/** Groups of pieces that are one speaker beyond doubt; the same pieces are asked for again and again. */
	private clearlyOne(pieces: readonly number[]): Cluster[] {
		if (this.clear?.pieces !== pieces) {
			const found = linkByAverage(pieces.map((piece) => this.voices[piece]!.vector!), CLEARLY_ONE, MOST_CLEAR);
			this.clear = { pieces, clusters: found.map((members) => members.map((i) => pieces[i]!)) };
		}
		return this.clear.clusters;
	}

	private evidenceOf(members: Cluster): Evidence {
		const weightOf = (piece: number) => (WEIGHT * Math.sqrt(this.voices[piece]!.clean / WHOLE)) / this.spread;
		return this.space.evidence(members.map((piece) => ({ place: this.places[piece]!, weight: weightOf(piece) })));
	}
}
