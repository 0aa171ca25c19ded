import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { once, oncePerKey } from '../dist/once.js';

/** Fails the first `failures` times; then gives the number of the call. */
function loader(failures = 0) {
	let calls = 0;
	return async (): Promise<number> => {
		calls++;
		await Promise.resolve();
		if (calls <= failures) throw new Error(`call ${calls}`);
		return calls;
	};
}

describe('what is loaded once', () => {
	it('is loaded at its first use, and kept', async () => {
		const get = once(loader());
		assert.equal(await get(), 1);
		assert.equal(await get(), 1);
	});

	it('is loaded once also for those who ask at the same time', async () => {
		const get = once(loader());
		assert.deepEqual(await Promise.all([get(), get(), get()]), [1, 1, 1]);
	});

	it('is loaded again after a failure, which all who waited learn', async () => {
		const get = once(loader(1));
		const [one, other] = await Promise.allSettled([get(), get()]);
		assert.equal(one.status, 'rejected');
		assert.equal(other.status, 'rejected');
		assert.equal(await get(), 2);
		assert.equal(await get(), 2);
	});

	it('is kept for each key', async () => {
		const loads: string[] = [];
		const get = oncePerKey(async (key: string) => loads.push(key));
		assert.deepEqual([await get('native'), await get('wasm'), await get('native')], [1, 2, 1]);
	});
});
