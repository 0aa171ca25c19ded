/** Group: which voiceprints are of the same speaker, without knowing any of them. */
import type { INodeExecutionData } from 'n8n-workflow';
import { cluster } from '../../voiceprints/cluster';
import { choice, read } from '../common/read';
import { wiresTo } from '../common/wiring';
import { readConversations } from './conversations';
import { readWish } from './decision';
import { itemPerSpeaker, itemPerVoiceprint, type Grouped } from './groupOutput';
import { inPlace, readOfOneModel, type Member, type Sourced } from './members';
import { OUTPUT } from './parameters';
import type { Session } from './session';
import { speechLengthUnknown } from './warnings';

const FORMS = { voiceprint: itemPerVoiceprint, speaker: itemPerSpeaker };

/** Nothing is grouped where no item has a voiceprint. */
export async function group(session: Session): Promise<INodeExecutionData[]> {
	const { ctx, driver, pace } = session;
	const form = choice<keyof typeof FORMS>(OUTPUT, read(ctx, 0, OUTPUT));
	const wish = readWish(ctx, 0);
	const conversationOf = readConversations(session);
	const { members, failed } = await readOfOneModel(session);
	if (members.length === 0) return inPlace(failed);
	const model = members.find(({ value }) => value.model !== null)?.value.model ?? null;
	const decision = await driver.decide(wish, model, 0);
	sayWhatIsOdd(session, members);
	const speaking = members.filter(({ value }) => !value.isSilent);
	const readings = speaking.map(({ value }) => value);
	const similarities = await driver.similarities(readings, decision);
	const speakers = await cluster(similarities, decision.threshold, pace);
	const grouped: Grouped = {
		conversationOf,
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

/** To group one voiceprint is mostly a mistake, and so is to group some now and others later. */
function sayWhatIsOdd(session: Session, members: Array<Member<Sourced>>): void {
	const [first] = members as [Member<Sourced>];
	if (members.length === 1) session.hint(first.itemIndex, { code: 'SINGLE_VOICEPRINT', message: SINGLE });
	const wires = wiresTo(session.ctx, 0) ?? [];
	if (wires.length > 1) session.hint(first.itemIndex, { code: 'GROUPED_IN_PARTS', message: severalWires(wires.length) });
	if (session.driver.name === 'local') return;
	const unknown = members.filter(({ value }) => value.speechLength === null);
	if (unknown.length > 0) session.hint(unknown[0]!.itemIndex, speechLengthUnknown(`${unknown.length} of ${members.length} voiceprints`));
}

const SINGLE =
	'Only one voiceprint came to be grouped. In a loop each round is grouped by itself: put this node behind the output Done of Loop Over Items';

const severalWires = (count: number) =>
	`${count} nodes are connected to this one, and n8n runs it once for each of them, with that part only: put a Merge (Append) before it`;
