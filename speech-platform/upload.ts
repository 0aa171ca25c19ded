/** The bodies of start requests: a media file as a form, or JSON. Both are streamed, so that their way can be watched. */
import { pipeline, Readable, Transform, type Stream } from 'node:stream';
import FormData from 'form-data';
import type { MediaUpload } from './types';

/** The part's name is documented. */
const PART = 'file';

const UNKNOWN_TYPE = 'application/octet-stream';

/** Bytes that are handed over at a time: what is handed over at once is seen to go at once. */
const PIECE = 64 * 1024;

/** Told while a body is taken by the connection. */
export interface UploadWatcher {
	/** @param bytes in all so far */
	taken(bytes: number): void;
	/** @param underWay Milliseconds that what the system still holds of it may need. */
	uploaded(underWay: number): void;
}

export interface RequestBody {
	body: Stream;
	headers: Record<string, string>;
	/** To be called before it is sent. */
	watch(watcher: UploadWatcher): void;
	/** Whether all of it was handed to a connection; else no server can have it. */
	isTaken(): boolean;
	/** Bytes that were handed over, and all, where their number is known. */
	progress(): { taken: number; total?: number };
	/** What the file's stream failed with, if it did: the cause of whatever else went wrong. */
	sourceError(): unknown;
	/** Lets go of the file; to be called when the exchange is over, however it ended. */
	release(): void;
}

export function jsonBody(content: object): RequestBody {
	const bytes = Buffer.from(JSON.stringify(content));
	const progress = new Progress(bytes.length);
	const body = Readable.from(
		(function* () {
			for (const piece of piecesOf(bytes)) {
				progress.add(piece.length);
				yield piece;
			}
		})(),
		{ objectMode: false },
	);
	body.once('end', () => progress.end());
	return {
		body,
		headers: { 'content-type': 'application/json', 'content-length': `${bytes.length}` },
		...progress.asBody(),
		sourceError: () => undefined,
		release: () => void body.destroy(),
	};
}

/** Opens the file. Its length is announced where it is known, and the stream is not read for it. */
export async function mediaBody(media: MediaUpload): Promise<RequestBody> {
	const { fileName, mimeType, bytes } = media;
	const opened = await media.open();
	const form = new FormData();
	let failure: unknown;
	if (opened instanceof Readable) opened.on('error', (error) => (failure ??= error));
	const knownLength = opened instanceof Readable ? bytes : opened.length;
	const source = opened instanceof Readable ? inPieces(opened) : Readable.from(piecesOf(opened), { objectMode: false });
	form.append(PART, source, {
		filename: fileName || PART,
		contentType: /^[\w.+-]+\/[\w.+-]+(;[\x20-\x7e]*)?$/.test(mimeType) ? mimeType : UNKNOWN_TYPE,
		...(knownLength ? { knownLength } : {}),
	});
	const length = form.hasKnownLength() ? form.getLengthSync() : undefined;
	const progress = new Progress(length);
	form.on('data', (chunk: Buffer | string) => progress.add(chunk.length));
	form.once('end', () => progress.end());
	return {
		body: form,
		headers: { ...form.getHeaders(), ...(length === undefined ? {} : { 'content-length': `${length}` }) },
		...progress.asBody(),
		sourceError: () => failure,
		release: () => {
			source.destroy();
			if (opened instanceof Readable) opened.destroy();
		},
	};
}

function* piecesOf(bytes: Buffer): Generator<Buffer> {
	for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

function inPieces(stream: Readable): Readable {
	const pieces = new Transform({
		transform(chunk: Buffer, _, done) {
			for (const piece of piecesOf(chunk)) this.push(piece);
			done();
		},
	});
	// What the source fails with reaches the form through the pieces.
	return pipeline(stream, pieces, () => {});
}

/** Bytes that both systems may hold between them: taken by the connection, and not yet read by the server. */
const HELD_BY_SYSTEMS = 8 * 2 ** 20;

/** Bytes between two notes of the time. */
const STEP = 256 * 1024;

/** How much of a body was taken, and when. */
class Progress {
	private taken = 0;

	private isTaken = false;

	private watcher: UploadWatcher | undefined;

	/** As many as cover what systems hold, the oldest first. */
	private readonly notes: Array<{ taken: number; at: number }> = [];

	constructor(private readonly total: number | undefined) {}

	add(bytes: number): void {
		this.taken += bytes;
		const last = this.notes.at(-1)?.taken ?? -Infinity;
		if (this.taken - last >= STEP) this.notes.push({ taken: this.taken, at: performance.now() });
		while (this.notes.length > 1 && this.taken - this.notes[1]!.taken >= HELD_BY_SYSTEMS) this.notes.shift();
		this.watcher?.taken(this.taken);
	}

	/** What systems hold at the end needs as long as its like needed before. */
	end(): void {
		this.isTaken = true;
		const [first] = this.notes;
		this.watcher?.uploaded(first === undefined ? 0 : performance.now() - first.at);
	}

	asBody(): Pick<RequestBody, 'watch' | 'isTaken' | 'progress'> {
		return {
			watch: (watcher) => (this.watcher = watcher),
			isTaken: () => this.isTaken,
			progress: () => ({ taken: this.taken, ...(this.total === undefined ? {} : { total: this.total }) }),
		};
	}
}
