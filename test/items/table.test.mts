/** Items for a table: flat, and with the same columns whatever was found. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SpeechResult } from '../../dist/items/result.js';
import { toSpeechItems } from '../../dist/items/speechItems.js';
import { fromApi, local, ORIGIN, silent, SIMPLE } from './support/results.mts';

describe('items for a table', () => {
	const KEEPING = { ...SIMPLE, keepFilesWithoutSpeech: true };
	const isFlat = ({ json }: { json: object }) => Object.values(json).every((value) => value === null || ['string', 'number', 'boolean'].includes(typeof value));

	for (const [engine, results] of [
		['local', [local(), silent(), { ...local(), warnings: [] }]],
		['api', [{ ...fromApi, warnings: local().warnings }, { ...fromApi, channels: [{ ...silent().channels[0], channel_number: 2 }] }]],
	] as Array<[string, SpeechResult[]]>) {
		for (const form of ['channel', 'segment'] as const) {
			it(`are flat and have the same columns whatever was found: ${engine}, one per ${form}`, () => {
				for (const options of [KEEPING, { ...KEEPING, simplify: false }]) {
					const columnsOf = (result: SpeechResult, origin: object) =>
						toSpeechItems(result, form, { item: 0, ...origin }, options).map((item) => {
							assert.ok(isFlat(item), JSON.stringify(item));
							const { speaker_id: _ofThisApiOnly, ...json } = item.json;
							return Object.keys(json).join();
						});
					const named = results.map((result) => columnsOf(result, { fileName: 'a.wav', settings: ORIGIN.settings }));
					const nameless = columnsOf(results[0], { settings: ORIGIN.settings });
					const all = [...named.flat(), ...nameless];
					assert.ok(all.length >= 3);
					assert.equal(new Set(all).size, 1, [...new Set(all)].join('\n'));
				}
			});
		}
	}
});
