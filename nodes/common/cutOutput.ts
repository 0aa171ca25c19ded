/** Cut audio in the output: the facts of speech only audio on the items of its file, and an item for each clip. */
import type { IDataObject, INodeExecutionData } from 'n8n-workflow';
import type { Artefact, ProduceRequest } from '../../engine/client/protocol';
import { clipFields, noClipFields, speechOnlyFields, timeMapField, withFields } from '../../items/cutItems';
import { freeName } from './itemFiles';
import type { Produced } from './produced';

export const isClip = ({ artefact }: Produced): boolean => artefact?.kind === 'clip';

function madeOf<K extends Artefact['kind']>(kind: K, produced: readonly Produced[]): Array<Extract<Artefact, { kind: K }>> {
	return produced.flatMap(({ artefact }) => (artefact?.kind === kind ? [artefact as Extract<Artefact, { kind: K }>] : []));
}

function withSpeechOnly(items: INodeExecutionData[], produced: readonly Produced[], isWhole: boolean): INodeExecutionData[] {
	const [made] = madeOf('speechOnly', produced);
	const fields = { ...speechOnlyFields(made), ...(isWhole ? timeMapField(made) : {}) };
	return items.map((item) => ({ ...item, json: withFields(item.json, fields) as IDataObject }));
}

/** @param file the item for the file */
function asClips(file: INodeExecutionData, produced: readonly Produced[]): INodeExecutionData[] {
	const clips = produced.filter(isClip);
	if (clips.length === 0) return [{ ...file, json: noClipFields(file.json) as IDataObject }];
	const ofFile = Object.entries(file.binary ?? {});
	// What else was made stands on the first item, as in every form; the files of the input go on with each.
	const passedOn = Object.fromEntries(ofFile.filter(([, one]) => !produced.some(({ binary }) => binary === one)));
	return clips.map(({ field, binary, artefact }, i) => {
		const files = i === 0 ? Object.fromEntries(ofFile) : passedOn;
		return {
			json: clipFields(artefact as Extract<Artefact, { kind: 'clip' }>, clips.length, file.json) as IDataObject,
			pairedItem: file.pairedItem,
			binary: { [freeName(files, field)]: binary, ...files },
		};
	});
}

/**
 * @param items of one file; of the whole file where clips are asked for
 * @param isWhole whether there is one item for the file, with lists
 */
export function withCuts(items: INodeExecutionData[], { speechOnly, clips }: ProduceRequest, produced: readonly Produced[], isWhole: boolean): INodeExecutionData[] {
	const told = speechOnly ? withSpeechOnly(items, produced, isWhole) : items;
	return clips ? told.flatMap((item) => asClips(item, produced)) : told;
}
