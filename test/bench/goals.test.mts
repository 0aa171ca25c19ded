/** The first table of the page on speed: what was to be reached, and whether it is. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { GOALS, goalTable, type Reached } from '../../bench/performance/goals.mts';

function rows(reached: Reached): Record<string, string[]> {
	const { rows: all } = goalTable(reached);
	return Object.fromEntries(Object.keys(GOALS).map((name, i) => [name, all[i].slice(1).map(String)]));
}

it('a ratio is held against its limit from the right side, and its limit is reached', () => {
	assert.deepEqual(rows({ m4aNative: 1.25, m4aWasm: 1.501, twoNative: 1.79, chunksWasm: 20.9 }), {
		...rows({}),
		m4aNative: ['1.25', '≤ 1.25', 'yes'],
		m4aWasm: ['1.50', '≤ 1.5', 'no'],
		twoNative: ['1.79', '≥ 1.8', 'no'],
		chunksWasm: ['20.90', '≥ 10', 'yes'],
	});
});

it('a figure with a unit has it on both sides', () => {
	const { peakNative, firstWasm } = rows({ peakNative: 223.4, firstWasm: 1.04 });
	assert.deepEqual([peakNative, firstWasm], [['223 MiB', '≤ 300 MiB', 'yes'], ['1.04 s', '≤ 1 s', 'no']]);
});

it('what was not measured is neither reached nor missed', () => assert.deepEqual(rows({}).nodeNative, ['not measured', '≤ 3', '–']));
