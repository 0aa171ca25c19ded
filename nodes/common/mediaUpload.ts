/** The file of an item as the Speech Platform client sends it: streamed from n8n's binary storage. */
import type { Readable } from 'node:stream';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import type { MediaUpload } from '../../speech-platform';
import { emptyFile, findBinary, notReadable, openStream, peek, readable, readBuffer, refuseText } from './binary';
import type { VoiceprintError } from '../../errors';

/** Bytes per read. Larger ones are faster than most networks, and leave more behind for the garbage collector. */
const CHUNK_SIZE = 32 * 1024;

/** A file ready to be sent; the client closes what `open` opens. */
export class ItemUpload implements MediaUpload {
	readonly fileName: string;

	readonly mimeType: string;

	/** Set where reading failed on the way: then this, and not what the connection said of it, is the cause. */
	failure: VoiceprintError | undefined;

	constructor(
		private readonly ctx: IExecuteFunctions,
		private readonly itemIndex: number,
		readonly binary: IBinaryData,
		readonly bytes: number,
	) {
		this.fileName = safeName(binary);
		this.mimeType = binary.mimeType ?? '';
	}

	/** In memory mode the file is in memory as it is; everywhere else it is never held whole. */
	async open(): Promise<Readable | Buffer> {
		if (!this.binary.id) return await readBuffer(this.ctx, this.itemIndex, this.binary);
		const stream = await openStream(this.ctx, this.binary, CHUNK_SIZE);
		stream.once('error', (error) => (this.failure ??= notReadable(this.binary, error)));
		return stream;
	}
}

/**
 * @param field The field's name, or the file itself where an expression gives one.
 * @throws VoiceprintError BINARY_FIELD_MISSING, BINARY_NOT_READABLE, EMPTY_FILE, NOT_MEDIA
 */
export async function openUpload(ctx: IExecuteFunctions, itemIndex: number, field: unknown): Promise<ItemUpload> {
	const binary = findBinary(ctx, itemIndex, field);
	const bytes = await sizeOf(ctx, itemIndex, binary);
	if (bytes === 0) throw emptyFile(binary);
	refuseText(binary, await peek(ctx, itemIndex, binary));
	return new ItemUpload(ctx, itemIndex, binary, bytes);
}

/** As storage knows it: what the item says of its file may come from an expression. */
async function sizeOf(ctx: IExecuteFunctions, itemIndex: number, binary: IBinaryData): Promise<number> {
	if (!binary.id) return (await readBuffer(ctx, itemIndex, binary)).length;
	return (await readable(binary, async () => await ctx.helpers.getBinaryMetadata(binary.id!))).fileSize;
}

/** The name goes into a header: it has no folders, and no line breaks that would begin another header. */
function safeName({ fileName, fileExtension }: IBinaryData): string {
	const name = (fileName ?? '').split(/[\\/]/).at(-1)!;
	// eslint-disable-next-line no-control-regex -- these are what must not get through
	const printable = name.replace(/[\u0000-\u001f\u007f]/g, '_').trim();
	return printable === '' ? `media.${fileExtension ?? 'bin'}` : printable;
}
