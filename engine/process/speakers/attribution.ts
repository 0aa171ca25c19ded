/** From pieces and their vectors to speakers: who says which piece. */
import { cosine } from '../../../voiceprints/vector';
import { meanVector } from '../embedding/embedder';
import { linkByAverage, SAME_SPEAKER } from './clusters';

/** A piece of talk, as far as the question of who says it goes. */
export interface Voice {
	/** Of length one; undefined where there was too little of one person alone. */
	vector: Float32Array | undefined;
	/** Seconds in which nobody else talks. */
	clean: number;
	/** Seconds at which it begins and ends. */
	start: number;
	end: number;
}

/** How many speakers there may be. */
export interface SpeakerCount {
	/** At least that many, if they can be told apart; 1 where nobody knows. */
	least: number;
	/** At most that many; Infinity where nobody knows. */
	most: number;
}

/** Seconds of clean talk that a piece needs to found a speaker: with more, speakers of short turns are lost; with less, some are made up. */
const ENOUGH_TO_FOUND = [0.7, 0.5, 0];
/** A speaker needs this much clean talk, seconds, or this share of all of it: less joins the most alike one. */
const LEAST_TALK = 2;
const LEAST_SHARE = 0.003;
/** Where more speakers are asked for than found, one of them needs this much. */
const LEAST_TALK_ASKED = 1;
/** A cluster with less than this part of what the others have on average is dissolved before two others are joined. */
const SMALL = 0.5;
/** Rounds in which each piece goes to the nearest speaker. */
const REFINEMENTS = 2;

type Clusters = number[][];

export interface Labels {
	/** Of each piece, the number of its speaker. */
	labels: number[];
	/** Of each speaker: of length one; none where nothing could be told apart. */
	centroids: Float32Array[];
}

/** Number of the most alike centroid. */
export function nearestOf(centroids: readonly Float32Array[], vector: Float32Array): number {
	const alike = centroids.map((centroid) => cosine(centroid, vector));
	return alike.indexOf(Math.max(...alike));
}

/** Weighted by how much is said in each piece. @param voices with vectors, one at least */
function meanVoice(voices: readonly Voice[]): Float32Array {
	return meanVector(voices.map(({ vector }) => vector!), voices.map(({ clean }) => Math.max(0.1, clean)));
}

class Labelling {
	/** Pieces that found speakers. */
	private readonly founders: number[];

	constructor(private readonly voices: readonly Voice[]) {
		const withVector = voices.flatMap(({ vector }, i) => (vector ? [i] : []));
		const enough = ENOUGH_TO_FOUND.map((seconds) => withVector.filter((i) => voices[i]!.clean >= seconds));
		this.founders = enough.find(({ length }) => length >= 2) ?? withVector;
	}

	label(count: SpeakerCount): Labels {
		if (this.founders.length === 0) return { labels: this.voices.map(() => 0), centroids: [] };
		const clusters = this.refined(this.bounded(count));
		const centroids = clusters.map((members) => this.centroid(members));
		const known = new Map(clusters.flatMap((members, speaker) => members.map((i) => [i, speaker] as const)));
		const labels = this.voices.map(({ vector }, i) => known.get(i) ?? (vector ? nearestOf(centroids, vector) : -1));
		return { labels: this.withNeighbours(labels), centroids };
	}

	private readonly vectorOf = (piece: number) => this.voices[piece]!.vector!;

	private readonly talk = (members: readonly number[]) => members.reduce((sum, i) => sum + this.voices[i]!.clean, 0);

	private centroid(members: readonly number[]): Float32Array {
		return meanVoice(members.map((piece) => this.voices[piece]!));
	}

	private linked(threshold: number): Clusters {
		const found = linkByAverage(this.founders.map(this.vectorOf), threshold);
		return found.map((members) => members.map((i) => this.founders[i]!));
	}

	/** Clusters with less talk than `least` join the most alike of the others. */
	private withoutSmall(clusters: Clusters, least: number): Clusters {
		const large = clusters.filter((members) => this.talk(members) >= least);
		if (large.length === 0) large.push(clusters.reduce((most, members) => (this.talk(members) > this.talk(most) ? members : most)));
		return this.joined(large, clusters.filter((members) => !large.includes(members)).flat());
	}

	/** Each of the pieces goes to the most alike cluster. */
	private joined(clusters: Clusters, pieces: readonly number[]): Clusters {
		const centroids = clusters.map((members) => this.centroid(members));
		const grown = clusters.map((members) => [...members]);
		for (const piece of pieces) grown[nearestOf(centroids, this.vectorOf(piece))]!.push(piece);
		return grown;
	}

	private bounded({ least, most }: SpeakerCount): Clusters {
		let clusters = this.withoutSmall(this.linked(SAME_SPEAKER), Math.max(LEAST_TALK, LEAST_SHARE * this.talk(this.founders)));
		// Speakers that sound alike are told apart by a stricter cut; nobody is split by force.
		for (let threshold = SAME_SPEAKER + 0.025; clusters.length < least && threshold < 0.7; threshold += 0.025) {
			const stricter = this.withoutSmall(this.linked(threshold), LEAST_TALK_ASKED);
			if (stricter.length > clusters.length) clusters = stricter;
		}
		while (clusters.length > most) clusters = this.oneFewer(clusters);
		return clusters;
	}

	private oneFewer(clusters: Clusters): Clusters {
		const talks = clusters.map((members) => this.talk(members));
		const smallest = talks.indexOf(Math.min(...talks));
		const others = (talks.reduce((sum, one) => sum + one, 0) - talks[smallest]!) / (talks.length - 1);
		if (talks[smallest]! < SMALL * others) return this.joined(clusters.filter((_, i) => i !== smallest), clusters[smallest]!);
		const centroids = clusters.map((members) => this.centroid(members));
		let best = { one: 0, other: 1, alike: -2 };
		for (let other = 1; other < clusters.length; other++) {
			for (let one = 0; one < other; one++) {
				const alike = cosine(centroids[one]!, centroids[other]!);
				if (alike > best.alike) best = { one, other, alike };
			}
		}
		return clusters.flatMap((members, i) => (i === best.other ? [] : [i === best.one ? [...members, ...clusters[best.other]!] : members]));
	}

	private refined(clusters: Clusters): Clusters {
		let refined = clusters;
		for (let round = 0; round < REFINEMENTS; round++) {
			const centroids = refined.map((members) => this.centroid(members));
			const next: Clusters = centroids.map(() => []);
			for (const piece of this.founders) next[nearestOf(centroids, this.vectorOf(piece))]!.push(piece);
			refined = next.filter((members) => members.length > 0);
		}
		return refined;
	}

	/** A piece of which nothing is known is the speaker's who talks nearest to it. */
	private withNeighbours(labels: number[]): number[] {
		const known = labels.flatMap((label, i) => (label === -1 ? [] : [i]));
		const distance = (one: Voice, other: Voice) => Math.max(0, one.start - other.end, other.start - one.end);
		return labels.map((label, i) => {
			if (label !== -1) return label;
			const voice = this.voices[i]!;
			const nearest = known.reduce((best, j) => (distance(voice, this.voices[j]!) < distance(voice, this.voices[best]!) ? j : best), known[0]!);
			return labels[nearest]!;
		});
	}
}

/** @param same of each speaker, the number of one who is the same person; its own where nobody is */
export function joinSpeakers({ labels, centroids }: Labels, voices: readonly Voice[], same: readonly number[]): Labels {
	const kept = [...new Set(same)].sort((one, other) => one - other);
	const joined = labels.map((label) => kept.indexOf(same[label]!));
	if (centroids.length === 0) return { labels: joined, centroids };
	return {
		labels: joined,
		centroids: kept.map((old, speaker) => {
			const own = voices.filter(({ vector }, i) => vector && joined[i] === speaker);
			return own.length === 0 ? centroids[old]! : meanVoice(own);
		}),
	};
}

/** @param voices in time order */
export function labelVoices(voices: readonly Voice[], count: SpeakerCount): Labels {
	return new Labelling(voices).label(count);
}
