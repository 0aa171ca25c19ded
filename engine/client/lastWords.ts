/**
 * What a process says on stderr before it ends, kept for the error's description. Where Node.js itself gives up, it prints the
 * reason, tables of its garbage collector around it, and behind it a stack that is longer than all that is kept.
 */

/** How much is kept, characters. */
const KEPT = 2000;

/** A line that tells users nothing: of the native stack, of the garbage collector, or a heading of these. */
const NOISE = /^(?:\s*\d+: 0x[0-9a-f]{4,}|\[\d+:0x[0-9a-f]+\]|\s*<?-{3,}|#$)/;

export class LastWords {
	private lines = '';

	/** The line that has not ended yet. */
	private open = '';

	add(text: string): void {
		const lines = (this.open + text).split('\n');
		// Who writes without ever ending a line cannot have all of it kept.
		this.open = lines.pop()!.slice(-KEPT);
		const told = lines.filter((line) => line.trim() !== '' && !NOISE.test(line));
		this.lines = (this.lines + told.map((line) => `${line}\n`).join('')).slice(-KEPT);
	}

	get text(): string {
		const { open } = this;
		return (NOISE.test(open) ? this.lines : this.lines + open).slice(-KEPT).trim();
	}
}
