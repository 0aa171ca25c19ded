/** A file's way to its segments beside FFmpeg, and where on the way the time goes. */
import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { medianOf, ratioOf } from '../cost.mts';
import { callFile } from '../formats.mts';
import type { Passes } from '../passes.mts';
import type { Table } from '../table.mts';
import type { Reached } from './goals.mts';
import { LABEL, lengthOf, M4A, percent, RUNTIMES, two, WAV, type Extent, type Findings } from './part.mts';

const MOST_MS = 420_000;

/** CPU seconds of the machine's own FFmpeg; undefined where there is none. */
function installedFfmpeg(path: string): number | undefined {
	try {
		const script = 'ulimit -t 600; ffmpeg -v error -threads 1 -i "$0" -vn -ar 16000 -c:a pcm_f32le -f wav -y /dev/null; times';
		const children = execFileSync('sh', ['-c', script, path], { encoding: 'utf8', timeout: MOST_MS }).trim().split('\n').at(-1)!;
		return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0);
	} catch {
		return undefined;
	}
}

async function passesOf(path: string, rounds: number, threads: number): Promise<Passes> {
	const script = join(import.meta.dirname, '..', 'passes.mts');
	const { stdout } = await promisify(execFile)(process.execPath, [script, path, String(rounds), String(threads)], { timeout: MOST_MS });
	return JSON.parse(stdout) as Passes;
}

/** What FFmpeg's code is not asked to decode. */
const isReadHere = (label: string) => label.startsWith('WAV');

function sharesOf(label: string, passes: Passes): Table['rows'] {
	const of = (name: keyof Passes) => medianOf(passes[name]);
	return RUNTIMES.map((name) => {
		const [whole, decoding, inference, listening] = [of(`whole ${name}`), of('decoding'), of(`inference ${name}`), of(`listening ${name}`)];
		const codec = isReadHere(label) ? 0 : Math.min(decoding, of('codec'));
		const known = [codec, decoding - codec, of('level'), of('spool'), inference, Math.max(0, listening - inference), of('echoes')];
		const rest = Math.max(0, whole - known.reduce((sum, part) => sum + part, 0));
		const [decoder, ...others] = [...known, rest].map((part) => percent(part, whole));
		return [`${label}, ${LABEL[name]}`, isReadHere(label) ? '–' : decoder, ...others];
	});
}

function costsOf(label: string, seconds: number, passes: Passes, withTwo: Passes | undefined, installed: number | undefined): Table['rows'][number] {
	const speeds = RUNTIMES.map((name) => Math.round(seconds / medianOf(passes[`whole ${name}`])));
	const toFfmpeg = RUNTIMES.map((name) => two(ratioOf(passes[`whole ${name}`], passes.ffmpeg)));
	const onTwo = RUNTIMES.map((name) => (withTwo ? two(ratioOf(withTwo[`whole ${name}`], withTwo.ffmpeg, 'wall')) : '–'));
	const toInference = RUNTIMES.map((name) => two(ratioOf(passes[`whole ${name}`], passes[`inference ${name}`])));
	return [label, ...speeds, ...toFfmpeg, ...onTwo, ...toInference, two(ratioOf(passes.decoding, passes.ffmpeg)), installed ? two(installed / medianOf(passes.ffmpeg)) : '–'];
}

interface Measured {
	costs: Table['rows'];
	shares: Table['rows'];
	/** By the format's label: with one thread, and with two where that was asked for. */
	passes: Record<string, { one: Passes; both?: Passes | undefined }>;
}

async function measure(formats: Extent['formats'], seconds: number, rounds: number, withTwo: boolean): Promise<Measured> {
	const measured: Measured = { costs: [], shares: [], passes: {} };
	for (const format of formats) {
		const label = `${format[0]}, ${lengthOf(seconds)}`;
		const path = await callFile(seconds, format);
		const one = await passesOf(path, rounds, 1);
		const both = withTwo ? await passesOf(path, rounds, 2) : undefined;
		measured.passes[format[0]] = { one, both };
		measured.costs.push(costsOf(label, seconds, one, both, installedFfmpeg(path)));
		measured.shares.push(...sharesOf(label, one));
	}
	return measured;
}

function tablesOf({ costs, shares }: Measured, rounds: number): Table[] {
	const about = `two channels, preset Balanced, engine warm, one thread, CPU, median of ${rounds}`;
	return [
		{
			title: `File to segments, ${about}; with two threads wall-clock time to that of FFmpeg alone`,
			header: [
				...['', 'native, × real time', 'WASM, × real time', 'native to FFmpeg alone', 'WASM to FFmpeg alone', 'native, two threads', 'WASM, two threads'],
				...['native to its inference alone', 'WASM to its inference alone', 'our decoding to FFmpeg alone', "the machine's own FFmpeg to ours"],
			],
			rows: costs,
		},
		{
			title: `Where the time goes, ${about}`,
			header: ['', "FFmpeg's decoder", 'reading, resampling, timeline', 'level', 'disk', 'inference', 'segments, second looks', 'echoes', 'rest'],
			rows: shares,
		},
	];
}

/** What has to be decoded and resampled, and what has neither. */
export async function wholePath({ seconds, rounds }: Extent): Promise<Findings> {
	const measured = await measure([M4A, WAV], seconds, rounds, true);
	const [m4a, wav] = [measured.passes[M4A[0]], measured.passes[WAV[0]]];
	const reached: Reached = {
		m4aNative: ratioOf(m4a.one['whole native'], m4a.one.ffmpeg),
		m4aWasm: ratioOf(m4a.one['whole wasm'], m4a.one.ffmpeg),
		m4aWallNative: ratioOf(m4a.both!['whole native'], m4a.both!.ffmpeg, 'wall'),
		m4aWallWasm: ratioOf(m4a.both!['whole wasm'], m4a.both!.ffmpeg, 'wall'),
		wavNative: ratioOf(wav.one['whole native'], wav.one['inference native']),
		wavWasm: ratioOf(wav.one['whole wasm'], wav.one['inference wasm']),
	};
	return { reached, tables: tablesOf(measured, rounds) };
}

/** In fewer rounds. */
export async function otherFormats({ formats, otherSeconds, rounds }: Extent): Promise<Findings> {
	const fewer = Math.min(3, rounds);
	const others = formats.filter((format) => format !== M4A && format !== WAV);
	return { tables: tablesOf(await measure(others, otherSeconds, fewer, false), fewer) };
}
