/** A media file as the body of a start request. */
import { Readable } from 'node:stream';
import FormData from 'form-data';
import type { MediaUpload } from './types';

/** The part's name is documented. */
const PART = 'file';

const UNKNOWN_TYPE = 'application/octet-stream';

export interface RequestBody {
	body: FormData | object;
	headers: Record<string, string>;
	/** What the file's stream failed with, if it did: the cause of whatever else went wrong. */
	sourceError(): unknown;
	/** Lets go of the file; to be called when the exchange is over, however it ended. */
	release(): void;
}

export function jsonBody(body: object): RequestBody {
	return {
		body,
		headers: { 'content-type': 'application/json' },
		sourceError: () => undefined,
		release: () => {},
	};
}

/** Opens the file. Its length is announced where it is known, and the stream is not read for it. */
export async function mediaBody(media: MediaUpload): Promise<RequestBody> {
	const { fileName, mimeType, bytes } = media;
	const source = await media.open();
	const form = new FormData();
	let failure: unknown;
	if (source instanceof Readable) source.on('error', (error) => (failure ??= error));
	form.append(PART, source, {
		filename: fileName || PART,
		contentType: /^[\w.+-]+\/[\w.+-]+(;[\x20-\x7e]*)?$/.test(mimeType) ? mimeType : UNKNOWN_TYPE,
		...(source instanceof Readable && bytes ? { knownLength: bytes } : {}),
	});
	return {
		body: form,
		headers: {
			...form.getHeaders(),
			...(form.hasKnownLength() ? { 'content-length': `${form.getLengthSync()}` } : {}),
		},
		sourceError: () => failure,
		release: () => {
			if (source instanceof Readable) source.destroy();
		},
	};
}
