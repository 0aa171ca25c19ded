/** What the items of one execution share: the engine, calibrations and the connection to a server. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { calibrationOf } from '../../models/calibrations';
import type { Calibration } from '../../voiceprints/calibration';
import { Pace } from '../../voiceprints/pace';
import type { Hints } from '../common/hints';
import { hostFile } from '../common/hostFile';
import { boolean, readCollection } from '../common/read';
import { INCLUDE_INPUT_FIELDS, MODEL_FILE, OPTIONS } from './parameters';
import { connectToServer, type Server } from './serverScores';
import type { CompareWarning } from './warnings';

export type EngineName = 'local' | 'api';

export class Session {
	readonly pace: Pace;

	private readonly calibrations = new Map<string, Promise<Calibration | undefined>>();

	private connection: Promise<Server> | undefined;

	constructor(
		readonly ctx: IExecuteFunctions,
		readonly engine: EngineName,
		private readonly hints: Hints,
	) {
		this.pace = new Pace(ctx.getExecutionCancelSignal());
	}

	/** The calibration of a model, read once; an item may name a description file of its own. */
	async calibration(model: string, itemIndex: number): Promise<Calibration | undefined> {
		const file = readCollection(this.ctx, itemIndex, OPTIONS).modelFile ?? '';
		const key = JSON.stringify([model, file]);
		const known = this.calibrations.get(key) ?? this.readCalibration(model, file);
		this.calibrations.set(key, known);
		return await known;
	}

	private async readCalibration(model: string, file: unknown): Promise<Calibration | undefined> {
		return await calibrationOf(model, file === '' ? undefined : await hostFile(this.ctx, MODEL_FILE, file));
	}

	/** One for all items, with the credential and the options of the first. */
	async server(): Promise<Server> {
		return await (this.connection ??= connectToServer(this.ctx, 0));
	}

	/** Who compared, for the result. */
	async provenance(): Promise<IDataObject> {
		return { engine: this.engine, ...(this.engine === 'api' ? { correlation_id: (await this.server()).correlationId } : {}) };
	}

	/** A result as an item, with its warnings, which are shown in the editor too. */
	item(itemIndex: number, fields: object, warnings: CompareWarning[], others: number[] = []): INodeExecutionData {
		this.hints.add(itemIndex, warnings);
		const keep = boolean(INCLUDE_INPUT_FIELDS, readCollection(this.ctx, itemIndex, OPTIONS).includeInputFields);
		const input = keep ? this.ctx.getInputData()[itemIndex]!.json : {};
		const paired = [itemIndex, ...others].map((item) => ({ item }));
		return {
			json: { ...input, ...(fields as IDataObject), warnings: warnings.map((warning) => ({ ...warning })) },
			pairedItem: paired.length === 1 ? paired[0]! : paired,
		};
	}

	/** A finding that belongs to no item's result. */
	hint(itemIndex: number, warning: CompareWarning): void {
		this.hints.add(itemIndex, [warning]);
	}
}
