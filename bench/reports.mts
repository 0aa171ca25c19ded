/**
 * Recordings of which somebody reported a wrong answer, beside the right answers: `npm run bench -- reports --data
 * FOLDER`. The answers stand in the table of a README.md in the folder or above it, in words; what is read of them is
 * written below. Needs such a folder on this machine.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { runJob, stopEngine } from '../dist/engine/client/client.js';
import type { MediaRequest, VadResult, VoiceprintJob, VoiceprintResult, Warning } from '../dist/engine/client/protocol.js';
import { vadJob } from '../test/support/engine.mts';
import { printTable } from './table.mts';

/** Seconds by which found and true speech may differ altogether, missing and additional apart. */
const TOLERANCE = 0.6;

type Span = [start: number, end: number];

interface Answer {
	result?: VadResult | VoiceprintResult;
	error?: { code?: string; message: string; description?: string };
}

interface Case {
	file: string;
	/** Right answers in words; one of them has to hold. */
	right: string;
}

/** Speech that the README gives a name: `Speech S: 1.00–4.32 and 5.00–7.65 s`. */
function namedSpeech(readme: string): Map<string, Span[]> {
	return new Map([...readme.matchAll(/Speech ([A-Z]): ([^.]*(?:\.\d+[^.]*)*)/g)].map(([, name, text]) => [name, spansIn(text)]));
}

const spansIn = (text: string): Span[] =>
	[...text.matchAll(/(\d+(?:\.\d+)?)–(\d+(?:\.\d+)?)/g)].map(([, start, end]) => [Number(start), Number(end)]);

/** The rows of the table, and the files that a row names as its control: they have the same answer. */
function casesOf(readme: string, files: string[]): Case[] {
	return [...readme.matchAll(/^\| (\S+\.\w+)([^|]*) \| ([^|]+) \|/gm)].flatMap(([, file, note, right]) => {
		const control = /\(control: ([\w.-]+)/.exec(right)?.[1].replace(/[-…]+$/, '');
		const controls = files.filter((name) => control && control !== file && name.startsWith(control) && /control/.test(name));
		const words = `${note}; ${right.replace(/\(control:[^)]*\)/, '')}`;
		return [file, ...controls].map((name) => ({ file: name, right: name === file ? words : controlWords(words) }));
	});
}

/** What holds for a control too: its speech, not the warnings of the other file. */
const controlWords = (words: string) => words.replace(/T at.*/, '');

/** Speech that the words tell of; undefined where they tell of none. */
function speechIn(words: string, named: Map<string, Span[]>): Span[] | undefined {
	const letters = [...words.replace(/\([^)]*\)/g, '').matchAll(/(?<![\w.–-])([A-Z])(?![\w_])/g)];
	const known = letters.flatMap(([, letter]) => named.get(letter) ?? []);
	const written = spansIn(words);
	// "T at 18009.4–18013.9": the letter only says which speech it is.
	const spans = /[A-Z] at \d/.test(words) ? [...(named.get('S') ?? []), ...written] : [...known, ...written];
	return spans.length > 0 ? spans : undefined;
}

const lengthOf = (spans: Span[]) => spans.reduce((sum, [start, end]) => sum + end - start, 0);

function overlap(one: Span[], other: Span[]): number {
	return lengthOf(one.flatMap(([a, b]) => other.map(([c, d]): Span => [Math.max(a, c), Math.max(Math.max(a, c), Math.min(b, d))])));
}

function sameSpeech(found: Span[], truth: Span[]): boolean {
	const both = overlap(found, truth);
	// Pauses between words are no mistake: 15 % of the truth may be missing.
	return lengthOf(found) - both <= TOLERANCE && lengthOf(truth) - both <= Math.max(TOLERANCE, 0.15 * lengthOf(truth));
}

/** Whether one of the answers that the words allow was given. */
function holds(words: string, { result, error }: Answer, named: Map<string, Span[]>): boolean {
	if (/\berror\b/.test(words)) return error !== undefined && (!/header/.test(words) || /header/.test(error.message));
	if (!result) return false;
	const codes = result.warnings.map(({ code }) => code as string);
	for (const [, not, code] of words.matchAll(/((?:no|without) )?([A-Z]{4,}(?:_[A-Z]+)*)/g)) {
		if (codes.includes(code) === Boolean(not)) return false;
	}
	if (/no warning/.test(words) && codes.length > 0) return false;
	if (/no damage/.test(words) && codes.some((code) => /DECODING|TRUNCATED/.test(code))) return false;
	if (/\ba warning\b/.test(words) && !codes.some((code) => code !== 'NO_SPEECH' && code !== 'SILENT_CHANNEL')) return false;
	const channel = /channel (\d+): a warning/.exec(words)?.[1];
	if (channel && !result.warnings.some((one) => one.channel_number === Number(channel))) return false;
	if (/cancel each other/.test(words) && !result.warnings.some(({ message }) => /cancel/.test(message))) return false;
	const duration = /[;,] (\d+\.\d+) s\b/.exec(words)?.[1];
	if (duration && Math.abs(result.duration - Number(duration)) > 0.15) return false;
	const speech = speechIn(words, named);
	if (speech) return sameSpeech(foundIn(result), speech);
	return !/\bspeech\b/.test(words) || foundIn(result).length > 0;
}

function foundIn(result: VadResult | VoiceprintResult): Span[] {
	const [channel] = result.channels;
	return 'segments' in channel ? channel.segments.map(({ start_time, end_time }): Span => [start_time, end_time]) : [];
}

function isRight(right: string, answer: Answer, named: Map<string, Span[]>): boolean {
	return right.split(/\bor\b/).some((words) => holds(words, answer, named));
}

async function answer(file: string, right: string, folder: string): Promise<Answer> {
	const media: Partial<MediaRequest> = { fileName: basename(file), ...(/Mix/.test(right) ? { channelMode: 'mix' } : {}) };
	const vad = vadJob(file, folder, { media });
	const voiceprint = { model: 'accurate', maximumSpeech: 60, minimumSpeech: 3, onLittleSpeech: 'warn' } as const;
	try {
		if (!/voiceprint|SEVERAL/.test(right)) return { result: await runJob(vad) };
		return { result: await runJob<VoiceprintJob>({ ...vad, type: 'voiceprint', voiceprint }) };
	} catch (error) {
		return { error: error as Answer['error'] };
	}
}

function inWords({ result, error }: Answer): string {
	if (!result) return `${error!.code}: ${error!.message}`;
	const codes = result.warnings.map(({ code }: Warning) => code).join(' ');
	const spans = foundIn(result).map(([start, end]) => `${start.toFixed(2)}–${end.toFixed(2)}`);
	const shown = spans.length > 6 ? [...spans.slice(0, 6), '…'] : spans;
	return `${[...shown, codes].filter(Boolean).join(' ')} (${result.duration.toFixed(2)} s)`;
}

export async function reportsBench(data: string | undefined): Promise<void> {
	const folder = resolve(process.env.INIT_CWD ?? process.cwd(), data ?? '');
	const readme = [folder, join(folder, '..')].map((one) => join(one, 'README.md')).find((path) => existsSync(path));
	if (data === undefined || !readme) return console.log('\nReports: left out, --data must name a folder with right answers in a README.md');
	const text = readFileSync(readme, 'utf8');
	const [named, cases] = [namedSpeech(text), casesOf(text, readdirSync(folder))];
	const work = mkdtempSync(join(tmpdir(), 'voiceprint-reports-'));
	const rows: string[][] = [];
	try {
		for (const { file, right } of cases.filter(({ file: name }) => existsSync(join(folder, name)))) {
			const own = join(work, String(rows.length));
			mkdirSync(own);
			const given = await answer(join(folder, file), right, own);
			rows.push([file, isRight(right, given, named) ? 'right' : 'WRONG', inWords(given)]);
		}
	} finally {
		stopEngine();
		rmSync(work, { recursive: true, force: true });
	}
	const good = rows.filter(([, verdict]) => verdict === 'right').length;
	printTable(`Reported recordings: ${good} of ${rows.length} right`, ['file', 'verdict', 'answer'], rows);
}
