/**
 * MPEG transport streams whose tables change on the way: what was appended has its sound under another number or in
 * another codec, and FFmpeg goes on listening to the first.
 */
import type { InputFile } from '../inputFile';
import { Reader, type Piece } from '../view';

const PACKET = 188;

/** Bytes before each packet and from one to the next: as broadcast, and as on discs, with a time before each. */
const LAYOUTS = [
	{ before: 0, step: PACKET },
	{ before: 4, step: PACKET + 4 },
];

const SYNC = 0x47;
const PAT_PID = 0;
const PAT_TABLE = 0;
const PMT_TABLE = 2;

/** Stream types of sound, and of private data, in which AC-3 and Opus come. */
const AUDIO_TYPES = new Set([0x03, 0x04, 0x06, 0x0f, 0x11, 0x81, 0x87]);

/** The section of a table that begins in a packet; undefined where it is not there to its end. */
function sectionIn(packet: Buffer, table: number): Buffer | undefined {
	const hasField = (packet[3]! & 0x20) !== 0;
	const start = 4 + (hasField ? 1 + packet[4]! : 0);
	const section = packet.subarray(start + 1 + (packet[start] ?? 0));
	if (section.length < 3 || section[0] !== table) return undefined;
	const end = 3 + (section.readUInt16BE(1) & 0x0fff);
	// The last four bytes are a checksum.
	return end <= section.length && end >= 12 ? section.subarray(0, end - 4) : undefined;
}

/** The numbers under which programs describe their streams. */
function programMaps(packet: Buffer): number[] {
	const section = sectionIn(packet, PAT_TABLE) ?? Buffer.alloc(0);
	const pids: number[] = [];
	for (let at = 8; at + 4 <= section.length; at += 4) {
		if (section.readUInt16BE(at) !== 0) pids.push(section.readUInt16BE(at + 2) & 0x1fff);
	}
	return pids;
}

/** Type and number of each stream of sound, as text to compare; undefined where the table is not there. */
function audioOf(packet: Buffer): string | undefined {
	const section = sectionIn(packet, PMT_TABLE);
	if (!section) return undefined;
	const streams: string[] = [];
	for (let at = 12 + (section.readUInt16BE(10) & 0x0fff); at + 5 <= section.length; ) {
		if (AUDIO_TYPES.has(section[at]!)) streams.push(`${section[at]}:${section.readUInt16BE(at + 1) & 0x1fff}`);
		at += 5 + (section.readUInt16BE(at + 3) & 0x0fff);
	}
	return streams.join();
}

/** Watches the tables of a stream. */
class Tables {
	private maps: number[] = [];

	private audio = new Map<number, string>();

	/** Position of the latest table of programs: what was appended begins there. */
	private latest = 0;

	/** Where another recording begins, if this packet shows it. */
	take(packet: Buffer, position: number): number | undefined {
		if ((packet[1]! & 0x40) === 0) return undefined;
		const pid = packet.readUInt16BE(1) & 0x1fff;
		if (pid === PAT_PID) {
			this.latest = position;
			const maps = programMaps(packet);
			if (maps.length > 0) this.maps = maps;
		} else if (this.maps.includes(pid)) return this.takeMap(pid, audioOf(packet));
		return undefined;
	}

	private takeMap(pid: number, streams: string | undefined): number | undefined {
		if (streams === undefined) return undefined;
		const before = this.audio.get(pid);
		const isOther = before === undefined ? this.audio.size > 0 && !this.maps.some((map) => this.audio.has(map)) : before !== streams;
		if (isOther) this.audio.clear();
		this.audio.set(pid, streams);
		return isOther ? this.latest : undefined;
	}
}

/** The recordings of a transport stream; undefined where the file is none. */
export function transportStreamRecordings(file: InputFile): Piece[] | undefined {
	const reader = new Reader(file);
	const isLayout = ({ before, step }: (typeof LAYOUTS)[number]) =>
		[0, 1, 2].every((packet) => reader.at(before + packet * step, 1)[0] === SYNC);
	const layout = LAYOUTS.find(isLayout);
	if (!layout) return undefined;
	const tables = new Tables();
	const starts = [0];
	for (let position = 0; position + layout.step <= file.size; position += layout.step) {
		const packet = reader.at(position + layout.before, PACKET);
		// Where packets are lost, FFmpeg finds the next ones; what is read here is left to it.
		if (packet[0] !== SYNC) break;
		const start = tables.take(packet, position);
		if (start !== undefined) starts.push(start);
	}
	return starts.map((start, index) => ({ start, size: (starts[index + 1] ?? file.size) - start }));
}
