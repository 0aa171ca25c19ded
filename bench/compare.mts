/**
 * One voiceprint in a gallery of 100,000: the real node on n8n's execution engine, beside what one would write into a
 * Code node, a loop over vectors that are plain lists of numbers. Both begin with the items in n8n's memory.
 */
import type { INodeExecutionData, INodeType } from 'n8n-workflow';
import { cluster, emptySimilarities, setSimilarity } from '../dist/voiceprints/cluster.js';
import { Gallery } from '../dist/voiceprints/gallery.js';
import { dot } from '../dist/voiceprints/vector.js';
import { Pace } from '../dist/voiceprints/pace.js';
import { longestHold } from '../test/voiceprints/support/hold.mts';
import { near, randomNumbers, textOf, unitVector, voiceprintOf } from '../test/voiceprints/support/vectors.mts';
import { createHarness, type Harness, type HarnessItem } from '../tools/n8n/harness.mts';
import { median, printTable } from './table.mts';

const SIZE = 100_000;
const ROUNDS = 5;

/** Of the gallery's middle: the one to find. */
const WANTED = SIZE / 2;

/** Voiceprints to group. */
const GROUPED = 2000;

const NODE = 'compareVoiceprints';

interface Measured {
	/** Milliseconds. */
	whole: number;
	/** Longest time without a break for others, milliseconds. */
	hold: number;
}

/** The node's own work, without what n8n does before and after it. */
async function byNode(harness: Harness, probe: string, gallery: HarnessItem[]): Promise<Measured> {
	const node = [...harness.nodeTypes].find(([type]) => type.endsWith(`.${NODE}`))![1] as INodeType;
	const { execute } = Object.getPrototypeOf(node) as INodeType;
	let measured: Measured | undefined;
	node.execute = async function () {
		let output: Awaited<ReturnType<NonNullable<typeof execute>>> = [];
		measured = await longestHold(async () => void (output = await execute!.call(this)));
		return output;
	};
	const items = [{ json: { voiceprint: probe } }];
	const { output, error } = await harness.run({ node: NODE, parameters: { operation: 'identify' }, items, secondItems: gallery });
	delete (node as Partial<INodeType>).execute;
	if (output[0]?.json.speaker !== `Person ${WANTED}`) throw new Error(error?.message ?? 'The wrong one was found');
	return measured!;
}

/** As one would write it: the cosine of two lists, for each item, and the best five. */
function byLoop(probe: number[], gallery: INodeExecutionData[]): string {
	const length = (vector: number[]) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
	const matches = gallery.map(({ json }) => {
		const vector = json.vector as number[];
		const sum = vector.reduce((total, value, i) => total + value * probe[i], 0);
		return { name: json.name as string, score: sum / (length(vector) * length(probe)) };
	});
	return matches.sort((one, other) => other.score - one.score).slice(0, 5)[0].name;
}

/** The vectors of the gallery, made anew each time, so that no candidate has to carry another one's data along. */
function vectorsOf(): { vectors: Float32Array[]; probe: Float32Array } {
	const random = randomNumbers(1);
	const vectors = Array.from({ length: SIZE }, () => unitVector(random));
	return { vectors, probe: near(vectors[WANTED], 0.8, random) };
}

async function measureOurs(rounds: Rounds): Promise<void> {
	const { vectors, probe } = vectorsOf();
	const texts: HarnessItem[] = vectors.map((vector, i) => ({ json: { name: `Person ${i}`, voiceprint: textOf(vector) } }));
	vectors.length = 0;
	const harness = await createHarness();
	try {
		for (let round = 0; round < ROUNDS; round++) {
			rounds.node.push(await byNode(harness, textOf(probe), texts));
			const gallery = new Gallery(SIZE);
			rounds.reading.push(await longestHold(async () => texts.forEach(({ json }) => gallery.add(json!.voiceprint))));
			const search = async () => void (await gallery.compare(voiceprintOf(probe), (cosine) => cosine, new Pace()));
			rounds.searching.push(await longestHold(search));
		}
	} finally {
		harness.dispose();
	}
}

async function measureLoop(rounds: Rounds): Promise<void> {
	const { vectors, probe } = vectorsOf();
	const lists = vectors.map((vector, i) => ({
		json: { name: `Person ${i}`, vector: Array.from(vector, (value) => Number(value.toFixed(6))) },
	}));
	for (let round = 0; round < ROUNDS; round++) {
		rounds.loop.push(await longestHold(async () => void byLoop(Array.from(probe), lists)));
	}
}

type Rounds = Record<'node' | 'loop' | 'reading' | 'searching', Measured[]>;

async function identify(): Promise<void> {
	const rounds: Rounds = { node: [], loop: [], reading: [], searching: [] };
	await measureOurs(rounds);
	await measureLoop(rounds);
	const reference = rounds.loop.map(({ whole }) => whole);
	const row = (label: string, measured: Measured[]) => [
		label,
		Math.round(median(measured.map(({ whole }) => whole))),
		median(measured.map(({ whole }, i) => reference[i] / whole)).toFixed(1),
		Math.round(median(measured.map(({ hold }) => hold))),
	];
	printTable(
		`One voiceprint in ${SIZE.toLocaleString('en')} others, 192 numbers each, ${ROUNDS} rounds`,
		['candidate', 'ms, median', 'ratio to the loop', 'longest hold, ms'],
		[
			row('Compare Voiceprints, Identify (ours)', rounds.node),
			row('  of it, reading base64 voiceprints at one go', rounds.reading),
			row('  of it, searching', rounds.searching),
			row('loop over lists of numbers', rounds.loop),
		],
	);
}

async function group(): Promise<void> {
	const random = randomNumbers(2);
	const voices = Array.from({ length: GROUPED / 10 }, () => unitVector(random));
	const vectors = Array.from({ length: GROUPED }, (_, i) => near(voices[i % voices.length], 0.75, random));
	let found = 0;
	const measured = await longestHold(async () => {
		const pace = new Pace();
		const similarities = emptySimilarities(GROUPED);
		for (let i = 0; i < GROUPED; i++) {
			for (let j = 0; j < i; j++) {
				if ((j & 63) === 0 && pace.isDue) await pace.rest();
				setSimilarity(similarities, i, j, dot(vectors[i], 0, vectors[j]));
			}
		}
		found = new Set(await cluster(similarities, 0.35, pace)).size;
	});
	printTable(
		'Grouping by speaker',
		['voiceprints', 'speakers', 'found', 'ms', 'longest hold, ms'],
		[[GROUPED, voices.length, found, Math.round(measured.whole), Math.round(measured.hold)]],
	);
}

export async function compareBench(): Promise<void> {
	await identify();
	await group();
}
