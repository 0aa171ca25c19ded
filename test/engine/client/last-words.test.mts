/** What is kept of what an engine says before it ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LastWords } from '../../../dist/engine/client/lastWords.js';

/** As Node.js 22 prints it, with the frames of a build whose symbols are long. */
const GIVES_UP = `
<--- Last few GCs --->

[31627:0x28324000]      687 ms: Mark-Compact 130.1 (258.7) -> 79.7 (208.4) MB, pooled: 0 MB, 26.80 / 0.00 ms

<--- JS stacktrace --->

FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

${Array.from({ length: 40 }, (_, i) => ` ${i}: 0xe46bbe node::OOMErrorHandler(char const*, v8::OOMDetails const&) [/usr/local/bin/node]`).join('\n')}
`;

function textOf(...chunks: string[]): string {
	const words = new LastWords();
	for (const chunk of chunks) words.add(chunk);
	return words.text;
}

test('of what Node.js prints where memory ran out, the reason is kept', () => {
	const reason = 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory';
	assert.equal(textOf(GIVES_UP), reason);
	assert.equal(textOf(...GIVES_UP), reason, 'letter by letter');
});

test('other words are kept as they are, also without the end of a line', () => {
	assert.equal(textOf('a file is', ' missing'), 'a file is missing');
	assert.equal(textOf('Error: EPIPE\n    at send (main.js:1:2)\n'), 'Error: EPIPE\n    at send (main.js:1:2)');
});

test('of many words the last are kept', () => {
	const long = textOf(...Array.from({ length: 1000 }, (_, i) => `line ${i}\n`));
	assert.ok(long.length <= 2000 && long.endsWith('line 999'), long);
	assert.ok(textOf('x'.repeat(10_000), 'end').endsWith('xend'));
	assert.ok(textOf('x'.repeat(10_000), 'end').length <= 2000);
});
