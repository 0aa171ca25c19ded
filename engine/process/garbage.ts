/**
 * An instance of FFmpeg takes tens of MiB, which stay taken until the collector comes by: it does not hurry for what lies
 * outside of its heap, and several dead ones add up.
 */

import { setImmediate } from 'node:timers/promises';

declare const globalThis: { gc?: (how?: { type: 'minor' }) => void };

/**
 * Lets go of what nobody holds any more: 15 ms or so. Does nothing where the process was started without `--expose-gc`. Not for
 * what the caller, or whoever waits for it, still has a name for.
 */
export async function collectGarbage(): Promise<void> {
	const { gc } = globalThis;
	if (!gc) return;
	// What has just ended is still on the stack.
	await setImmediate();
	gc();
	// Memory is given back beside this thread; whoever collects again waits for that.
	gc({ type: 'minor' });
}
