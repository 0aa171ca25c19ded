/** Segments as text that other programs read: RTTM, WebVTT and SubRip subtitles, Audacity labels, CSV. */
import { clockOf } from './writtenTimes';

export interface LabelledSegment {
	/** Seconds. */
	start_time: number;
	/** Seconds. */
	end_time: number;
	/** Who talks, or what kind of segment it is. */
	label: string;
	/** Number of the channel, from 0; only where the recording has several. */
	channel?: number;
}

/** `segments` in any order; `fileName` for formats that name the recording. */
type Format = (segments: readonly LabelledSegment[], fileName: string) => string;

/** Seconds as HH:MM:SS and milliseconds, with a separator between. */
const clock = (seconds: number, separator: string): string => clockOf(seconds, true, separator, 3);

const sorted = (segments: readonly LabelledSegment[]) =>
	[...segments].sort((one, other) => one.start_time - other.start_time || one.end_time - other.end_time);

/** Fields of RTTM must not have blanks. */
const field = (text: string) => text.trim().replace(/\s+/g, '_') || '<NA>';

/** One line, without what a format takes for the end of a cue. */
const line = (text: string) => text.replace(/\s+/g, ' ').replaceAll('-->', '→').trim();

/** NIST's Rich Transcription Time Marked: a line per segment, for tools that score and draw diarization. Channels count from 1. */
const rttm: Format = (segments, fileName) => {
	const file = field(fileName.replace(/\.[^.]+$/, ''));
	return sorted(segments)
		.map(({ start_time: start, end_time: end, label, channel = 0 }) => {
			const times = `${start.toFixed(3)} ${(end - start).toFixed(3)}`;
			return `SPEAKER ${file} ${channel + 1} ${times} <NA> <NA> ${field(label)} <NA> <NA>\n`;
		})
		.join('');
};

/** The label as the cue's text; a speaker as its voice too, so that players can colour it. */
const webvtt: Format = (segments) => {
	const escape = (text: string) => line(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
	const cues = sorted(segments).map(({ start_time: start, end_time: end, label }) => {
		return `\n${clock(start, '.')} --> ${clock(end, '.')}\n<v ${escape(label)}>${escape(label)}</v>\n`;
	});
	return `WEBVTT\n${cues.join('')}`;
};

const srt: Format = (segments) =>
	sorted(segments)
		.map(({ start_time: start, end_time: end, label }, i) => `${i + 1}\n${clock(start, ',')} --> ${clock(end, ',')}\n${line(label)}\n`)
		.join('\n');

const audacity: Format = (segments) =>
	sorted(segments)
		.map(({ start_time: start, end_time: end, label }) => `${start.toFixed(3)}\t${end.toFixed(3)}\t${line(label)}\n`)
		.join('');

/** RFC 4180: in quotes where a comma, a quote or a line break is in the field. */
const cell = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/**
 * Spreadsheets take a cell that begins so for a formula, also in quotes, and names come from whoever enrolled a voice. With an
 * apostrophe before, it is text, as OWASP's page on CSV injection has it. In many countries a semicolon begins the next cell.
 * The wide letters are those of East Asian keyboards.
 */
const inert = (label: string) => label.replace(/(^|;\s*)(?=[=+\-@＝＋－＠])/g, "$1'");

const csv: Format = (segments) => {
	const rows = sorted(segments).map(({ start_time: start, end_time: end, label, channel = 0 }) => {
		return [start.toFixed(3), end.toFixed(3), (end - start).toFixed(3), String(channel), inert(line(label))];
	});
	return [['start_time', 'end_time', 'duration', 'channel_number', 'label'], ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
};

/** By the name of the format. */
export const LABEL_FORMATS = { audacity, csv, rttm, srt, webvtt } satisfies Record<string, Format>;

export type LabelFormat = keyof typeof LABEL_FORMATS;

export interface LabelFile {
	write: Format;
	/** Of the file's name. */
	extension: string;
	mimeType: string;
}

/** Each format as a file. */
export const LABEL_FILES: Record<LabelFormat, LabelFile> = {
	audacity: { write: audacity, extension: 'txt', mimeType: 'text/plain' },
	csv: { write: csv, extension: 'csv', mimeType: 'text/csv' },
	rttm: { write: rttm, extension: 'rttm', mimeType: 'text/plain' },
	srt: { write: srt, extension: 'srt', mimeType: 'application/x-subrip' },
	webvtt: { write: webvtt, extension: 'vtt', mimeType: 'text/vtt' },
};
