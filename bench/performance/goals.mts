/** What the package is to reach, as ratios of one run or on this machine, and whether it does. */
import type { Table } from '../table.mts';

interface Goal {
	what: string;
	/** The measured figure is to be no more than this, */
	most?: number;
	/** or no less. */
	least?: number;
	unit?: string;
}

const M4A = '10 min stereo M4A, whole path, one thread, CPU to that of FFmpeg alone';
const ON_TWO = 'the same with two cores, wall-clock time to that of FFmpeg alone';
const WAV = 'WAV 16 kHz, whole path, CPU to that of its inference alone';

const NOTE = "warm 10 s M4A through n8n, the node's time to that of n8n's Extract from File";

export const GOALS = {
	m4aNative: { what: `${M4A}: native`, most: 1.25 },
	m4aWasm: { what: `${M4A}: WASM`, most: 1.5 },
	m4aWallNative: { what: `${ON_TWO}: native`, most: 1 },
	m4aWallWasm: { what: `${ON_TWO}: WASM`, most: 1 },
	wavNative: { what: `${WAV}: native`, most: 1.15 },
	wavWasm: { what: `${WAV}: WASM`, most: 1.15 },
	chunksNative: { what: 'inference, speed to onnxruntime-node chunk by chunk: native', least: 8 },
	chunksWasm: { what: 'inference, speed to onnxruntime-web chunk by chunk: WASM', least: 10 },
	nodeNative: { what: `${NOTE}: native`, most: 3 },
	nodeWasm: { what: `${NOTE}: WASM`, most: 3 },
	firstNative: { what: 'first 10 s M4A with the start of the engine: native', most: 1, unit: 's' },
	firstWasm: { what: 'first 10 s M4A with the start of the engine: WASM', most: 1, unit: 's' },
	twoNative: { what: 'two files at once with two engines, speed to one after the other: native', least: 1.8 },
	twoWasm: { what: 'two files at once with two engines, speed to one after the other: WASM', least: 1.8 },
	peakNative: { what: '2 h file, peak of the engine: native', most: 300, unit: 'MiB' },
	peakWasm: { what: '2 h file, peak of the engine: WASM', most: 300, unit: 'MiB' },
	picture: { what: 'M4A with a picture, CPU to that without', most: 1.1 },
	clips: { what: 'M4A with clips as FLAC, CPU to that without', most: 1.1 },
} satisfies Record<string, Goal>;

export type GoalName = keyof typeof GOALS;

/** Figures, as far as there are any. */
export type Reached = Partial<Record<GoalName, number>>;

const isReached = ({ most = Infinity, least = -Infinity }: Goal, figure: number) => figure <= most && figure >= least;

function rowOf(goal: Goal, figure: number | undefined): string[] {
	const unit = goal.unit ? ` ${goal.unit}` : '';
	const wanted = goal.most === undefined ? `≥ ${goal.least}${unit}` : `≤ ${goal.most}${unit}`;
	if (figure === undefined) return [goal.what, 'not measured', wanted, '–'];
	return [goal.what, `${goal.unit === 'MiB' ? Math.round(figure) : figure.toFixed(2)}${unit}`, wanted, isReached(goal, figure) ? 'yes' : 'no'];
}

export function goalTable(reached: Reached): Table {
	const rows = (Object.entries(GOALS) as Array<[GoalName, Goal]>).map(([name, goal]) => rowOf(goal, reached[name]));
	return { title: 'Goals', header: ['', 'here', 'goal', 'reached'], rows };
}
