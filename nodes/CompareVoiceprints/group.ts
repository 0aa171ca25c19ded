/** Group: which voiceprints are of the same speaker, without knowing any of them. */
import type { INodeExecutionData } from 'n8n-workflow';
import { cluster, emptySimilarities, setSimilarity, type Similarities } from '../../voiceprints/cluster';
import { cosine } from '../../voiceprints/vector';
import type { Voiceprint } from '../../voiceprints/voiceprint';
import { choice, read } from '../common/read';
import { decideByApi, decideLocally, readWish, type Decision } from './decision';
import { itemPerSpeaker, itemPerVoiceprint, type Grouped } from './groupOutput';
import { inPlace, localReader, readOfOneModel, serverReader, type Member, type Placed, type ServerVoiceprint } from './members';
import { OUTPUT } from './parameters';
import type { Session } from './session';

const FORMS = { voiceprint: itemPerVoiceprint, speaker: itemPerSpeaker };

export async function group(session: Session): Promise<INodeExecutionData[]> {
	const form = choice<keyof typeof FORMS>(OUTPUT, read(session.ctx, 0, OUTPUT));
	const { grouped, failed } = session.engine === 'local' ? await groupLocally(session) : await groupByApi(session);
	return grouped ? FORMS[form](session, grouped, failed) : inPlace(failed);
}

/** Nothing is grouped where no item has a voiceprint. */
type Result = { grouped?: Grouped; failed: Placed[] };

async function groupLocally(session: Session): Promise<Result> {
	const wish = readWish(session.ctx, 0);
	const { members, failed } = await readOfOneModel(session, localReader(session));
	const speaking = members.filter(({ value }) => value.vector.length > 0);
	const model = members[0]?.value.model;
	if (model === undefined) return { failed };
	const decision = decideLocally(wish, await session.calibration(model, 0), model);
	const similarities = await compareAll(session, speaking.map(({ value }) => value), decision);
	const speakers = await cluster(similarities, decision.threshold, session.pace);
	const silent = members.filter(({ value }) => value.vector.length === 0).map(({ itemIndex }) => itemIndex);
	const grouped = {
		decision,
		model,
		items: speaking.map(({ itemIndex }) => itemIndex),
		speakers,
		speechLengths: speaking.map(({ value }) => value.speechLength),
		voiceprints: speaking.map(({ value }) => value),
		silent,
	};
	return { grouped, failed };
}

/** Scores of all pairs. */
async function compareAll({ pace }: Session, voiceprints: Voiceprint[], { score }: Decision): Promise<Similarities> {
	const similarities = emptySimilarities(voiceprints.length);
	for (const [i, one] of voiceprints.entries()) {
		for (let j = 0; j < i; j++) {
			if ((j & 63) === 0 && pace.isDue) await pace.rest();
			const other = voiceprints[j]!;
			setSimilarity(similarities, i, j, score(cosine(one.vector, other.vector), one.speechLength, other.speechLength));
		}
	}
	return similarities;
}

/** Voiceprints that are sent to the server at a time. */
const SIDE = 1000;

async function groupByApi(session: Session): Promise<Result> {
	const decision = decideByApi(readWish(session.ctx, 0));
	const { members, failed } = await readOfOneModel(session, serverReader(session));
	// A server gives a voiceprint for silence too, and it is nobody's.
	const speaking = members.filter(({ value }) => value.speechLength !== 0);
	const similarities = await serverSimilarities(session, speaking);
	const speakers = await cluster(similarities, decision.threshold, session.pace);
	const grouped = {
		decision,
		model: members.find(({ value }) => value.model !== null)?.value.model ?? null,
		items: speaking.map(({ itemIndex }) => itemIndex),
		speakers,
		speechLengths: speaking.map(({ value }) => value.speechLength),
		silent: members.filter(({ value }) => value.speechLength === 0).map(({ itemIndex }) => itemIndex),
		correlationId: speaking.length > 1 ? (await session.server()).correlationId : undefined,
	};
	return { grouped, failed };
}

/** In squares above the diagonal: what the score of one with another is says also that of the other with the one. */
async function serverSimilarities(session: Session, members: Array<Member<ServerVoiceprint>>): Promise<Similarities> {
	const similarities = emptySimilarities(members.length);
	if (members.length < 2) return similarities;
	const server = await session.server();
	const texts = members.map(({ value }) => value.text);
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
