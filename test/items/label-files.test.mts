/** Segments as text for other programs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { LABEL_FORMATS } from '../../dist/items/labelFiles.js';

const SEGMENTS = [
	{ start_time: 3661.5, end_time: 3662, label: 'Ben & <Co>' },
	{ start_time: 0.124, end_time: 2.5, label: 'SPEAKER_00' },
];

describe('labels', () => {
	it('as RTTM: a line per segment in time order, names without blanks', () => {
		assert.equal(
			LABEL_FORMATS.rttm(SEGMENTS, 'my call.mp3'),
			'SPEAKER my_call 1 0.124 2.376 <NA> <NA> SPEAKER_00 <NA> <NA>\n' +
				'SPEAKER my_call 1 3661.500 0.500 <NA> <NA> Ben_&_<Co> <NA> <NA>\n',
		);
		assert.match(LABEL_FORMATS.rttm(SEGMENTS, ''), /^SPEAKER <NA> 1/);
	});

	it('as WebVTT: voices, with what the format means otherwise escaped', () => {
		assert.equal(
			LABEL_FORMATS.webvtt(SEGMENTS, ''),
			'WEBVTT\n\n00:00:00.124 --> 00:00:02.500\n<v SPEAKER_00>SPEAKER_00</v>\n' +
				'\n01:01:01.500 --> 01:01:02.000\n<v Ben &amp; &lt;Co&gt;>Ben &amp; &lt;Co&gt;</v>\n',
		);
	});

	it('as SubRip: numbered, with decimal commas', () => {
		assert.equal(LABEL_FORMATS.srt(SEGMENTS.slice(1), ''), '1\n00:00:00,124 --> 00:00:02,500\nSPEAKER_00\n');
		assert.match(LABEL_FORMATS.srt(SEGMENTS, ''), /\n\n2\n01:01:01,500 --> 01:01:02,000\n/);
	});

	it('as labels of Audacity: tabs', () => assert.equal(LABEL_FORMATS.audacity(SEGMENTS.slice(1), ''), '0.124\t2.500\tSPEAKER_00\n'));

	it('keep a name with a line break or an arrow on one line', () => {
		const odd = [{ start_time: 0, end_time: 1, label: 'A\nB --> C' }];
		assert.match(LABEL_FORMATS.srt(odd, ''), /\nA B → C\n$/);
		assert.equal(LABEL_FORMATS.audacity(odd, '').split('\n').length, 2);
	});

	it('of nothing are empty, and WebVTT has its first line', () => {
		assert.deepEqual(Object.values(LABEL_FORMATS).map((format) => format([], 'a.wav')), ['', 'start_time,end_time,duration,channel_number,label\r\n', '', '', 'WEBVTT\n']);
	});
});
