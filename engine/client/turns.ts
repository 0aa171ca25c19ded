/** Whose turn it is where there are more jobs than engines: one job of each execution after the other. */
import { canceled } from '../../errors';

interface Waiting {
	start: () => void;
	signal: AbortSignal | undefined;
	onAbort: () => void;
}

export class Turns {
	private running = 0;

	/** By execution; the one that is next stands first. */
	private readonly waiting = new Map<unknown, Waiting[]>();

	/** @param most jobs at the same time */
	constructor(private readonly most: number) {}

	/**
	 * Resolves when it is the caller's turn; `done` is to be called when its job is over.
	 * @param execution whose job it is: jobs of one execution are started in their order
	 * @throws VoiceprintError CANCELED, at once
	 */
	async take(execution: unknown, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) throw canceled();
		if (this.running < this.most) {
			this.running += 1;
			return;
		}
		await new Promise<void>((resolve, reject) => {
			const one: Waiting = {
				signal,
				start: resolve,
				onAbort: () => {
					this.leave(execution, one);
					reject(canceled());
				},
			};
			signal?.addEventListener('abort', one.onAbort, { once: true });
			this.waiting.set(execution, [...(this.waiting.get(execution) ?? []), one]);
		});
	}

	done(): void {
		const next = this.next();
		if (next) next.start();
		else this.running -= 1;
	}

	private next(): Waiting | undefined {
		for (const [execution, [first, ...others]] of this.waiting) {
			this.waiting.delete(execution);
			// To the end of the line: all other executions come first.
			if (others.length > 0) this.waiting.set(execution, others);
			first?.signal?.removeEventListener('abort', first.onAbort);
			return first;
		}
		return undefined;
	}

	private leave(execution: unknown, one: Waiting): void {
		const others = (this.waiting.get(execution) ?? []).filter((other) => other !== one);
		if (others.length > 0) this.waiting.set(execution, others);
		else this.waiting.delete(execution);
	}
}
