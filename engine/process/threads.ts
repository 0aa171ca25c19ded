/** How many threads this process may work with: what can be done beside something else is, where there is a core for it. */

/** One until the process is told otherwise, as in what is tested or measured alone. */
let allowed = 1;

/** To be called once, at the start. @param threads 1 or more */
export function allowThreads(threads: number): void {
	allowed = threads;
}

/** From now on, as none came up: each try would cost time, and the next may fail in the middle of its work. */
export function doWithoutThreads(): void {
	allowed = 1;
}

/** Whether there is a core for a second thread. */
export const hasSecondThread = (): boolean => allowed > 1;
