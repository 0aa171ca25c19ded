/** What the bench says of segments that are no longer the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { differences, type Answer } from '../../bench/segments/differences.mts';

const heard = (...segments: Array<[number, number]>): Answer => ({ channels: { 0: segments }, warnings: [] });

const BEFORE = { 'a.wav': heard([1000, 2000], [3000, 4000]) };

const cases: Array<[title: string, now: Record<string, Answer>, ...said: string[]]> = [
	['the same', { 'a.wav': heard([1000, 2000], [3000, 4000]) }],
	['a millisecond more', { 'a.wav': heard([1000, 2001], [3000, 4000]) }, 'a.wav: channel 0 differs by 1 ms, first at 1000 ms'],
	['a segment less', { 'a.wav': heard([1000, 2000]) }, 'a.wav: channel 0 differs by 1000 ms, 1 segments instead of 2, first at 3000 ms'],
	['one in two', { 'a.wav': heard([1000, 1500], [1500, 2000], [3000, 4000]) }, 'a.wav: channel 0 differs by 0 ms, 3 segments instead of 2, first at 1000 ms'],
	['moved', { 'a.wav': heard([1000, 2000], [3010, 4010]) }, 'a.wav: channel 0 differs by 20 ms, first at 3010 ms'],
	['another channel', { 'a.wav': { channels: { 1: [] }, warnings: [] } }, 'a.wav: channel 0 is gone', 'a.wav: channel 1 is new'],
	['an error', { 'a.wav': { error: 'NOT_MEDIA' } }, 'a.wav: NOT_MEDIA instead of no error'],
	['a warning', { 'a.wav': { ...BEFORE['a.wav'], warnings: ['TRUNCATED'] } }, 'a.wav: warns of TRUNCATED instead of nothing'],
	['a file less, another more', { 'b.wav': heard() }, 'a.wav: is not there', 'b.wav: was not there before'],
];

describe('differences of segments', () => {
	for (const [title, now, ...said] of cases) it(title, () => assert.deepEqual(differences(BEFORE, now), said));
});
