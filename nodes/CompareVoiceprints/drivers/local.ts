/** Compares inside n8n, by the calibration of the model. */
import type { IExecuteFunctions } from 'n8n-workflow';
import { calibrationOf } from '../../../models/calibrations';
import { normalizerOf } from '../../../models/cohorts';
import type { Calibration } from '../../../voiceprints/calibration';
import { emptySimilarities, setSimilarity, type Similarities } from '../../../voiceprints/cluster';
import { decodeVoiceprint } from '../../../voiceprints/encoding';
import { Gallery, noSpeechBehind } from '../../../voiceprints/gallery';
import type { Normalizer } from '../../../voiceprints/cohort';
import type { Pace } from '../../../voiceprints/pace';
import { cosine } from '../../../voiceprints/vector';
import type { Side } from '../../../voiceprints/voiceprint';
import { hostFile } from '../../common/hostFile';
import { readCollection } from '../../common/read';
import { decideLocally, type Decision, type Wish } from '../decision';
import { MODEL_FILE, OPTIONS } from '../parameters';
import type { Given } from '../voiceprints';
import type { Driver, Entries, Reading, Scores } from './driver';

/** What scores of a model mean, and the description that says so. */
interface Meaning {
	calibration: Calibration | undefined;
	/** Path of the description of a model of one's own. */
	description: string | undefined;
}

export class LocalDriver implements Driver {
	readonly name = 'local';

	private readonly meanings = new Map<string, Promise<Meaning>>();

	constructor(
		private readonly ctx: IExecuteFunctions,
		private readonly pace: Pace,
	) {}

	read({ voiceprint: text }: Given): Reading {
		const voiceprint = decodeVoiceprint(text);
		const { model, speechLength, vector } = voiceprint;
		return { model, speechLength, isSilent: vector.length === 0, voiceprint };
	}

	readProbe(given: Given): Reading {
		const reading = this.read(given);
		if (reading.isSilent) throw noSpeechBehind();
		return reading;
	}

	entries(capacity: number): Entries {
		return new LocalEntries(new Gallery(capacity), this.pace);
	}

	async decide(wish: Wish, model: string, itemIndex: number): Promise<Decision> {
		return decideLocally(wish, await this.calibration(model, itemIndex), model);
	}

	async similarities(members: Reading[], { score }: Decision): Promise<Similarities> {
		const similarities = emptySimilarities(members.length);
		const voiceprints = members.map(({ voiceprint }) => voiceprint!);
		for (const [i, one] of voiceprints.entries()) {
			for (let j = 0; j < i; j++) {
				if ((j & 63) === 0 && this.pace.isDue) await this.pace.rest();
				const other = voiceprints[j]!;
				setSimilarity(similarities, i, j, score(cosine(one.vector, other.vector), one, other));
			}
		}
		return similarities;
	}

	async provenance(): Promise<{ engine: string }> {
		return { engine: this.name };
	}

	/** Read once; an item may name a description file of its own. */
	async calibration(model: string, itemIndex: number): Promise<Calibration | undefined> {
		return (await this.meaning(model, itemIndex)).calibration;
	}

	async normalizer(model: string, itemIndex: number): Promise<Normalizer | undefined> {
		const { calibration, description } = await this.meaning(model, itemIndex);
		return calibration && (await normalizerOf(calibration, description));
	}

	private async meaning(model: string, itemIndex: number): Promise<Meaning> {
		const file = readCollection(this.ctx, itemIndex, OPTIONS).modelFile ?? '';
		const key = JSON.stringify([model, file]);
		const known = this.meanings.get(key) ?? this.readMeaning(model, file);
		this.meanings.set(key, known);
		return await known;
	}

	private async readMeaning(model: string, file: unknown): Promise<Meaning> {
		const description = file === '' ? undefined : await hostFile(this.ctx, MODEL_FILE, file);
		return { calibration: await calibrationOf(model, description), description };
	}
}

/** Voiceprints are decoded straight into the gallery's block of memory. */
class LocalEntries implements Entries {
	constructor(
		private readonly gallery: Gallery,
		private readonly pace: Pace,
	) {}

	get size(): number {
		return this.gallery.size;
	}

	get model(): string | null {
		return this.gallery.model ?? null;
	}

	get sides(): Side[] {
		return this.gallery.sides;
	}

	add({ voiceprint }: Given): void {
		this.gallery.add(voiceprint);
	}

	async compare(_: number, { voiceprint }: Reading, { score }: Decision): Promise<Scores> {
		return await this.gallery.compare(voiceprint!, score, this.pace);
	}
}
