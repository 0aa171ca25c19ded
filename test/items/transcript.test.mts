/** Speakers for the words of a transcript, in the shapes that transcription services give. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addSpeakers, dialogueOf } from '../../dist/items/transcript.js';

/** Anna to 2 s, Ben from 2.4 s on, both from 4 to 5 s, then Anna alone. */
const SEGMENTS = [
	{ start_time: 0, end_time: 2, speaker: 'Anna' },
	{ start_time: 2.4, end_time: 5, speaker: 'Ben' },
	{ start_time: 4, end_time: 8, speaker: 'Anna' },
];
const WORDS = [
	['Hello', 0.2, 0.6],
	['there.', 0.7, 1.1],
	['Good', 2.5, 2.8],
	['morning,', 2.9, 3.4],
	['Anna.', 4.1, 4.4],
	['Yes?', 5.6, 6],
] as const;
const DIALOGUE = 'Anna: Hello there.\nBen: Good morning, Anna.\nAnna: Yes?';

const spoken = (transcript: unknown, given = {}) => addSpeakers(transcript, SEGMENTS, given, 10)!;

describe('the words of', () => {
	const services: Record<string, unknown> = {
		'OpenAI (verbose_json)': { text: '…', words: WORDS.map(([word, start, end]) => ({ word, start, end })) },
		Deepgram: {
			results: { channels: [{ alternatives: [{ words: WORDS.map(([word, start, end]) => ({ word: word.toLowerCase(), punctuated_word: word, start, end })) }] }] },
		},
		AssemblyAI: { words: WORDS.map(([text, start, end]) => ({ text, start: start * 1000, end: end * 1000 })).map(({ text, start, end }) => ({ text, start: Math.round(start), end: Math.round(end) })) },
		'ElevenLabs': { words: WORDS.map(([text, start, end]) => ({ text, start, end, type: 'word' })) },
		'Whisper, words within sentences': {
			segments: [WORDS.slice(0, 2), WORDS.slice(2)].map((words) => ({
				start: words[0][1],
				end: words.at(-1)![2],
				text: words.map(([word]) => word).join(' '),
				words: words.map(([word, start, end]) => ({ word: ` ${word}`, start, end })),
			})),
		},
	};
	for (const [name, transcript] of Object.entries(services)) {
		it(`${name} get their speakers`, () => {
			const before = JSON.stringify(transcript);
			const { blocks } = spoken(transcript);
			assert.equal(dialogueOf(blocks, '?'), DIALOGUE);
			assert.equal(JSON.stringify(transcript), before, 'what comes in is not changed');
		});
	}

	it('another service by the names of its fields', () => {
		const transcript = [{ items: WORDS.map(([w, b, e]) => ({ w, b: String(b), e: String(e) })) }];
		assert.equal(addSpeakers(transcript, SEGMENTS, {}, 10), undefined);
		assert.equal(dialogueOf(spoken(transcript, { start: 'b', end: 'e', text: 'w' }).blocks, '?'), DIALOGUE);
	});
});

describe('a word', () => {
	const speakerOf = (start: number, end: number) =>
		(spoken({ words: [{ word: 'x', start, end }] }).transcript as { words: Array<{ speaker: string | null }> }).words[0].speaker;

	it('belongs to whose segment holds its middle', () => {
		assert.equal(speakerOf(1.5, 2.3), 'Anna');
		assert.equal(speakerOf(1.9, 3.1), 'Ben');
	});

	it('in a pause belongs to who talks nearest to it, and to nobody far from all', () => {
		assert.equal(speakerOf(2.1, 2.15), 'Anna');
		assert.equal(speakerOf(2.3, 2.35), 'Ben');
		assert.equal(speakerOf(9.5, 9.6), null);
	});

	it('where both talk belongs to who says the one before', () => {
		const words = [[2.5, 2.6], [4.4, 4.5], [4.6, 4.7]].map(([start, end]) => ({ word: 'x', start, end }));
		const { transcript } = spoken({ words });
		assert.deepEqual((transcript as { words: Array<{ speaker: string }> }).words.map(({ speaker }) => speaker), ['Ben', 'Ben', 'Ben']);
	});
});

it('the transcript comes back in its shape, sentences with speakers as well', () => {
	const { transcript } = spoken({ language: 'en', segments: [{ id: 0, start: 0, end: 2, text: 'Hello.' }], words: [] });
	assert.deepEqual(transcript, { language: 'en', segments: [{ id: 0, start: 0, end: 2, text: 'Hello.', speaker: 'Anna' }], words: [] });
});

it('blocks have times, and who is unknown has a word for it', () => {
	const { blocks } = spoken({ words: [{ word: 'a', start: 0, end: 1 }, { word: 'b', start: 9.6, end: 10 }] });
	assert.deepEqual(blocks, [
		{ speaker: 'Anna', start_time: 0, end_time: 1, text: 'a' },
		{ speaker: null, start_time: 9.6, end_time: 10, text: 'b' },
	]);
	assert.equal(dialogueOf(blocks, 'Unknown'), 'Anna: a\nUnknown: b');
});

it('Chinese needs no blanks', () => {
	const { blocks } = spoken({ words: ['你', '好'].map((word, i) => ({ word, start: i / 2, end: i / 2 + 0.4 })) });
	assert.equal(blocks[0].text, '你好');
});

it('nothing with times in it is said', () => {
	for (const transcript of [{ text: 'Hello' }, [], null, 'Hello', { words: [] }, { words: [{ word: 'a', start: null, end: 1 }] }]) {
		assert.equal(addSpeakers(transcript, SEGMENTS, {}, 10), undefined);
	}
});
