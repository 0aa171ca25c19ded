/** Samples without a header, as telephone systems store and send them: they get the header that they lack. */
import { VoiceprintError } from '../../../../errors';
import type { RawAudio, RawEncoding } from '../../../client/protocol';
import type { InputFile } from '../inputFile';
import { checkFormat } from '../limits';
import { swappedView } from '../view';
import { headed } from '../wav/asFound';

interface Encoding {
	/** WAVE format tag. */
	tag: number;
	/** Bits of one sample. */
	bits: number;
	/** Bytes of a number that is stored the other way round. */
	swap?: number;
	/** Hz; the only rate there is. */
	sampleRate?: number;
}

const ENCODINGS: Record<Exclude<RawEncoding, 'gsm'>, Encoding> = {
	mulaw: { tag: 7, bits: 8 },
	alaw: { tag: 6, bits: 8 },
	u8: { tag: 1, bits: 8 },
	s16le: { tag: 1, bits: 16 },
	s16be: { tag: 1, bits: 16, swap: 2 },
	s24le: { tag: 1, bits: 24 },
	s32le: { tag: 1, bits: 32 },
	f32le: { tag: 3, bits: 32 },
	// Dialogic's ADPCM.
	vox: { tag: 0x17, bits: 4 },
	g722: { tag: 0x28f, bits: 4, sampleRate: 16_000 },
};

function format({ tag, bits, sampleRate: only }: Encoding, { channels, sampleRate: given }: RawAudio): Buffer {
	const sampleRate = only ?? given;
	const frameBits = bits * channels;
	const bytes = Buffer.alloc(16);
	bytes.writeUInt16LE(tag, 0);
	bytes.writeUInt16LE(channels, 2);
	bytes.writeUInt32LE(sampleRate, 4);
	bytes.writeUInt32LE(Math.round((sampleRate * frameBits) / 8), 8);
	bytes.writeUInt16LE(Math.max(1, Math.floor(frameBits / 8)), 12);
	bytes.writeUInt16LE(bits, 14);
	return bytes;
}

/** How files begin that have a header, by what they are called. */
const HEADERS: Array<[name: string, begins: RegExp]> = [
	['WAV', /^(RIFF|RIFX|RF64)[^]{4}WAVE/],
	['MP4', /^[^]{4}ftyp/],
	['Ogg', /^OggS/],
	['FLAC', /^fLaC/],
	['MP3', /^ID3/],
	['WebM or Matroska', /^.E\xdf\xa3/],
	['AMR', /^#!AMR/],
	['AU', /^\.snd/],
	['AIFF', /^FORM[^]{4}AIF/],
];

/** @throws VoiceprintError INVALID_PARAMETER: as samples, a header and what is packed behind it would be noise */
function checkNoHeader(file: InputFile): void {
	const start = file.read(0, 12).toString('latin1');
	const header = HEADERS.find(([, begins]) => begins.test(start))?.[0];
	if (header === undefined) return;
	throw new VoiceprintError(
		'INVALID_PARAMETER',
		`'Raw Audio Encoding' is set, but "${file.name}" has a header of its own (${header})`,
		"Leave 'Raw Audio Encoding' out for files that have a header; send those without one to a node of their own.",
	);
}

/**
 * The samples as a file that says what they are.
 * @throws VoiceprintError UNSUPPORTED_FORMAT, INVALID_PARAMETER
 */
export function rawFile(file: InputFile, raw: RawAudio): InputFile {
	checkNoHeader(file);
	checkFormat(file.name, raw.channels, raw.sampleRate);
	// Full-rate GSM in frames of 33 bytes has no place in a WAV.
	if (raw.encoding === 'gsm') return { ...file, format: 'gsm' };
	const encoding = ENCODINGS[raw.encoding];
	return headed(format(encoding, raw), encoding.swap === undefined ? file : swappedView(file, encoding.swap));
}
