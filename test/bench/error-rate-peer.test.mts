/** The bench's diarization error rate beside an independent one: pyannote.metrics, where Python has it ($VOICEPRINT_PYTHON, else python3). */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { it } from 'node:test';
import { diarizationErrors, type Turn } from '../../bench/errorRate.mts';

const PYTHON = process.env.VOICEPRINT_PYTHON ?? 'python3';

/** Reads `[[reference, found], …]` of turns, prints `[[DER, DER with the collar], …]`. */
const SCRIPT = `
import json, sys, warnings
warnings.simplefilter("ignore")
from pyannote.core import Annotation, Segment
from pyannote.metrics.diarization import DiarizationErrorRate
def annotation(turns):
    result = Annotation()
    for number, turn in enumerate(turns):
        result[Segment(turn["start"], turn["end"]), number] = turn["speaker"]
    return result
pairs = [[annotation(turns) for turns in pair] for pair in json.load(sys.stdin)]
print(json.dumps([[DiarizationErrorRate(collar=collar)(*pair) for collar in (0, 0.5)] for pair in pairs]))
`;

function randoms(seed: number): () => number {
	let state = seed;
	return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

const inMilliseconds = (seconds: number) => Math.round(seconds * 1000) / 1000;

/** Turns of two to six people, some of which overlap, and what a diarizer may make of them. */
function conversation(seed: number): [reference: Turn[], found: Turn[]] {
	const random = randoms(seed);
	for (let i = 0; i < 10; i++) random();
	const people = 2 + (seed % 5);
	const reference: Turn[] = [];
	for (let end = 0.5, before = -1; end < 90; ) {
		const speaker = (before + 1 + Math.floor(random() * (people - 1))) % people;
		const start = inMilliseconds(Math.max(0, end + (random() < 0.25 ? -random() : random())));
		end = inMilliseconds(Math.max(start + 0.3, end, start + random() ** 2 * 10));
		// One person does not overlap with oneself.
		if (reference.some((turn) => turn.speaker === String(speaker) && turn.end > start)) continue;
		reference.push({ start, end, speaker: String(speaker) });
		before = speaker;
	}
	const found = reference.flatMap(({ start, end, speaker }): Turn[] => {
		const chance = random();
		if (chance < 0.08) return [];
		const moved = inMilliseconds(start + 0.3 * (random() - 0.5));
		const heard = chance < 0.2 ? String((Number(speaker) + 1) % people) : speaker;
		return [{ start: Math.max(0, moved), end: Math.max(moved + 0.1, inMilliseconds(end + 0.5 * (random() - 0.5))), speaker: `found ${heard}` }];
	});
	const last = new Map<string, Turn>();
	return [
		reference,
		found.filter((turn) => {
			const isApart = (last.get(turn.speaker)?.end ?? 0) <= turn.start;
			if (isApart) last.set(turn.speaker, turn);
			return isApart;
		}),
	];
}

function missing(): string | false {
	const { status } = spawnSync(PYTHON, ['-c', 'import pyannote.metrics'], { stdio: 'ignore' });
	return status === 0 ? false : `${PYTHON} has no pyannote.metrics (pip install pyannote.metrics; $VOICEPRINT_PYTHON names another Python)`;
}

it('of ten conversations differs by less than 0.001 from that of pyannote.metrics', { skip: missing() }, () => {
	const conversations = Array.from({ length: 10 }, (_, i) => conversation(i + 1));
	const { stdout, stderr } = spawnSync(PYTHON, ['-c', SCRIPT], { input: JSON.stringify(conversations), encoding: 'utf8' });
	assert.notEqual(stdout, '', stderr);
	const theirs = JSON.parse(stdout) as Array<[strict: number, withCollar: number]>;
	const ours = conversations.map(([reference, found]) =>
		[0, 0.25].map((collar) => {
			const { speech, missed, falseAlarm, confused } = diarizationErrors(reference, found, collar);
			return (missed + falseAlarm + confused) / speech;
		}),
	);
	assert.ok(Math.max(...ours.flat()) > 0.2);
	ours.forEach((rates, i) => {
		rates.forEach((rate, collar) => {
			assert.ok(rate > 0 && Math.abs(rate - theirs[i][collar]) < 0.001, `conversation ${i}, collar ${collar}: ${rate}, theirs ${theirs[i][collar]}`);
		});
	});
});
