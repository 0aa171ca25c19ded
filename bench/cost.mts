/** What work costs, and ratios of it. */
import { median } from './table.mts';

export interface Cost {
	/** Seconds of wall-clock time. */
	wall: number;
	/** Seconds of CPU, all threads of this process together. */
	cpu: number;
}

export async function costOf(work: () => Promise<unknown>): Promise<Cost> {
	const [started, before] = [performance.now(), process.cpuUsage()];
	await work();
	const { user, system } = process.cpuUsage(before);
	return { wall: (performance.now() - started) / 1000, cpu: (user + system) / 1e6 };
}

export const medianOf = (costs: readonly Cost[], of: keyof Cost = 'cpu') => median(costs.map((cost) => cost[of]));

/** Median of the rounds' ratios: a slow moment of the machine hits both. */
export const ratioOf = (one: readonly Cost[], other: readonly Cost[], of: keyof Cost = 'cpu') => median(one.map((cost, round) => cost[of] / other[round][of]));
