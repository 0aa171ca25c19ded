/** Voiceprints that lie in files of the items: they are read before anything is compared, as n8n's storage takes its time. */
import type { IBinaryData, IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { textOf, VoiceprintError } from '../../errors';
import { readBuffer } from '../common/binary';
import { filesOf } from '../common/itemFiles';
import { readPath, valueAt } from '../common/path';
import { GALLERY_FIELD, SECOND_FIELD, SECOND_INPUT_FIELD, VOICEPRINT_FIELD } from './fieldParameters';

/** Bytes; a voiceprint has some thousands. */
const LARGEST = 2 ** 20;

/** By item and field: its text, or why it has none. */
export class VoiceprintFiles {
	private readonly texts = new Map<INodeExecutionData, Map<string, string | VoiceprintError>>();

	/** @throws VoiceprintError where there is such a file, and it is none with a voiceprint or cannot be read */
	textOf(item: INodeExecutionData, field: string): string | undefined {
		const text = this.texts.get(item)?.get(field);
		if (text instanceof VoiceprintError) throw text;
		return text;
	}

	/** Reads the file in that field, where the item has no such field of its own. */
	async read(ctx: IExecuteFunctions, item: INodeExecutionData, place: number, field: string): Promise<void> {
		const file = filesOf(item)[field];
		if (file === undefined) return;
		const known = this.texts.get(item) ?? new Map<string, string | VoiceprintError>();
		this.texts.set(item, known.set(field, await textIn(ctx, place, file)));
	}
}

/** Which fields of which input's items may hold voiceprints. */
const FIELDS: INodeProperties[][] = [
	[VOICEPRINT_FIELD, SECOND_FIELD],
	[SECOND_INPUT_FIELD, GALLERY_FIELD],
];

export async function readVoiceprintFiles(ctx: IExecuteFunctions): Promise<VoiceprintFiles> {
	const files = new VoiceprintFiles();
	const count = ctx.getInputData().length;
	for (const [input, parameters] of FIELDS.entries()) {
		for (const [place, item] of itemsOf(ctx, input).entries()) {
			if (Object.keys(filesOf(item)).length === 0) continue;
			for (const parameter of parameters) {
				const path = pathOf(ctx, Math.min(place, count - 1), parameter);
				const isMissing = path !== undefined && (valueAt(item.json, path) ?? undefined) === undefined;
				if (isMissing) await files.read(ctx, item, place, path.text);
			}
		}
	}
	return files;
}

function itemsOf(ctx: IExecuteFunctions, input: number): INodeExecutionData[] {
	try {
		return ctx.getInputData(input) ?? [];
	} catch {
		// n8n's way to say that nothing is connected there.
		return [];
	}
}

/** Undefined for a parameter that the operation does not show, or that is wrong, which it says itself where it is used. */
function pathOf(ctx: IExecuteFunctions, itemIndex: number, parameter: INodeProperties): ReturnType<typeof readPath> | undefined {
	try {
		return readPath(ctx, itemIndex, parameter);
	} catch {
		return undefined;
	}
}

async function textIn(ctx: IExecuteFunctions, place: number, file: IBinaryData): Promise<string | VoiceprintError> {
	const bytes = await readBuffer(ctx, place, file).catch(unreadable);
	if (bytes instanceof VoiceprintError) return bytes;
	if (bytes.length === 0) return notOne('is empty');
	if (bytes.length > LARGEST) return notOne(`has ${bytes.length} bytes, more than any voiceprint`);
	const text = bytes.toString('latin1').replace(/\s+/g, '');
	// As text in Base64, or as the bytes that this text stands for.
	return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? text : bytes.toString('base64');
}

/** The item says so itself when it is its turn. */
function unreadable(error: unknown): VoiceprintError {
	return error instanceof VoiceprintError ? error : notOne(`could not be read: ${textOf(error)}`);
}

function notOne(what: string): VoiceprintError {
	return new VoiceprintError(
		'INVALID_VOICEPRINT',
		`The file in which the voiceprint should be ${what}`,
		"Give a file as Extract Voiceprint makes it with its option 'Include Voiceprint File'.",
	);
}
