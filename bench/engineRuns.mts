/** What jobs cost an engine process of its own, from its start on, and the process that asked for them (Linux). */
import { readFileSync } from 'node:fs';
import { runJob, stopEngine } from '../dist/engine/client/client.js';
import type { Job } from '../dist/engine/client/protocol.js';
import { enginePids, until } from '../test/support/engine.mts';
import { peakMemory } from './longCall.mts';
import { median } from './table.mts';

export interface Cost {
	/** Seconds of wall-clock time and of CPU. */
	wall: number;
	cpu: number;
}

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

/** Ticks are hundredths of a second on all of Linux. */
function cpuOf(pid: number): number {
	const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
	const [user, system] = stat.slice(stat.lastIndexOf(')') + 2).split(' ').slice(11, 13).map(Number);
	return (user + system) / 100;
}

async function timed(work: () => Promise<unknown>): Promise<{ wall: number; caller: number }> {
	const [started, before] = [performance.now(), process.cpuUsage()];
	await work();
	const { user, system } = process.cpuUsage(before);
	return { wall: (performance.now() - started) / 1000, caller: (user + system) / 1e6 };
}

async function once(job: Job, warmRuns: number): Promise<EngineCost> {
	stopEngine();
	await until(() => enginePids().length === 0, 'the engine ends');
	const first = await timed(async () => await runJob(job));
	const [pid] = enginePids();
	const started = cpuOf(pid);
	const warm: Array<{ wall: number; caller: number }> = [];
	for (let i = 0; i < warmRuns; i++) warm.push(await timed(async () => await runJob(job)));
	return {
		first: { wall: first.wall, cpu: started },
		warm: { wall: median(warm.map(({ wall }) => wall)), cpu: (cpuOf(pid) - started) / warmRuns },
		caller: median(warm.map(({ caller }) => caller)),
		peak: Math.round(peakMemory(pid) / 2 ** 20),
	};
}

/** Medians over engines that were started anew. @param warmRuns jobs after the first, of each engine */
export async function engineCost(job: Job, engines: number, warmRuns: number): Promise<EngineCost> {
	const costs: EngineCost[] = [];
	for (let i = 0; i < engines; i++) costs.push(await once(job, warmRuns));
	stopEngine();
	const of = (value: (cost: EngineCost) => number) => median(costs.map(value));
	return {
		first: { wall: of(({ first }) => first.wall), cpu: of(({ first }) => first.cpu) },
		warm: { wall: of(({ warm }) => warm.wall), cpu: of(({ warm }) => warm.cpu) },
		caller: of(({ caller }) => caller),
		peak: of(({ peak }) => peak),
	};
}
