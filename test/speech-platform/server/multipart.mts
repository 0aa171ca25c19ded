/** Reads a multipart/form-data body as it arrives: files go to disk, nothing is held whole in memory. */
import { createHash } from 'node:crypto';
import { createWriteStream, type WriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { join } from 'node:path';

export interface ReceivedPart {
	name: string;
	fileName?: string;
	mimeType?: string;
	/** Where the content is, until the task has read it. */
	path: string;
	bytes: number;
	sha256: string;
}

const HEADERS_END = '\r\n\r\n';

/** @throws Error where the body ends before its last boundary, or is no form */
export async function readMultipart(
	body: AsyncIterable<Buffer>,
	boundary: string,
	folder: string,
): Promise<ReceivedPart[]> {
	const delimiter = Buffer.from(`\r\n--${boundary}`);
	const parts: ReceivedPart[] = [];
	let part: PartWriter | undefined;
	// So that the first boundary looks like all others.
	let rest = Buffer.from('\r\n');
	let ended = false;
	for await (const chunk of body) {
		rest = Buffer.concat([rest, chunk]);
		for (;;) {
			if (ended) break;
			if (part && !part.open) {
				const end = rest.indexOf(HEADERS_END);
				if (end < 0) break;
				part.start(rest.subarray(0, end).toString());
				rest = rest.subarray(end + HEADERS_END.length);
			}
			const at = rest.indexOf(delimiter);
			if (at < 0) {
				const safe = rest.length - delimiter.length;
				if (part && safe > 0) {
					await part.write(rest.subarray(0, safe));
					rest = rest.subarray(safe);
				}
				break;
			}
			// Whether another part follows the boundary or nothing is in the two bytes after it.
			if (rest.length < at + delimiter.length + 2) break;
			if (part) {
				await part.write(rest.subarray(0, at));
				parts.push(await part.end());
			}
			ended = rest.subarray(at + delimiter.length, at + delimiter.length + 2).toString() === '--';
			rest = rest.subarray(at + delimiter.length + 2);
			part = ended ? undefined : new PartWriter(join(folder, `part-${parts.length}`));
		}
	}
	if (!ended) throw new Error('The form has no end');
	return parts;
}

class PartWriter {
	open = false;

	private readonly path: string;

	private readonly hash = createHash('sha256');

	private file: WriteStream | undefined;

	private bytes = 0;

	private headers = '';

	constructor(path: string) {
		this.path = path;
	}

	start(headers: string): void {
		this.open = true;
		this.headers = headers;
		this.file = createWriteStream(this.path, { mode: 0o600 });
	}

	async write(content: Buffer): Promise<void> {
		this.hash.update(content);
		this.bytes += content.length;
		if (content.length > 0 && !this.file!.write(content)) await once(this.file!, 'drain');
	}

	async end(): Promise<ReceivedPart> {
		this.file!.end();
		await finished(this.file!);
		const value = (pattern: RegExp) => pattern.exec(this.headers)?.[1];
		return {
			name: value(/\bname="([^"]*)"/i) ?? '',
			fileName: value(/\bfilename="([^"]*)"/i),
			mimeType: value(/^content-type: *(.+)$/im)?.trim(),
			path: this.path,
			bytes: this.bytes,
			sha256: this.hash.digest('hex'),
		};
	}
}
