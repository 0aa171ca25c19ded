/**
 * What a voice note takes in a real n8n: the time of the node, as n8n records it, beside that of n8n's own node that reads
 * the same file (Extract from File, which moves it into the item's JSON), in the same executions.
 */
import { randomUUID } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { INode } from 'n8n-workflow';
import { startN8n, type RunningN8n } from '../tools/n8n/server.mts';
import { fileWorkflow, NODE_NAME, START_NAME, type WorkflowData } from '../tools/n8n/workflows.mts';
import { installOnce } from '../test/support/package.mts';
import { callFile, FORMATS } from './formats.mts';
import { median, printTable, type Table } from './table.mts';

const SECONDS = 10;

/** Executions of which the first finds no engine and no code that was used before. */
const RUNS = 12;

/** Not measured: the engine starts, and compiled code becomes what it stays. */
const WARM_UP = 3;

const EXTRACT = 'Extract from File';

const MEASURED = new Set(['WAV 16 kHz', 'M4A (AAC) 128 kbit/s']);

/** Milliseconds of a node in each execution. */
interface Times {
	own: number[];
	extract: number[];
}

/** Both nodes get the same items; Extract from File runs first or second by turns. */
function workflow(path: string, runtime: string, isFirst: boolean): WorkflowData {
	const made = fileWorkflow(path, { options: { runtime } });
	const extract: INode = {
		...{ id: randomUUID(), name: EXTRACT, type: 'n8n-nodes-base.extractFromFile', typeVersion: 1.1 },
		// n8n's own spelling. The node above runs first.
		...{ position: [440, isFirst ? -200 : 200], parameters: { operation: 'binaryToPropery', options: {} } },
	};
	const reader = made.nodes[1].name;
	const [[detection]] = made.connections[reader].main as Array<Array<{ node: string; type: 'main'; index: number }>>;
	const beside = { ...detection, node: EXTRACT };
	return {
		...made,
		nodes: [...made.nodes, extract],
		connections: { ...made.connections, [reader]: { main: [isFirst ? [beside, detection] : [detection, beside]] } },
		settings: { executionOrder: 'v1' },
	};
}

async function measure({ client }: RunningN8n, path: string, runtime: string): Promise<{ first: number; warm: Times }> {
	const workflows = [];
	for (const isFirst of [true, false]) workflows.push(await client.createWorkflow(workflow(path, runtime, isFirst)));
	const times: Times = { own: [], extract: [] };
	for (let run = 0; run < RUNS; run++) {
		const { status, data } = await client.runManually(workflows[run % 2], START_NAME);
		if (status !== 'success') throw new Error(`The execution ended as ${status}: ${JSON.stringify(data.resultData.error)}`);
		const timeOf = (name: string) => data.resultData.runData[name][0].executionTime;
		times.own.push(timeOf(NODE_NAME));
		times.extract.push(timeOf(EXTRACT));
	}
	return { first: times.own[0], warm: { own: times.own.slice(WARM_UP), extract: times.extract.slice(WARM_UP) } };
}

export interface NodeTimes {
	table: Table;
	/** Warm, the node's time to that of Extract from File, by the format's label and the runtime. */
	ratios: Record<string, number>;
}

export async function nodeTimes(): Promise<NodeTimes> {
	const n8n = await startN8n({ install: installOnce });
	try {
		const rows: Table['rows'] = [];
		const ratios: NodeTimes['ratios'] = {};
		for (const format of FORMATS.filter(([label]) => MEASURED.has(label))) {
			const made = await callFile(SECONDS, format);
			const path = join(n8n.filesFolder, basename(made));
			copyFileSync(made, path);
			for (const runtime of ['native', 'wasm']) {
				const { first, warm } = await measure(n8n, path, runtime);
				const [own, extract] = [median(warm.own), median(warm.extract)];
				const label = `${format[0]}, ${runtime}`;
				// n8n counts whole milliseconds.
				ratios[label] = own / Math.max(1, extract);
				rows.push([label, first, own, Math.min(...warm.own), extract, Math.min(...warm.extract), ratios[label].toFixed(1)]);
			}
		}
		const header = ['', 'first, ms', 'warm, ms', 'least', `${EXTRACT}, ms`, 'least', 'ratio'];
		return { ratios, table: { title: `Node time of ${SECONDS} s with two channels in n8n, median of ${RUNS - WARM_UP}`, header, rows } };
	} finally {
		await n8n.stop();
	}
}

export async function nodeTimeBench(): Promise<void> {
	const { title, header, rows } = (await nodeTimes()).table;
	printTable(title, header, rows);
}
