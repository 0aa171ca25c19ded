/** The diarization error rate that the bench reports. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bestPairing, diarizationErrors, readRttm } from '../../bench/errorRate.mts';

const turn = (speaker: string, start: number, end: number) => ({ speaker, start, end });

const REFERENCE = [turn('A', 0, 4), turn('B', 5, 9), turn('A', 8, 10)];

describe('the diarization error rate', () => {
	it('of the truth under other names is none', () => {
		const found = REFERENCE.map(({ speaker, ...times }) => ({ ...times, speaker: speaker === 'A' ? 'x' : 'y' }));
		assert.deepEqual(diarizationErrors(REFERENCE, found), { speech: 10, missed: 0, falseAlarm: 0, confused: 0 });
	});

	it('counts what is missed, made up and taken for another', () => {
		assert.deepEqual(diarizationErrors(REFERENCE, [turn('x', 0, 4.5), turn('x', 5, 6), turn('y', 6, 9)]), {
			speech: 10,
			missed: 2,
			falseAlarm: 0.5,
			confused: 1,
		});
	});

	it('does not count around the edges of the truth', () => {
		const { speech, falseAlarm } = diarizationErrors([turn('A', 1, 3)], [turn('x', 0.8, 3.5)], 0.25);
		assert.deepEqual([speech, falseAlarm], [1.5, 0.25]);
	});

	it('of nothing found is everything', () => assert.equal(diarizationErrors(REFERENCE, []).missed, 10));
});

it('the best pairing is the best of all, on random numbers', () => {
	let state = 1;
	const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
	const best = (values: number[][], row = 0, used = new Set<number>()): number => {
		if (row === values.length) return 0;
		const options = values[row].map((value, column) => (used.has(column) ? -Infinity : value + best(values, row + 1, new Set([...used, column]))));
		return Math.max(best(values, row + 1, used), ...options);
	};
	for (let i = 0; i < 60; i++) {
		const [rows, columns] = [1 + (i % 5), 1 + ((i * 7) % 5)];
		const values = Array.from({ length: rows }, () => Array.from({ length: columns }, () => Math.floor(100 * random())));
		const pairing = bestPairing(values);
		const sum = pairing.reduce((total, column, row) => total + (column === -1 ? 0 : values[row][column]), 0);
		assert.equal(sum, best(values));
		const used = pairing.filter((column) => column !== -1);
		assert.equal(new Set(used).size, used.length);
	}
});

it('RTTM is read by its fields, other lines are left out', () => {
	const text = ';; comment\nSPEAKER call 1 0.500 1.250 <NA> <NA> Anna <NA> <NA>\nSPKR-INFO call 1 <NA> <NA> <NA> unknown Anna <NA>\n';
	assert.deepEqual(readRttm(text), [turn('Anna', 0.5, 1.75)]);
});
