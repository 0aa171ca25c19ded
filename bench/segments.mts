/**
 * `--data FOLDER --save FILE`: the speech in all media there, by both runtimes, into a file. `--against FILE`: whether it is
 * still the same, to the millisecond. With a second thread it has to be the same as with one, always. `--build FOLDER`:
 * another build than this one's `dist`.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';
import type { RuntimeName } from '../dist/engine/client/protocol.js';
import type { Work } from './segments/answers.mts';
import { differences, type Answer, type Answers } from './segments/differences.mts';

export interface SegmentsOptions {
	data?: string;
	save?: string;
	against?: string;
	build?: string;
}

type Saved = Record<RuntimeName, Answers>;

const RUNTIMES: RuntimeName[] = ['native', 'wasm'];
const DIST = join(import.meta.dirname, '..', 'dist');

/** What lies beside recordings. */
const NO_MEDIA = new Set(['.scv', '.rttm', '.json', '.csv', '.txt', '.md']);

function mediaUnder(folder: string): string[] {
	const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
	return names.map((name) => join(folder, name)).filter((path) => statSync(path).isFile() && !NO_MEDIA.has(extname(path)));
}

/** @throws Error where the process ends before it has looked at all files */
function answersOf(work: Work, folder: string): Answers {
	const script = join(import.meta.dirname, 'segments', 'answers.mts');
	const { stdout, stderr, status } = spawnSync(process.execPath, [script], { input: JSON.stringify(work), encoding: 'utf8', maxBuffer: 2 ** 30 });
	const lines = stdout.trim().split('\n').filter(Boolean).map((line) => JSON.parse(line) as [string, Answer]);
	if (status !== 0 || lines.length < work.paths.length) throw new Error(`Ended at ${work.paths[lines.length]}: ${stderr}`);
	return Object.fromEntries(lines.map(([path, answer]) => [relative(folder, path), answer]));
}

/** Sets the exit code to 1 where something differs. */
export function segmentsBench({ data, save, against, build = DIST }: SegmentsOptions): void {
	if (data === undefined) throw new Error('Whose segments? --data FOLDER');
	const folder = resolve(data);
	const paths = mediaUnder(folder);
	const before = against === undefined ? undefined : (JSON.parse(readFileSync(against, 'utf8')) as Saved);
	const now: Partial<Saved> = {};
	const changes: string[] = [];
	for (const runtime of RUNTIMES) {
		const [one, two] = [1, 2].map((threads) => answersOf({ build: resolve(build), runtime, threads, paths }, folder));
		changes.push(...differences(one, two).map((change) => `${runtime}, two threads beside one: ${change}`));
		if (before) changes.push(...differences(before[runtime], one).map((change) => `${runtime}: ${change}`));
		now[runtime] = one;
	}
	for (const change of changes) console.log(change);
	const beside = before ? `beside ${against}` : 'with two threads beside one';
	console.log(`\nSegments of ${paths.length} files, native and WASM, ${beside}: ${changes.length === 0 ? 'the same' : `${changes.length} differences`}`);
	if (save !== undefined) writeFileSync(save, `${JSON.stringify(now)}\n`);
	if (changes.length > 0) process.exitCode = 1;
}
