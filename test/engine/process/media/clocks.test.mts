/** Clocks of MPEG streams and FLV: packets' own times are the truth, whatever FFmpeg's command line would make of them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { decode, type Decoded } from './support/decode.mts';
import { ffmpeg, file, floatWav } from './support/encode.mts';
import { align, signal } from './support/signal.mts';

const RATE = 48_000;
const SECONDS = 6;
const sound = floatWav({ channels: signal(RATE, SECONDS, 1), rate: RATE });
const [original] = signal(16_000, SECONDS, 1);

/** Seconds after which a clock of 33 bits at 90 kHz begins anew. */
const WRAP = 2 ** 33 / 90_000;

async function made(name: string, ...args: string[]): Promise<string> {
	return file(name, await ffmpeg({ '/sound.wav': sound }, '-i', '/sound.wav', ...args, `/${name}`));
}

/** Sound that pauses for so long after 3 s. */
const pause = (seconds: number) => ['-af', `asetpts=PTS+gt(T\\,3)*${seconds}/TB`];

/** Sound that begins after the picture. */
const late = (seconds: number, ...args: string[]) => {
	const picture = ['-f', 'lavfi', '-i', 'testsrc=s=64x64:r=10:d=10', '-itsoffset', String(seconds), '-i', '/sound.wav'];
	return [...picture, '-c:v', 'mpeg2video', ...args];
};

const codes = ({ warnings }: Decoded) => warnings.map(({ code }) => code);

function assertLies(decoded: Decoded, from: number, to: number, at: number, what: string): void {
	const part = original.subarray(from * 16_000, to * 16_000);
	const { correlation, lag } = align(decoded.audio[0].subarray(at * 16_000, (at + to - from) * 16_000), part, 1600);
	assert.ok(correlation > 0.9, `${what}: ${correlation} at ${lag}`);
}

const MP2 = ['-c:a', 'mp2'];

describe('a gap', () => {
	for (const [name, seconds, ...args] of [
		['gap.ts', 15, '-c:a', 'aac'],
		['hours.ts', 5 * 3600, ...MP2],
		['gap.mpg', 15, ...MP2, '-f', 'vob'],
		['wrapped.ts', 15, ...MP2, '-output_ts_offset', String(WRAP - 4)],
	] as Array<[string, number, ...string[]]>) {
		it(`of ${seconds} s in ${name} is silence`, async () => {
			const decoded = await decode(await made(name, ...pause(seconds), ...args), { rangeFrom: seconds });
			assert.deepEqual(codes(decoded), ['SILENCE_INSERTED']);
			assert.ok(Math.abs(decoded.samples / 16_000 - SECONDS) < 0.15, `${decoded.samples / 16_000} s`);
			assertLies(decoded, 3.5, 5.5, 3.5, 'behind the gap');
		});
	}
});

it('a gap that the clock cannot tell from a jump back is told with place and size', async () => {
	const decoded = await decode(await made('ambiguous.ts', ...pause(50_000), ...MP2));
	assert.deepEqual(codes(decoded), ['TIMELINE_JUMP']);
	assert.match(decoded.warnings[0].message, /jump back by 12:37:\d\d\S* h at 3(\.\d+)? s/);
});

describe('a clock that is about to begin anew', () => {
	for (const [name, ...args] of [
		['wrap.ts', '-c:a', 'aac'],
		['wrap.mpg', ...MP2, '-f', 'vob'],
	]) {
		it(`goes on in ${name}`, async () => {
			const decoded = await decode(await made(name, ...args, '-output_ts_offset', String(WRAP - 3)));
			assert.deepEqual(codes(decoded), []);
			assert.ok(Math.abs(decoded.samples / 16_000 - SECONDS) < 0.15, `${decoded.samples / 16_000} s`);
			assertLies(decoded, 1, 5, 1, name);
		});
	}

	it('is the same for sound that begins after the picture', async () => {
		const path = file('wrap-late.ts', await ffmpeg({ '/sound.wav': sound }, ...late(3.5, ...MP2, '-output_ts_offset', String(WRAP - 2), '/late.ts')));
		assertLies(await decode(path), 1, 5, 4.5, 'late');
	});
});

for (const [name, ...args] of [
	['late.ts', ...MP2],
	['late.mpg', ...MP2, '-f', 'vob'],
]) {
	it(`sound that begins after the picture of ${name} begins late`, async () => {
		const decoded = await decode(file(name, await ffmpeg({ '/sound.wav': sound }, ...late(3.5, ...args, `/${name}`))));
		assert.ok(Math.abs(decoded.samples / 16_000 - SECONDS - 3.5) < 0.15);
		assertLies(decoded, 1, 5, 4.5, name);
	});
}

/** The tags of an FLV file that carry sound. */
function soundTags(flv: Buffer): number[] {
	const tags: number[] = [];
	for (let at = 13; at + 11 < flv.length; at += 15 + flv.readUIntBE(at + 1, 3)) if (flv[at] === 8) tags.push(at);
	return tags;
}

describe('one packet of an FLV file whose time is far off', async () => {
	const good = readFileSync(await made('good.flv', '-ar', '44100', '-c:a', 'libmp3lame'));
	for (const [place, share, offsets] of [['first', 0, [100_000]], ['middle', 0.5, [100_000, -2000]]] as const) {
		for (const offset of offsets) {
			it(`is noise: the ${place} one, by ${offset} ms`, async () => {
				const bytes = Buffer.from(good);
				const tags = soundTags(bytes);
				const tag = tags[Math.floor(tags.length * share)];
				const time = (bytes.readUIntBE(tag + 4, 3) + offset + 2 ** 32) % 2 ** 32;
				bytes.writeUIntBE(time % 2 ** 24, tag + 4, 3);
				bytes[tag + 7] = Math.floor(time / 2 ** 24);
				const decoded = await decode(file('off.flv', bytes));
				assert.deepEqual(codes(decoded), []);
				assert.ok(Math.abs(decoded.samples / 16_000 - SECONDS) < 0.15, `${decoded.samples / 16_000} s`);
			});
		}
	}

	it('is told where it is the last one', async () => {
		const bytes = Buffer.from(good);
		bytes.writeUIntBE(0x10_0000, soundTags(bytes).at(-1)! + 4, 3);
		const decoded = await decode(file('last.flv', bytes));
		assert.deepEqual(codes(decoded), ['TIMELINE_JUMP']);
		assert.match(decoded.warnings[0].message, /jump ahead by 17:\d\d\S* min at [56]\.\d+ s/);
	});
});

it('a clock that jumps back within a stream is told', async () => {
	const first = readFileSync(await made('first.ts', ...MP2, '-output_ts_offset', '30000'));
	const second = readFileSync(await made('second.ts', ...MP2));
	const decoded = await decode(file('reset.ts', Buffer.concat([first, second])));
	assert.deepEqual(codes(decoded), ['TIMELINE_JUMP']);
	assert.match(decoded.warnings[0].message, /jump back by 8:20:0\S* h at 6(\.\d+)? s/);
	assert.ok(Math.abs(decoded.samples / 16_000 - 2 * SECONDS) < 0.15);
});
