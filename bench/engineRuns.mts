/** What jobs cost an engine process of its own, from its start on, and the process that asked for them (Linux). */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runJob, stopEngine } from '../dist/engine/client/client.js';
import type { Job } from '../dist/engine/client/protocol.js';
import { enginePids, until } from '../test/support/engine.mts';
import { costOf, medianOf, type Cost } from './cost.mts';
import { peakMemory } from './longCall.mts';
import { median } from './table.mts';

export interface EngineCost {
	/** The first job, with the start of the process. */
	first: Cost;
	/** Later ones. */
	warm: Cost;
	/** CPU seconds of the process that asked, per later job. */
	caller: number;
	/** Resident memory, MiB. */
	peak: number;
}

export interface EngineRuns {
	/** Started anew; medians over them. */
	engines?: number;
	/** Jobs of each after its first. */
	warm?: number;
	/** Its first job, where it is another one. */
	first?: Job;
}

/** Ticks are hundredths of a second on all of Linux. */
export function cpuOf(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
	return (user + system) / 100;
}

/** In a folder of its own: what a job before it has written would be in its way. Fails where something was not made. */
async function run(job: Job): Promise<void> {
	const workFolder = mkdtempSync(join(job.workFolder, 'job-'));
	try {
		const { warnings } = await runJob({ ...job, workFolder });
		const missed = warnings.find(({ code }) => code === 'NOT_PRODUCED');
		if (missed) throw new Error(missed.message);
	} finally {
		rmSync(workFolder, { recursive: true, force: true });
	}
}

async function once(job: Job, first: Job, warmRuns: number): Promise<EngineCost> {
	stopEngine();
	await until(() => enginePids().length === 0, 'the engine ends');
	const { wall } = await costOf(async () => await run(first));
	const [pid] = enginePids();
	const started = cpuOf(pid);
	const warm: Cost[] = [];
	for (let i = 0; i < warmRuns; i++) warm.push(await costOf(async () => await run(job)));
	return {
		first: { wall, cpu: started },
		warm: { wall: medianOf(warm, 'wall'), cpu: (cpuOf(pid) - started) / warmRuns },
		caller: medianOf(warm),
		peak: Math.round(peakMemory(pid) / 2 ** 20),
	};
}

export async function engineCost(job: Job, { engines = 1, warm = 1, first = job }: EngineRuns = {}): Promise<EngineCost> {
	const costs: EngineCost[] = [];
	for (let i = 0; i < engines; i++) costs.push(await once(job, first, warm));
	stopEngine();
	const of = (value: (cost: EngineCost) => number) => median(costs.map(value));
	return {
		first: { wall: of((cost) => cost.first.wall), cpu: of((cost) => cost.first.cpu) },
		warm: { wall: of((cost) => cost.warm.wall), cpu: of((cost) => cost.warm.cpu) },
		caller: of(({ caller }) => caller),
		peak: of(({ peak }) => peak),
	};
}
