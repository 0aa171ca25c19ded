/**
 * An instance of FFmpeg takes tens of MiB, which stay taken until the collector comes by: it does not hurry for what lies
 * outside of its heap, and several dead ones add up.
 */

declare const globalThis: { gc?: () => void };

/** Lets go of what nobody holds any more, now: 10 ms or so. Does nothing where the process was started without `--expose-gc`. */
export function collectGarbage(): void {
	globalThis.gc?.();
}
