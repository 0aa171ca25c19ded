/** The page on speed: whole even where something could not be measured, which it says. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { goalTable } from '../../bench/performance/goals.mts';
import { page } from '../../bench/performance/page.mts';

const TABLES = ['First', 'Second'].map((title) => ({ title, header: ['', 'CPU s'], rows: [['WAV', 1.5]] }));
const made = (failures: string[]) => page({ goals: goalTable({ m4aNative: 1.2 }), tables: TABLES, failures, loads: [0.1, 1], minutes: 21.4 });

it('has the goals before the tables, and each table', () => {
	const text = made([]);
	const places = ['**Goals**', '| 1.20 | ≤ 1.25 | yes |', '## What to take from it', '**First**', '**Second**', '| WAV | 1.5 |'].map((part) => text.indexOf(part));
	assert.ok(places.every((place) => place > 0), String(places));
	assert.deepEqual(places.slice(0, 4).toSorted((a, b) => a - b), places.slice(0, 4));
	assert.doesNotMatch(text, /Not measured in this run/);
	assert.doesNotMatch(text, /undefined|NaN/);
});

it('names what could not be measured', () => assert.match(made(['starts: the engine did not end']), /\*\*Not measured in this run\*\*\n\n- starts: the engine did not end\n/));
