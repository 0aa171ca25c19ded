/** What was made of a recording beside its result, as binary data of n8n items. */
import { open } from 'node:fs/promises';
import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Artefact, ArtefactsResult, Warning } from '../../engine/client/protocol';
import { describeFault } from '../../systemFaults';
import { LABEL_FILES, type LabelFormat, type LabelledSegment } from '../../items/labelFiles';
import { freeName } from './itemFiles';

/** A file in n8n's storage. */
export interface Produced {
	/** Name of the binary field that it is to have. */
	field: string;
	binary: IBinaryData;
	/** What the engine said of it; absent for text that was made of the result. */
	artefact?: Artefact;
}

/** Names of the fields, by what is in them. */
function fieldOf(artefact: Artefact): string {
	if (artefact.kind === 'picture') return `timeline_${artefact.format}`;
	return artefact.kind === 'clip' ? 'clip' : 'speech_only';
}

/**
 * Takes the files out of the job's folder, while it is there. They are streamed: n8n decides what it holds in memory.
 * @returns those that n8n could store, and a warning for each other one
 */
export async function takeProduced(
	ctx: IExecuteFunctions,
	artefacts: readonly Artefact[] = [],
): Promise<{ produced: Produced[]; warnings: Warning[] }> {
	const produced: Produced[] = [];
	const warnings: Warning[] = [];
	for (const artefact of artefacts) {
		const { path, fileName, mimeType } = artefact;
		try {
			produced.push({ field: fieldOf(artefact), binary: await store(ctx, path, fileName, mimeType), artefact });
		} catch (error) {
			warnings.push({ code: 'NOT_PRODUCED', message: `n8n could not store the file ${fileName}: ${describeFault(error)}` });
		}
	}
	return { produced, warnings };
}

/** Opened before n8n gets it: a stream whose file is not there fails before anybody listens, which would end n8n. */
async function store(ctx: IExecuteFunctions, path: string, fileName: string, mimeType: string): Promise<IBinaryData> {
	const file = await open(path);
	const stream = file.createReadStream();
	stream.on('error', () => {}); // whoever reads it is told, too
	try {
		return await ctx.helpers.prepareBinaryData(stream, fileName, mimeType);
	} finally {
		stream.destroy();
	}
}

/** Label files of the segments, one for each format. @param fileName the recording's */
export async function makeLabels(
	ctx: IExecuteFunctions,
	formats: readonly LabelFormat[],
	segments: readonly LabelledSegment[],
	fileName = '',
): Promise<Produced[]> {
	return await Promise.all(
		formats.map(async (format) => {
			const { write, extension, mimeType } = LABEL_FILES[format];
			const name = `${fileName.replace(/\.[^./\\]{1,8}$/, '') || 'labels'}.${extension}`;
			const binary = await ctx.helpers.prepareBinaryData(Buffer.from(write(segments, fileName)), name, mimeType);
			return { field: `labels_${extension}`, binary };
		}),
	);
}

/** The result without what only the engine and this side have to say to each other, and with what went wrong since. */
export function withoutArtefacts<R extends Partial<ArtefactsResult>>(result: R, warnings: readonly Warning[]): R {
	const { artefacts, ...rest } = result;
	return artefacts === undefined ? result : ({ ...rest, warnings: [...(result.warnings ?? []), ...warnings] } as unknown as R);
}

/** Puts the files onto the file's first item, beside those that are there. */
export function withProduced(items: INodeExecutionData[], produced: readonly Produced[] = []): INodeExecutionData[] {
	const [first, ...others] = items;
	if (!first || produced.length === 0) return items;
	const binary = { ...first.binary };
	for (const { field, binary: file } of produced) binary[freeName(binary, field)] = file;
	return [{ ...first, binary }, ...others];
}
