/**
 * Where FFmpeg's seeking was measured to give bit for bit the samples of decoding from the start (WAV with PCM, A-law
 * or mu-law; AIFF; FLAC; MP3 and ADTS, whose frames it counts from the start; MP4 and QuickTime; Ogg). Elsewhere it
 * lands beside the time asked for: by up to 1 ms in Matroska and WebM, whose timestamps are rounded, and by far more
 * in ADPCM, AC-3, AVI and ASF. There a late range is decoded from the start and cut.
 */
import { inMemory, riffChunks } from '../wav/riff';
import type { InputFile } from '../inputFile';
import { OGG_PAGE } from '../joined/ogg';

/** WAVE format tags of codecs in which each sample stands for itself. */
const SAMPLE_FORMATS = new Set([0x0001, 0x0003, 0x0006, 0x0007, 0xfffe]);

function wavOfSamples(head: Buffer): boolean {
	for (const { name, start } of riffChunks(inMemory(head))) {
		if (name === 'fmt ') return start + 2 <= head.length && SAMPLE_FORMATS.has(head.readUInt16LE(start));
	}
	return false;
}

/** Chained Ogg streams, each with its own serial number, each start their time anew. */
function oggOfOneStream(head: Buffer, file: InputFile): boolean {
	const tail = file.read(Math.max(0, file.size - OGG_PAGE), OGG_PAGE);
	const page = tail.lastIndexOf('OggS');
	return page >= 0 && head.subarray(14, 18).equals(tail.subarray(page + 14, page + 18));
}

/** @param head the file's first bytes */
export function seeksExactly(head: Buffer, file: InputFile): boolean {
	const start = head.toString('latin1', 0, 12);
	if (/^(RIFF|RF64)/.test(start)) return start.endsWith('WAVE') && wavOfSamples(head);
	if (start.startsWith('OggS')) return oggOfOneStream(head, file);
	if (start.startsWith('FORM')) return start.endsWith('AIFF');
	return /^(fLaC|ID3|\xff[\xe0-\xff]|[^]{4}ftyp)/.test(start);
}
