import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { BinaryData } from 'n8n-core';

interface Row extends BinaryData.PreWriteMetadata {
	data: Buffer;
}

async function toBuffer(content: Buffer | Readable): Promise<Buffer> {
	if (Buffer.isBuffer(content)) return content;
	const chunks: Buffer[] = [];
	for await (const chunk of content) chunks.push(Buffer.from(chunk));
	return Buffer.concat(chunks);
}

/**
 * Stands in for the server's binary mode `database`, whose manager lives in the server package. It shows nodes the
 * same behaviour: ids without a file behind them, and a "stream" that hands over the whole file as one chunk.
 */
export class DatabaseBinaryManager implements BinaryData.Manager {
	private readonly rows = new Map<string, Row>();

	private count = 0;

	async init(): Promise<void> {}

	async store(
		_location: BinaryData.FileLocation,
		content: Buffer | Readable,
		metadata: BinaryData.PreWriteMetadata,
	): Promise<BinaryData.WriteResult> {
		return this.add({ ...metadata, data: await toBuffer(content) });
	}

	async copyByFilePath(
		_location: BinaryData.FileLocation,
		path: string,
		metadata: BinaryData.PreWriteMetadata,
	): Promise<BinaryData.WriteResult> {
		return this.add({ ...metadata, data: await readFile(path) });
	}

	async copyByFileId(_location: BinaryData.FileLocation, id: string): Promise<string> {
		return this.add(this.get(id)).fileId;
	}

	getPath(id: string): string {
		return `database://${id}`;
	}

	async getAsBuffer(id: string): Promise<Buffer> {
		return this.get(id).data;
	}

	async getAsStream(id: string): Promise<Readable> {
		return Readable.from(this.get(id).data);
	}

	async getMetadata(id: string): Promise<BinaryData.Metadata> {
		const { data, fileName, mimeType } = this.get(id);
		return { fileName, mimeType, fileSize: data.length };
	}

	async rename(oldId: string, newId: string): Promise<void> {
		this.rows.set(newId, this.get(oldId));
		this.rows.delete(oldId);
	}

	private add(row: Row): BinaryData.WriteResult {
		const fileId = `row-${++this.count}`;
		this.rows.set(fileId, row);
		return { fileId, fileSize: row.data.length };
	}

	private get(id: string): Row {
		const row = this.rows.get(id);
		if (!row) throw new Error(`No binary data with the id ${id}`);
		return row;
	}
}
