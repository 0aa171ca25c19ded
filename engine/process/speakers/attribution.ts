/** From pieces and their vectors to speakers: who says which piece. */
import { ByCosine, ByEvidence, meanVoice, type Cluster, type Comparison, type Voice } from './comparison';
import { SAME_SPEAKER } from './clusters';
import type { VoiceSpace } from './voiceSpace';

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

export interface Labels {
	/** Of each piece, the number of its speaker. */
	labels: number[];
	/** Of each speaker: of length one; none where nothing could be told apart. */
	centroids: Float32Array[];
	/** Of each piece, the numbers of the speakers of its parts; undefined where none of them is looked at. */
	ofParts?: Array<number[] | undefined>;
}

class Labelling {
	/** Pieces that found speakers. */
	private readonly founders: number[];

	constructor(
		private readonly voices: readonly Voice[],
		private readonly comparison: Comparison,
	) {
		const withVector = voices.flatMap(({ vector }, i) => (vector ? [i] : []));
		const enough = ENOUGH_TO_FOUND.map((seconds) => withVector.filter((i) => voices[i]!.clean >= seconds));
		this.founders = enough.find(({ length }) => length >= 2) ?? withVector;
	}

	label(count: SpeakerCount): Labels {
		if (this.founders.length === 0) return { labels: this.voices.map(() => 0), centroids: [] };
		const clusters = this.refined(this.bounded(count));
		const centroids = clusters.map((members) => meanVoice(members.map((piece) => this.voices[piece]!)));
		const labels = this.voices.map(() => -1);
		clusters.forEach((members, speaker) => members.forEach((piece) => (labels[piece] = speaker)));
		const others = labels.flatMap((label, piece) => (label === -1 && this.voices[piece]!.vector ? [piece] : []));
		this.comparison.fitting(clusters, others).forEach((speaker, i) => (labels[others[i]!] = speaker));
		const complete = this.withNeighbours(labels);
		const ofParts = this.comparison.fittingParts(clusters, complete);
		return { labels: complete, centroids, ...(ofParts.length > 0 ? { ofParts } : {}) };
	}

	private readonly talk = (members: Cluster) => members.reduce((sum, i) => sum + this.voices[i]!.clean, 0);

	/** Clusters with less talk than `least` join the most alike of the others. */
	private withoutSmall(clusters: Cluster[], least: number): Cluster[] {
		const large = clusters.filter((members) => this.talk(members) >= least);
		if (large.length === 0) large.push(clusters.reduce((most, members) => (this.talk(members) > this.talk(most) ? members : most)));
		return this.joined(large, clusters.filter((members) => !large.includes(members)).flat());
	}

	/** Each of the pieces goes to the most alike cluster. */
	private joined(clusters: Cluster[], pieces: readonly number[]): Cluster[] {
		const grown = clusters.map((members) => [...members]);
		this.comparison.fitting(clusters, pieces).forEach((cluster, i) => grown[cluster]!.push(pieces[i]!));
		return grown;
	}

	private bounded({ least, most }: SpeakerCount): Cluster[] {
		const { comparison, founders } = this;
		const leastTalk = Math.max(LEAST_TALK, LEAST_SHARE * this.talk(founders));
		let clusters = this.withoutSmall(comparison.group(founders, 0), leastTalk);
		for (let round = 0; round < comparison.lessons; round++) {
			comparison.learn(this.refined(clusters));
			clusters = this.withoutSmall(comparison.group(founders, 0), leastTalk);
		}
		// Nobody is split by force.
		for (let strictness = 1; clusters.length < least && strictness <= comparison.strictest; strictness++) {
			const stricter = this.withoutSmall(comparison.group(founders, strictness), LEAST_TALK_ASKED);
			if (stricter.length > clusters.length) clusters = stricter;
		}
		while (clusters.length > most) clusters = this.oneFewer(clusters);
		return clusters;
	}

	private oneFewer(clusters: Cluster[]): Cluster[] {
		const talks = clusters.map((members) => this.talk(members));
		const smallest = talks.indexOf(Math.min(...talks));
		const others = (talks.reduce((sum, one) => sum + one, 0) - talks[smallest]!) / (talks.length - 1);
		if (talks[smallest]! < SMALL * others) return this.joined(clusters.filter((_, i) => i !== smallest), clusters[smallest]!);
		let best = { one: 0, other: 1, alike: -Infinity };
		for (let other = 1; other < clusters.length; other++) {
			for (let one = 0; one < other; one++) {
				const alike = this.comparison.alike(clusters[one]!, clusters[other]!);
				if (alike > best.alike) best = { one, other, alike };
			}
		}
		return clusters.flatMap((members, i) => (i === best.other ? [] : [i === best.one ? [...members, ...clusters[best.other]!] : members]));
	}

	private refined(clusters: Cluster[]): Cluster[] {
		let refined = clusters;
		for (let round = 0; round < REFINEMENTS; round++) {
			const next: Cluster[] = refined.map(() => []);
			this.comparison.fitting(refined, this.founders).forEach((cluster, i) => next[cluster]!.push(this.founders[i]!));
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

/**
 * @param voices in time order
 * @param by the space of the model that the voices are made with, or where it has none, the mean cosine from which on they are one
 */
export function labelVoices(voices: readonly Voice[], count: SpeakerCount, by: VoiceSpace | number = SAME_SPEAKER.accurate): Labels {
	return new Labelling(voices, typeof by === 'number' ? new ByCosine(voices, by) : new ByEvidence(voices, by)).label(count);
}
