/** In the engine V8 looks at WebAssembly's functions when they are called, and not before. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { test } from 'node:test';

const script = createRequire(import.meta.url).resolve('../../../../dist/engine/process/host/lazyValidation.js');

/** A module of two exported functions: `good` gives 7, `bad` adds where there is nothing to add. */
const MODULE = [
	...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
	...[1, 5, 1, 0x60, 0, 1, 0x7f],
	...[3, 3, 2, 0, 0],
	...[7, 14, 2, 4, ...Buffer.from('good'), 0, 0, 3, ...Buffer.from('bad'), 0, 1],
	...[10, 10, 2, 4, 0, 0x41, 7, 0x0b, 3, 0, 0x6a, 0x0b],
];

/** What becomes of the module in a process of its own. */
const outcome = (before: string) =>
	execFileSync(process.execPath, ['-e', `${before}
		WebAssembly.compile(Uint8Array.from(${JSON.stringify(MODULE)})).then((module) => {
			const { good, bad } = new WebAssembly.Instance(module).exports;
			let refused = false;
			try { bad(); } catch { refused = true; }
			console.log(good(), refused ? 'bad is refused' : 'bad was called');
		}, () => console.log('refused whole'));`], { encoding: 'utf8' }).trim();

test('a function that is not valid is refused when it is called, and the others work', () => {
	assert.equal(outcome(''), 'refused whole', 'as V8 does without the engine');
	assert.equal(outcome(`require(${JSON.stringify(script)}).validateLazily();`), '7 bad is refused');
});
