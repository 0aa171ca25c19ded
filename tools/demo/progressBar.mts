/** How far the file at work is, on a terminal: a line on stderr that is drawn over, so that stdout belongs to the answer. */

const WIDTH = 30;

const CLEAR = '\r\x1b[K';

/** `█████░░░░░ text`; the text alone where it names no share. */
export function barOf(text: string): string {
	const [, percent] = /(\d+) %/.exec(text) ?? [];
	if (percent === undefined) return text;
	const full = Math.round((Number(percent) / 100) * WIDTH);
	return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${text}`;
}

/** What shows a node's messages to whoever waits; nothing where stderr is no terminal. */
export function progressBar(stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'> = process.stderr): { show: (message: string) => void; end: () => void } {
	if (!stream.isTTY) return { show: () => {}, end: () => {} };
	return {
		show: (message) => {
			const text = message.replace(/^Voiceprint: item \d+: /, '');
			stream.write(CLEAR + barOf(text).slice(0, (stream.columns || 80) - 1));
		},
		end: () => stream.write(CLEAR),
	};
}
