/** Gaps and late starts become silence, so that times in the result are times of the recording. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Timeline } from '../../../../dist/engine/process/media/ffmpeg/timeline.js';
import { decode } from './support/decode.mts';
import { encode, ffmpeg, file, floatWav } from './support/encode.mts';
import { align, signal } from './support/signal.mts';

const RATE = 48000;
const SECONDS = 12;
const sound = floatWav({ channels: signal(RATE, SECONDS, 1), rate: RATE });
const original = signal(16000, SECONDS, 1)[0];

async function recording(name: string, filter: string, ...args: string[]): Promise<string> {
	const bytes = await ffmpeg({ '/sound.wav': sound }, '-i', '/sound.wav', '-af', filter, ...args, `/${name}`);
	return file(name, bytes);
}

/** Leaves out the packets from 4 s to 7 s, but not their time. */
const MISSING = "aselect='not(between(t,4,7))'";

for (const [name, ...args] of [
	['gap.webm', '-c:a', 'libopus'],
	['gap.mkv', '-c:a', 'aac'],
	['gap.mp4', '-c:a', 'aac'],
]) {
	test(`missing packets in ${name} are silence`, async () => {
		const decoded = await decode(await recording(name, MISSING, ...args));
		assert.ok(Math.abs(decoded.samples / 16000 - SECONDS) < 0.15, `${decoded.samples / 16000} s`);
		assert.deepEqual(
			decoded.warnings.map(({ code }) => code),
			['SILENCE_INSERTED'],
		);
		assert.match(decoded.warnings[0].message, /^[23]\.\d s of silence/);
		const [before, after] = [decoded.audio[0].subarray(0, 60000), decoded.audio[0].subarray(120000)];
		assert.ok(align(before, original.subarray(0, 60000), 400).correlation > 0.97);
		const late = align(after, original.subarray(120000), 500);
		assert.ok(late.correlation > 0.97, `after the gap: ${late.correlation} at ${late.lag}`);
		assert.ok(decoded.audio[0].subarray(70000, 105000).every((value) => Math.abs(value) < 1e-3));
	});
}

test('an hour without packets takes no memory and no sound', async () => {
	const path = await recording('pause.webm', 'asetpts=PTS+gt(T\\,6)*3600/TB', '-c:a', 'libopus');
	const decoded = await decode(path, { rangeFrom: 3605 });
	assert.ok(Math.abs(decoded.samples / 16000 - (SECONDS - 5)) < 0.1);
	assert.ok(align(decoded.audio[0].subarray(20000), original.subarray(100000), 400).correlation > 0.97);
});

test('sound that starts after the picture starts late', async () => {
	for (const [name, codec] of [
		['late.mp4', 'aac'],
		['late.mkv', 'libvorbis'],
	]) {
		const picture = ['-f', 'lavfi', '-i', 'testsrc=s=64x64:d=14', '-itsoffset', '2', '-i', '/sound.wav'];
		const args = [...picture, '-c:v', 'mpeg4', '-c:a', codec, `/${name}`];
		const decoded = await decode(file(name, await ffmpeg({ '/sound.wav': sound }, ...args)));
		assert.ok(Math.abs(decoded.samples / 16000 - 14) < 0.15, `${decoded.samples / 16000} s`);
		assert.ok(align(decoded.audio[0].subarray(32000), original, 500).correlation > 0.97);
	}
});

test('an edit list that delays the sound of an MP4 counts, and nothing is called cut off', async () => {
	const decoded = await decode(await recording('delayed.m4a', 'anull', '-c:a', 'aac', '-output_ts_offset', '10'));
	assert.ok(Math.abs(decoded.samples / 16000 - (SECONDS + 10)) < 0.15, `${decoded.samples / 16000} s`);
	assert.deepEqual(
		decoded.warnings.map(({ code }) => code),
		['SILENCE_INSERTED'],
	);
	assert.ok(align(decoded.audio[0].subarray(160000), original, 500).correlation > 0.97);
});

/** A fragment of a live stream as it is saved: its time is that of the stream, which may count from 1970. */
async function fragmentAt(name: string, seconds: number): Promise<string> {
	const args = ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov+default_base_moof+skip_trailer'];
	const bytes = readFileSync(await recording(name, 'anull', ...args));
	const time = bytes.indexOf('tfdt') + 8;
	assert.equal(bytes[time - 4], 1, 'the time has 64 bits');
	bytes.writeBigUInt64BE(bytes.readBigUInt64BE(time) + BigInt(seconds) * BigInt(RATE), time);
	return file(name, bytes);
}

for (const seconds of [18_000, 1_700_000_000]) {
	test(`a fragment of a live stream that says it lies at ${seconds} s begins where its sound begins`, async () => {
		const decoded = await decode(await fragmentAt(`live-${seconds}.mp4`, seconds), { rangeTo: 3600 });
		assert.ok(Math.abs(decoded.samples / 16000 - SECONDS) < 0.15, `${decoded.samples / 16000} s`);
		assert.deepEqual(decoded.warnings, []);
	});
}

test('a second browser recording appended to the first is not lost', async () => {
	const first = readFileSync(await recording('part.webm', 'anull', '-c:a', 'libopus', '-live', '1'));
	const decoded = await decode(file('appended.webm', Buffer.concat([first, first])));
	assert.ok(Math.abs(decoded.samples / 16000 - 2 * SECONDS) < 0.2, `${decoded.samples / 16000} s`);
});

test('an ordinary file gets no silence', async () => {
	for (const name of ['plain.mp3', 'plain.ts', 'plain.ac3']) {
		const path = await encode({ channels: signal(RATE, SECONDS, 1), rate: RATE }, name);
		const decoded = await decode(path);
		assert.deepEqual(decoded.warnings, []);
		assert.ok(Math.abs(decoded.samples / 16000 - SECONDS) < 0.15);
	}
});

/** What a timeline makes of counted samples: ranges of their numbers, and silence. */
function playback(script: (timeline: Timeline) => void, start = 0): string {
	const events: string[] = [];
	const timeline = new Timeline({
		onFrames: (samples, from, to) => events.push(`${samples[from]}-${samples[to - 1]}`),
		onSilence: (frames) => events.push(`silence ${frames}`),
		onJump: (frames) => events.push(`jump of ${frames}`),
	});
	timeline.addJump(0, start);
	script(timeline);
	timeline.finish();
	return events.join(', ');
}

/** Samples numbered from `first` on. */
function deliver(timeline: Timeline, first: number, count: number): void {
	timeline.onFrames(Float32Array.from({ length: count }, (_, index) => first + index), count);
}

test('a jump inside a block splits it', () => {
	const events = playback((timeline) => {
		timeline.addJump(1, 0.5);
		deliver(timeline, 0, 20000);
	});
	assert.equal(events, '0-16001, silence 8000, 16002-19999');
});

test('a late first sample comes after silence, a jump at the very end is none', () => {
	const events = playback((timeline) => {
		timeline.addJump(1, 100);
		deliver(timeline, 0, 16001);
	}, 0.25);
	assert.equal(events, 'silence 4000, 0-16000');
});

test('time that goes back a little leaves samples out, far back it starts anew', () => {
	const events = playback((timeline) => {
		timeline.addJump(0.5, -0.25);
		timeline.addJump(2, -1000);
		timeline.addJump(2.5, -999.5);
		deliver(timeline, 0, 48000);
	});
	assert.equal(events, '0-8001, 12002-32001, jump of -15996000, 32002-40001, silence 8000, 40002-47999');
});

test('a gap of hours is a gap, one of more than a day is a damaged timestamp, and is told', () => {
	const eventsOf = (hours: number) =>
		playback((timeline) => {
			timeline.addJump(1, hours * 3600);
			deliver(timeline, 0, 20000);
		});
	assert.equal(eventsOf(5), `0-16001, silence ${5 * 3600 * 16000}, 16002-19999`);
	assert.equal(eventsOf(25), `0-16001, jump of ${25 * 3600 * 16000}, 16002-19999`);
});

test('less than a millisecond at the start is rounding', () => {
	assert.equal(playback((timeline) => deliver(timeline, 0, 100), 0.0009), '0-99');
});

test('filters that are set up again count from 0', () => {
	const events = playback((timeline) => {
		timeline.addJump(1, 0.5);
		deliver(timeline, 0, 48000);
		timeline.addJump(0, 3.5);
		timeline.addJump(1, 4.5);
		deliver(timeline, 48000, 40000);
	});
	assert.equal(events, '0-16001, silence 8000, 16002-47999, 48000-64001, silence 16000, 64002-87999');
});

test('a time that is far off and comes back within a second is noise', () => {
	const events = playback((timeline) => {
		timeline.addJump(1, 100);
		timeline.addJump(1.1, -3);
		timeline.addJump(1.2, 0.02);
		deliver(timeline, 0, 48000);
	});
	assert.equal(events, '0-16001, 16002-47999');
});

test('noise is told from a jump however the samples come in', () => {
	for (const back of [0.5, 1.5]) {
		const events = playback((timeline) => {
			timeline.addJump(1, 10);
			for (let first = 0; first < 48000; first += 1000) {
				if (first === back * 16000 + 16000) timeline.addJump(1 + back, 0);
				deliver(timeline, first, 1000);
			}
		});
		assert.equal(events.includes('silence'), back > 1, events);
	}
});

test('the first time is noise where later ones lie before it', () => {
	const events = playback((timeline) => {
		timeline.addJump(0.1, 2);
		deliver(timeline, 0, 32000);
	}, 97);
	assert.equal(events, 'silence 32000, 0-31999');
});

test('a jump before the last packet is left out, and told', () => {
	const events = playback((timeline) => {
		timeline.addJump(1, 100);
		deliver(timeline, 0, 17000);
	});
	assert.equal(events, '0-16001, jump of 1600000, 16002-16999');
});

test('a clock that begins anew goes on, forward or back, whichever is nearer', () => {
	const eventsOf = (ahead: number) =>
		playback((timeline) => {
			timeline.addJump(10, ahead, 1000);
			deliver(timeline, 0, 200000);
		});
	assert.equal(eventsOf(-998), '0-160001, silence 32000, 160002-199999');
	assert.equal(eventsOf(998), '0-160001, jump of -32000, 160002-199999');
});

test('a clock that is back where it began is a new recording, and no jump is told', () => {
	const events = playback((timeline) => {
		timeline.addJump(10, -10);
		deliver(timeline, 0, 200000);
	});
	assert.equal(events, '0-160001, 160002-199999');
});
