/** Says what a file that is no media looks like, from its first bytes. Names and MIME types are not trusted. */

interface Signature {
	name: string;
	/** The first bytes, as Latin-1. */
	bytes: string;
}

/** What can be named at once: FFmpeg could only say that it finds no audio in it. */
const SIGNATURES: Signature[] = [
	{ name: 'ZIP archive or Office document', bytes: 'PK\x03\x04' },
	{ name: 'ZIP archive', bytes: 'PK\x05\x06' },
	{ name: 'PDF document', bytes: '%PDF' },
	{ name: 'JPEG picture', bytes: '\xff\xd8\xff' },
	{ name: 'PNG picture', bytes: '\x89PNG\r\n' },
	{ name: 'GIF picture', bytes: 'GIF8' },
	{ name: 'TIFF picture', bytes: 'II*\0' },
	{ name: 'TIFF picture', bytes: 'MM\0*' },
	{ name: 'gzip archive', bytes: '\x1f\x8b\x08' },
	{ name: '7-Zip archive', bytes: '7z\xbc\xaf\x27\x1c' },
	{ name: 'RAR archive', bytes: 'Rar!\x1a\x07' },
	{ name: 'bzip2 archive', bytes: 'BZh' },
	{ name: 'XZ archive', bytes: '\xfd7zXZ\0' },
	{ name: 'Zstandard archive', bytes: '\x28\xb5\x2f\xfd' },
	{ name: 'MIDI file (notes, no recorded sound)', bytes: 'MThd' },
	{ name: 'Windows program', bytes: 'MZ' },
	{ name: 'Linux program', bytes: '\x7fELF' },
	{ name: 'SQLite database', bytes: 'SQLite format 3\0' },
	{ name: 'Office document', bytes: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' },
];

/** Lists that name other files. They are refused: FFmpeg must open nothing but the file it was given. */
const PLAYLIST = /^(#EXTM3U|ffconcat version|\[playlist\]|\[reference\]|<asx|<smil|v=0\r?\no=)/i;

/** Bytes that are looked at. */
export const SNIFF_BYTES = 4096;

/** Printable, or a tab, line feed, carriage return or escape. */
const isTextByte = (byte: number) => (byte >= 0x20 && byte !== 0x7f) || (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b;

function isText(head: Buffer): boolean {
	// A character of several bytes can be cut at the end of what was read.
	const text = head.toString('utf8').replace(/\ufffd{1,3}$/, '');
	return text.length > 1 && !text.includes('\ufffd') && head.every(isTextByte);
}

function textKind(head: Buffer): string | undefined {
	if (!isText(head)) return undefined;
	const text = head.toString('utf8').replace(/^\ufeff/, '').trimStart();
	if (/^(<!doctype html|<html|<head|<body)/i.test(text)) return 'HTML page';
	if (PLAYLIST.test(text)) return 'playlist';
	if (/^<\?xml[^>]*>\s*(<!doctype html|<html)/i.test(text)) return 'HTML page';
	if (/^<svg/i.test(text)) return 'SVG picture';
	if (/^(<\?xml|<[a-z][\w:.-]*[\s/>])/i.test(text)) return 'XML document';
	if (/^(\{\s*("|\})|\[\s*[[{"\]\d])/.test(text)) return 'JSON document';
	return undefined;
}

/** What the file certainly is, where that is no media; undefined where only FFmpeg can tell. */
export function sniffForeign(head: Buffer): string | undefined {
	const start = head.toString('latin1', 0, 16);
	const signature = SIGNATURES.find(({ bytes }) => start.startsWith(bytes));
	if (signature) return signature.name;
	if (start.startsWith('RIFF') && start.slice(8, 12) === 'WEBP') return 'WebP picture';
	return textKind(head);
}

/** What a file that FFmpeg did not recognise looks like; undefined where nothing can be said. */
export function sniffUnknown(head: Buffer): string | undefined {
	if (/^(\xff\xfe|\xfe\xff)/.test(head.toString('latin1', 0, 2)) || isText(head)) return 'plain text';
	if (head.every((byte) => byte === 0)) return 'run of zero bytes';
	return undefined;
}
