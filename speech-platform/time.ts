/** Waiting that ends at once when an execution is cancelled. */

/** The longest time a timer of Node.js takes, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Rejects with `reason()` as soon as the signal is aborted; what `work` comes to after that is dropped. */
export async function orAborted<T>(
	work: Promise<T>,
	signal: AbortSignal | undefined,
	reason: () => Error,
): Promise<T> {
	if (!signal) return await work;
	let onAbort = () => {};
	const aborted = new Promise<never>((_, reject) => {
		onAbort = () => reject(reason());
		signal.addEventListener('abort', onAbort, { once: true });
		if (signal.aborted) onAbort();
	});
	try {
		return await Promise.race([aborted, work]);
	} finally {
		signal.removeEventListener('abort', onAbort);
	}
}

/** Resolves after some milliseconds, or as soon as the signal is aborted. */
export async function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted) return;
	await new Promise<void>((resolve) => {
		const end = () => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', end);
			resolve();
		};
		const timer = setTimeout(end, Math.min(milliseconds, LONGEST_TIMER));
		signal?.addEventListener('abort', end, { once: true });
	});
}

/** `90 seconds`, `0.5 seconds`. */
export function seconds(milliseconds: number): string {
	const value = Math.round(milliseconds / 100) / 10;
	return value === 1 ? '1 second' : `${value} seconds`;
}
