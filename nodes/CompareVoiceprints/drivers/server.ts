/** Lets a Speech Platform compare. Its voiceprints tell nothing of themselves but what stands beside them in the item. */
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { emptySimilarities, setSimilarity, type Similarities } from '../../../voiceprints/cluster';
import { isEmptyVoiceprint } from '../../../voiceprints/encoding';
import { noSpeechBehind } from '../../../voiceprints/gallery';
import type { Pace } from '../../../voiceprints/pace';
import { decideByApi, type Decision, type Wish } from '../decision';
import { textForServer, type Given } from '../voiceprints';
import { checkSameModel, type Driver, type Entries, type KnownSide, type Reading, type Scores } from './driver';
import { ItemScores, sendable } from './itemScores';
import { connectToServer, type Server } from './serverScores';

/** Voiceprints that are sent at a time where each is compared with each. */
const SIDE = 1000;

export class ServerDriver implements Driver {
	readonly name = 'api';

	private connection: Promise<Server> | undefined;

	constructor(
		private readonly ctx: IExecuteFunctions,
		private readonly pace: Pace,
	) {}

	/** For silence, Extract Voiceprint gives an empty one that no server made; of others, what stands beside it tells. */
	read(given: Given): Reading {
		const { model } = given;
		if (isEmptyVoiceprint(given.voiceprint)) return { text: '', model, speechLength: 0, isSilent: true };
		const text = textForServer(given);
		if (given.isSilent) return { text, model, speechLength: 0, isSilent: true };
		return { text, model, speechLength: given.speechLength, isSilent: false };
	}

	readProbe(given: Given): Reading {
		const reading = this.read(given);
		if (reading.isSilent) throw noSpeechBehind();
		return reading;
	}

	entries(_: number, probeOf: (itemIndex: number) => Given, items: Iterable<number>): Entries {
		const scoresWith = async (model: string | null, list: string[]) =>
			new ItemScores(await this.server(), await sendable(this.pace, items, model, probeOf), list);
		return new ServerEntries((given) => this.readProbe(given), scoresWith);
	}

	async decide(wish: Wish): Promise<Decision> {
		return decideByApi(wish);
	}

	async calibration(): Promise<undefined> {
		return undefined;
	}

	async normalizer(): Promise<undefined> {
		return undefined;
	}

	/** In squares above the diagonal: what the score of one with another is says also that of the other with the one. */
	async similarities(members: Reading[]): Promise<Similarities> {
		const similarities = emptySimilarities(members.length);
		if (members.length < 2) return similarities;
		const server = await this.server();
		const texts = members.map(({ text }) => text!);
		for (let from = 0; from < texts.length; from += SIDE) {
			for (let beside = from; beside < texts.length; beside += SIDE) {
				const [a, b] = [texts.slice(from, from + SIDE), texts.slice(beside, beside + SIDE)];
				await server.compare(a, b, (i, j, score) => {
					if (from + i < beside + j) setSimilarity(similarities, from + i, beside + j, score);
				});
			}
		}
		return similarities;
	}

	async provenance(): Promise<IDataObject> {
		// Nothing was asked where there is no connection.
		const asked = this.connection === undefined ? {} : { correlation_id: (await this.connection).correlationId };
		return { engine: this.name, ...asked };
	}

	/** One for all items, with the credential and the options of the first. */
	private async server(): Promise<Server> {
		return await (this.connection ??= connectToServer(this.ctx, 0));
	}
}

class ServerEntries implements Entries {
	model: string | null = null;

	readonly sides: KnownSide[] = [];

	private readonly texts: string[] = [];

	private scores: Promise<ItemScores> | undefined;

	constructor(
		private readonly readEntry: (given: Given) => Reading,
		private readonly scoresWith: (model: string | null, list: string[]) => Promise<ItemScores>,
	) {}

	get size(): number {
		return this.texts.length;
	}

	add(given: Given): void {
		const { text, model, speechLength } = this.readEntry(given);
		checkSameModel(this.model, model);
		this.model ??= model;
		this.texts.push(text!);
		this.sides.push({ speechLength });
	}

	async compare(itemIndex: number): Promise<Scores> {
		const scores = await (this.scores ??= this.scoresWith(this.model, this.texts));
		return { scores: await scores.of(itemIndex) };
	}
}
