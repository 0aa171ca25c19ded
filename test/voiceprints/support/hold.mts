/** How long something keeps the event loop from its other work. */

/** @returns milliseconds: the longest time without a break, and all of it */
export async function longestHold(work: () => Promise<void>): Promise<{ hold: number; whole: number }> {
	let hold = 0;
	let last = performance.now();
	let isOver = false;
	const look = () => {
		const now = performance.now();
		hold = Math.max(hold, now - last);
		last = now;
		if (!isOver) setImmediate(look);
	};
	setImmediate(look);
	await new Promise((resolve) => setImmediate(resolve));
	hold = 0;
	const started = performance.now();
	await work();
	look();
	isOver = true;
	return { hold, whole: performance.now() - started };
}
