/** Text that stands where a file should be: base64 and data URIs that nobody decoded, or that were decoded with their beginning. */
import { VoiceprintError } from '../../errors';

/** Bytes of a file that tell. */
export const HEAD_BYTES = 512;

const DATA_URI = /^\s*data:[\w.+-]*\/?[\w.+-]*[^,]{0,60},/i;

/** What a decoder of base64 makes of `data:audio/…`, encoded again: it skips the punctuation. */
const DECODED_DATA_URI = /^data(audio|video|application|image|text|binary|base64)/i;

const BASE64_TEXT = /^[A-Za-z0-9+/_-]{200,}$/;

const TAKE_AFTER_COMMA =
	'Only what is behind the comma is the file. Before Convert to File, take it alone: ' +
	"{{ $json.audio.split(',')[1] }}, with the name of your field in place of audio.";

/**
 * Says what is wrong with a file that is text in disguise.
 * @param name of the file, for the message
 * @param head its first bytes
 * @returns undefined for any other file
 */
export function textInDisguise(name: string, head: Buffer): VoiceprintError | undefined {
	const text = head.toString('latin1');
	if (DATA_URI.test(text)) return new VoiceprintError('NOT_MEDIA', `${name} is a data URI, and not the file in it`, TAKE_AFTER_COMMA);
	if (DECODED_DATA_URI.test(head.toString('base64'))) {
		return new VoiceprintError(
			'NOT_MEDIA',
			`${name} was made of a data URI, whose beginning (data:…;base64,) was decoded as if it were a part of the file`,
			TAKE_AFTER_COMMA,
		);
	}
	if (BASE64_TEXT.test(text.replace(/[\r\n]/g, ''))) {
		return new VoiceprintError(
			'NOT_MEDIA',
			`${name} is base64 text, and not the file that it stands for`,
			"Decode it first: Convert to File with the operation 'Move Base64 String to File' does so.",
		);
	}
	return undefined;
}

/**
 * Checks the content that stands in an item, which must be base64.
 * @throws VoiceprintError BINARY_NOT_READABLE
 */
export function checkContent(name: string, content: unknown): void {
	if (typeof content !== 'string') return;
	const isDataUri = DATA_URI.test(content.slice(0, 200));
	if (!isDataUri && /^[A-Za-z0-9+/_=\s-]*$/.test(content.slice(0, 4096))) return;
	throw new VoiceprintError(
		'BINARY_NOT_READABLE',
		isDataUri ? `${name} is a data URI, and not the file in it` : `${name} holds text in place of the file`,
		isDataUri
			? TAKE_AFTER_COMMA
			: "The file's content must be base64 there. In a Code node, let n8n make it: await this.helpers.prepareBinaryData(buffer, fileName).",
	);
}

/** Whether this is rather a file's content than the name of a field. */
export function contentInPlaceOfName(value: string): 'a data URI' | 'the content of a file' | undefined {
	if (DATA_URI.test(value.slice(0, 200))) return 'a data URI';
	return value.length > 200 ? 'the content of a file' : undefined;
}
