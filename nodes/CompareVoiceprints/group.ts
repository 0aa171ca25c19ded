/** Group: which voiceprints are of the same speaker, without knowing any of them. */
import type { INodeExecutionData } from 'n8n-workflow';
import { cluster } from '../../voiceprints/cluster';
import { choice, read } from '../common/read';
import { readWish } from './decision';
import { itemPerSpeaker, itemPerVoiceprint, type Grouped } from './groupOutput';
import { inPlace, readOfOneModel } from './members';
import { OUTPUT } from './parameters';
import type { Session } from './session';

const FORMS = { voiceprint: itemPerVoiceprint, speaker: itemPerSpeaker };

/** Nothing is grouped where no item has a voiceprint. */
export async function group(session: Session): Promise<INodeExecutionData[]> {
	const { ctx, driver, pace } = session;
	const form = choice<keyof typeof FORMS>(OUTPUT, read(ctx, 0, OUTPUT));
	const wish = readWish(ctx, 0);
	const { members, failed } = await readOfOneModel(session);
	if (members.length === 0) return inPlace(failed);
	const model = members.find(({ value }) => value.model !== null)?.value.model ?? null;
	const decision = await driver.decide(wish, model, 0);
	const speaking = members.filter(({ value }) => !value.isSilent);
	const readings = speaking.map(({ value }) => value);
	const similarities = await driver.similarities(readings, decision);
	const speakers = await cluster(similarities, decision.threshold, pace);
	const grouped: Grouped = {
		decision,
		model,
		items: speaking.map(({ itemIndex }) => itemIndex),
		speakers,
		readings,
		silent: members.filter(({ value }) => value.isSilent).map(({ itemIndex }) => itemIndex),
		provenance: await driver.provenance(),
	};
	return await FORMS[form](session, grouped, failed);
}
