/** What the items of one execution share: who compares, and how results become items. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { Pace } from '../../voiceprints/pace';
import type { Hints } from '../common/hints';
import { warningText } from '../../items/flat';
import { asBinary, filesOfAll } from '../common/itemFiles';
import { boolean, readCollection } from '../common/read';
import type { Driver } from './drivers/driver';
import { LocalDriver } from './drivers/local';
import { ServerDriver } from './drivers/server';
import { INCLUDE_INPUT_FIELDS, OPTIONS } from './parameters';
import { readVoiceprintFiles, type VoiceprintFiles } from './voiceprintFiles';
import type { CompareWarning } from './warnings';

/** By value of the parameter Engine. */
const DRIVERS = { local: LocalDriver, api: ServerDriver };

export type EngineName = keyof typeof DRIVERS;

export class Session {
	constructor(
		readonly ctx: IExecuteFunctions,
		readonly driver: Driver,
		readonly pace: Pace,
		readonly files: VoiceprintFiles,
		private readonly hints: Hints,
	) {}

	/**
	 * A result as an item, with its warnings, which are shown in the editor too. The answer comes first, and fields of the
	 * input that are kept come behind it.
	 * @param fields where they have `warnings`, there the warnings stand
	 * @param others further items that it is made of
	 */
	item(itemIndex: number, fields: object, warnings: CompareWarning[], others: number[] = []): INodeExecutionData {
		this.hints.add(itemIndex, warnings);
		const keep = boolean(INCLUDE_INPUT_FIELDS, readCollection(this.ctx, itemIndex, OPTIONS).includeInputFields);
		const all = this.ctx.getInputData();
		const input = keep ? all[itemIndex]!.json : {};
		const indices = [itemIndex, ...others];
		const paired = indices.map((item) => ({ item }));
		return {
			json: withInput({ ...(fields as IDataObject), warnings: warningText(warnings) }, input),
			pairedItem: paired.length === 1 ? paired[0]! : paired,
			...asBinary(filesOfAll(indices.map((item) => all[item]!))),
		};
	}

	/** A finding that belongs to no item's result. */
	hint(itemIndex: number, warning: CompareWarning): void {
		this.hints.add(itemIndex, [warning]);
	}
}

/** No field of the input takes the place of one of the result. */
function withInput(result: IDataObject, input: IDataObject): IDataObject {
	const own = Object.entries(input).filter(([name]) => !Object.hasOwn(result, name));
	return { ...result, ...Object.fromEntries(own) };
}

/** Chooses who compares, once for all items. */
export async function openSession(ctx: IExecuteFunctions, engine: EngineName, hints: Hints): Promise<Session> {
	const files = await readVoiceprintFiles(ctx);
	const pace = new Pace(ctx.getExecutionCancelSignal());
	return new Session(ctx, new DRIVERS[engine](ctx, pace), pace, files, hints);
}
