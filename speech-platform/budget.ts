/** The time that a server may take for one piece of work, from its start request to its result. */
export class Budget {
	private deadline: number;

	/**
	 * @param totalMs Milliseconds; Infinity for no limit.
	 * @param now Milliseconds since the epoch.
	 */
	constructor(
		readonly totalMs: number,
		private readonly now: () => number,
	) {
		this.deadline = now() + totalMs;
	}

	/** Milliseconds; negative where the time is over. */
	get left(): number {
		return this.deadline - this.now();
	}

	/** Leaves out milliseconds that are not the server's, such as those of an upload. */
	leaveOut(milliseconds: number): void {
		this.deadline += milliseconds;
	}
}
