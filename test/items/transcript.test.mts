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
	const ms = (seconds: number) => Math.round(seconds * 1000);
	const clock = (seconds: number) => `00:00:${seconds.toFixed(3).padStart(6, '0').replace('.', ',')}`;
	Object.assign(services, {
		'OpenAI, diarized': { text: '…', segments: WORDS.map(([text, start, end]) => ({ type: 'transcript.text.segment', speaker: 'A', text, start, end })) },
		'Deepgram, by channel': {
			results: {
				channels: [WORDS.filter((_, i) => i % 2 === 0), WORDS.filter((_, i) => i % 2 === 1)].map((words) => ({
					alternatives: [0, 1].map(() => ({ transcript: '…', words: words.map(([word, start, end]) => ({ word, start, end, speaker: 0 })) })),
				})),
			},
		},
		'AssemblyAI, by utterance': {
			utterances: [WORDS.slice(0, 2), WORDS.slice(2)].map((words) => ({
				start: ms(words[0][1]),
				end: ms(words.at(-1)![2]),
				text: '…',
				speaker: 'A',
				words: words.map(([text, start, end]) => ({ text, start: ms(start), end: ms(end) })),
			})),
		},
		'ElevenLabs, with blanks': {
			words: WORDS.flatMap(([text, start, end]) => [{ text, start, end, type: 'word' }, { text: ' ', start: end, end, type: 'spacing' }]),
		},
		'whisper.cpp, tokens of sentences': {
			transcription: [WORDS.slice(0, 2), WORDS.slice(2)].map((words) => ({
				timestamps: { from: clock(words[0][1]), to: clock(words.at(-1)![2]) },
				offsets: { from: ms(words[0][1]), to: ms(words.at(-1)![2]) },
				text: '…',
				tokens: [
					{ text: '[_BEG_]', offsets: { from: ms(words[0][1]), to: ms(words[0][1]) } },
					...words.flatMap(([word, start, end]) => [
						{ text: ` ${word.slice(0, 2)}`, offsets: { from: ms(start), to: ms(end) } },
						{ text: word.slice(2), offsets: { from: ms(end), to: ms(end) } },
					]),
				],
			})),
		},
		'WhisperX, where some words have no times': {
			segments: [{ start: 0, end: 9, text: '…', words: WORDS.map(([word, start, end], i) => (i === 1 || i === 4 ? { word } : { word, start, end })) }],
		},
		'Amazon, with punctuation apart and times as text': {
			results: {
				items: WORDS.flatMap(([word, start, end]) => [
					{ type: 'pronunciation', start_time: String(start), end_time: String(end), alternatives: [{ content: word.replace(/\W/, '') }] },
					...(/\W/.test(word) ? [{ type: 'punctuation', alternatives: [{ content: word.at(-1) }] }] : []),
				]),
			},
		},
		'Google, with seconds as text': { words: WORDS.map(([word, start, end]) => ({ word, startTime: `${start}s`, endTime: `${end}s` })) },
		'any, out of order': { words: [5, 0, 3, 1, 4, 2].map((i) => WORDS[i]).map(([word, start, end]) => ({ word, start, end })) },
	});
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

describe('milliseconds', () => {
	const words = (...times: Array<[number, number]>) => ({ words: times.map(([start, end]) => ({ word: 'x', start, end })) });
	const firstOf = (transcript: unknown, duration: number, given = {}) => addSpeakers(transcript, SEGMENTS, given, duration)!.blocks[0].start_time;

	it('are told in a long recording in which only the beginning has words', () => {
		assert.equal(firstOf(words([500, 900], [1200, 1600], [2500, 2900]), 3600), 0.5);
	});

	it('are the same for all lists of a transcript', () => {
		const transcript = { utterances: [words([100, 300]), words([50_000, 50_400])].map((one) => ({ ...one, text: '…', start: one.words[0].start, end: one.words[0].end })) };
		assert.equal(firstOf(transcript, 60), 0.1);
	});

	it('are not what whole seconds are, unless it is said so', () => {
		assert.equal(firstOf({ segments: [{ text: 'x', start: 2, end: 30 }, { text: 'y', start: 30, end: 58 }] }, 60), 2);
		assert.equal(firstOf(words([500, 900]), 3600, { perSecond: 1 }), 500);
		assert.equal(firstOf(words([1, 2]), 3600, { perSecond: 1000 }), 0.001);
	});
});

it('a service that heard nothing gives an empty dialogue', () => {
	for (const transcript of [{ words: [] }, { text: '', segments: [] }, { results: { channels: [{ alternatives: [{ transcript: '', words: [] }] }] } }]) {
		assert.deepEqual(spoken(transcript), { transcript, blocks: [] });
	}
});

it('a line of the dialogue is one line', () => {
	assert.equal(dialogueOf([{ speaker: 'Anna', start_time: 0, end_time: 1, text: 'a\nb' }], '?'), 'Anna: a b');
});

it('Chinese needs no blanks', () => {
	const { blocks } = spoken({ words: ['你', '好'].map((word, i) => ({ word, start: i / 2, end: i / 2 + 0.4 })) });
	assert.equal(blocks[0].text, '你好');
});

it('nothing with times in it is said', () => {
	for (const transcript of [{ text: 'Hello' }, { text: 'Hello', words: [] }, [], null, 'Hello', { channels: [] }, { words: [{ word: 'a', start: null, end: 1 }] }]) {
		assert.equal(addSpeakers(transcript, SEGMENTS, {}, 10), undefined);
	}
});
