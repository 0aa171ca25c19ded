/** The demo's progress: drawn over on a terminal, and nothing where none is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { barOf, progressBar } from '../../tools/demo/progressBar.mts';

const HALF = 'Voiceprint: item 0: listening for speech, 50 % (0:10 of 0:20)';

function terminal(isTTY: boolean, columns = 200) {
	const written: string[] = [];
	const bar = progressBar({ isTTY, columns, write: (text: string | Uint8Array) => written.push(String(text)) > 0 });
	return { written, ...bar };
}

describe('the progress bar', () => {
	it('is as full as the share says, and the text alone without a share', () => {
		assert.equal(barOf('listening, 0 %'), `${'░'.repeat(30)} listening, 0 %`);
		assert.equal(barOf('listening, 50 %'), `${'█'.repeat(15)}${'░'.repeat(15)} listening, 50 %`);
		assert.equal(barOf('listening, 100 %'), `${'█'.repeat(30)} listening, 100 %`);
		assert.equal(barOf('decoding, 0:12'), 'decoding, 0:12');
	});

	it('draws over its line and clears it in the end', () => {
		const { written, show, end } = terminal(true);
		show(HALF);
		end();
		assert.deepEqual(written, [`\r\x1b[K${'█'.repeat(15)}${'░'.repeat(15)} listening for speech, 50 % (0:10 of 0:20)`, '\r\x1b[K']);
	});

	it('never breaks its line on a narrow terminal, from where it could not be drawn over', () => {
		const { written, show } = terminal(true, 20);
		show(HALF);
		assert.equal(written[0].replace('\r\x1b[K', '').length, 19);
	});

	it('writes nothing where stderr is a file or a pipe', () => {
		const { written, show, end } = terminal(false);
		show(HALF);
		end();
		assert.deepEqual(written, []);
	});
});
