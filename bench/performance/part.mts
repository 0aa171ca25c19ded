/** What the parts of the page have in common. */
import type { RuntimeName } from '../../dist/engine/client/protocol.js';
import { FORMATS } from '../formats.mts';
import type { Table } from '../table.mts';
import type { Reached } from './goals.mts';

/** How much is measured. */
export interface Extent {
	rounds: number;
	/** Seconds of the files of the goals, and of those of the other formats. */
	seconds: number;
	otherSeconds: number;
	formats: typeof FORMATS;
	/** Seconds of the files whose growth is looked at. */
	lengths: number[];
	channels: number[];
	/** At the same time. */
	executions: number[];
	/** Starts of an engine. */
	engines: number;
	/** Seconds of the calls that stand for a user's. */
	callSeconds: number;
}

export interface Findings {
	tables: Table[];
	reached?: Reached;
}

/** @param folder that goes with the page's run */
export type Part = (extent: Extent, folder: string) => Promise<Findings>;

export const RUNTIMES: readonly RuntimeName[] = ['native', 'wasm'];
export const LABEL: Record<RuntimeName, string> = { native: 'native', wasm: 'WASM' };

const format = (name: string) => FORMATS.find(([, file]) => file === name)!;
export const WAV = format('call-16k.wav');
export const MP3 = format('call.mp3');
export const M4A = format('call.m4a');

export const WHOLE: Extent = {
	rounds: 5,
	seconds: 600,
	otherSeconds: 60,
	formats: FORMATS,
	lengths: [10, 60, 600, 7200],
	channels: [1, 2, 4, 8, 16],
	executions: [1, 2, 4, 8, 16],
	engines: 5,
	callSeconds: 120,
};

export const QUICK: Extent = {
	rounds: 1,
	seconds: 60,
	otherSeconds: 10,
	formats: [MP3],
	lengths: [10, 60],
	channels: [1, 4],
	executions: [1, 4],
	engines: 1,
	callSeconds: 20,
};

export const percent = (part: number, whole: number) => `${Math.round((100 * part) / whole)} %`;
export const two = (value: number) => value.toFixed(2);
export const lengthOf = (seconds: number) => (seconds % 3600 === 0 ? `${seconds / 3600} h` : seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`);
