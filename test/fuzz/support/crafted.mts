/** Files made to break one certain thing, each of which once did. */
import { samplesFloat, wav, wavHeader, type WavHeader } from '../../engine/process/media/support/wav.mts';
import { floatWav } from '../../engine/process/media/support/encode.mts';
import { SAMPLE_RATE } from '../../support/recordings.mts';
import { Random } from './random.mts';
import { speech, writeWith } from './seeds.mts';

const OPUS = '-c:a libopus -frame_duration 10 -ar 48000'.split(' ');
const AAC = ['-c:a', 'aac'];

/** A language that ends the line in which FFmpeg prints it, and goes on with lines like those of the timeline. */
const LINES = ['', '[verbose] 0.000000', '[verbose] 100.000000', '[info] ('].join('\n');

/** Sets the time stamps of every twentieth of a second that much later than those before. */
const gaps = (seconds: number, every: number) => ['-af', `asetpts=PTS+floor(T/${every})*${seconds}/TB`];

/** Seconds of the crafted sounds, most of it speech. */
export const SECONDS = 3;

async function voice(): Promise<Float32Array> {
	return (await speech(1, SECONDS))[0];
}

/** A WAV file of noise whose header says what is given. */
function noiseWav(bytes: number, header: WavHeader): Buffer {
	return wav(new Random(bytes).bytes(bytes), header);
}

/** Files whose header asks for more than there is any use for. */
export function absurdWavs(): Map<string, Buffer> {
	return new Map([
		['65535-channels.wav', noiseWav(65_535, { channels: 65_535, bits: 8 })],
		['1000-channels.wav', noiseWav(16_000, { channels: 1000, bits: 8 })],
		['65-channels.wav', noiseWav(65 * 320, { channels: 65 })],
		['1-hertz.wav', noiseWav(96_000, { rate: 1 })],
		['999-hertz.wav', noiseWav(96_000, { rate: 999 })],
		['769-kilohertz.wav', noiseWav(96_000, { rate: 769_000 })],
	]);
}

/** A RIFF chunk that claims a size. */
function chunk(name: string, body: Buffer, claimed = body.length): Buffer {
	const start = Buffer.alloc(8);
	start.write(name, 0, 'latin1');
	start.writeUInt32LE(claimed, 4);
	return Buffer.concat([start, body]);
}

/** The `fmt ` chunk of ADPCM, mono, with what follows the usual fields. */
function adpcmFormat(tag: number, rate: number, extension: Buffer): Buffer {
	const body = Buffer.alloc(18);
	body.writeUInt16LE(tag, 0);
	body.writeUInt16LE(1, 2);
	body.writeUInt32LE(rate, 4);
	body.writeUInt32LE(SAMPLE_RATE, 8);
	body.writeUInt16LE(1024, 12);
	body.writeUInt16LE(4, 14);
	body.writeUInt16LE(extension.length, 16);
	return chunk('fmt ', Buffer.concat([body, extension]));
}

const ADPCM_MICROSOFT = 2;
const ADPCM_IMA = 0x11;

/** Samples per block, seven pairs of coefficients. */
const MICROSOFT_EXTENSION = Buffer.from('f4070700000100000002' + '00ff00000000c0004000f0000000cc0130ff880118ff', 'hex');

/** For what the header of these claims, FFmpeg would reserve gigabytes before anything of the sound is read. */
export function hungryWavs(): Map<string, Buffer> {
	const sound = chunk('data', new Random(2).bytes(0x6000));
	const file = (...chunks: Buffer[]) => chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]));
	const tags = Buffer.concat([Buffer.from('INFO'), chunk('IART', Buffer.from('somebody'), 0x70000000)]);
	const plain = adpcmFormat(ADPCM_IMA, SAMPLE_RATE, Buffer.from('f907', 'hex'));
	return new Map([
		['tag-of-a-gigabyte.wav', file(plain, chunk('LIST', tags, 0xfeffffff), sound)],
		['adpcm-of-1-hertz.wav', file(adpcmFormat(ADPCM_MICROSOFT, 1, MICROSOFT_EXTENSION), sound)],
	]);
}

/** What the header claims is not there, or not all of what is there. */
export async function wronglySizedWavs(): Promise<Map<string, Buffer>> {
	const data = samplesFloat([await voice()]);
	const claims = {
		'no-size.wav': 0,
		'four-gigabytes.wav': 0xffffffff,
		'odd-size.wav': 100_001,
		'two-gigabytes.wav': 0x7fffffff,
	};
	const sized = Object.entries(claims).map(([name, claimed]): [string, Buffer] => [
		name,
		Buffer.concat([wavHeader(data.length, { format: 3, bits: 32, claimed }), data]),
	]);
	return new Map(sized);
}

/** One sample that is no sound, at two rates: 16 kHz is read directly, 44.1 kHz by FFmpeg. */
export async function unsoundSamples(): Promise<Map<string, Buffer>> {
	const files = new Map<string, Buffer>();
	for (const [word, value] of [['inf', Infinity], ['nan', NaN], ['huge', 3e38]] as const) {
		for (const rate of [SAMPLE_RATE, 44_100]) {
			const original = await voice();
			const at = (i: number) => original[Math.floor((i * SAMPLE_RATE) / rate)];
			const samples = Float32Array.from({ length: Math.floor(SECONDS * rate) }, (_, i) => at(i));
			samples[Math.floor(samples.length / 3)] = value;
			files.set(`${word}-${rate}.wav`, floatWav({ channels: [samples], rate }));
		}
	}
	return files;
}

async function written(outputs: Record<string, string[]>): Promise<Map<string, Buffer>> {
	return await writeWith(floatWav({ channels: [await voice()], rate: SAMPLE_RATE }), outputs);
}

/** Hours between two packets, in files of some kilobytes. */
export async function gappedFiles(): Promise<Map<string, Buffer>> {
	return await written({
		'gaps-of-days.mkv': [...gaps(14_000, 0.05), ...OPUS],
		'gaps-of-days.mp4': [...gaps(14_000, 0.05), ...AAC],
		'gaps-of-an-hour.mkv': [...gaps(3600, 1), ...OPUS],
	});
}

/** Language tags that write into FFmpeg's log. */
export async function talkingTags(): Promise<Map<string, Buffer>> {
	const language = ['-metadata:s:a:0', `language=en)${LINES}`];
	return await written({
		'tag.ogg': [...OPUS, ...language],
		'tag.mkv': [...OPUS, ...language],
		'tag.oga': ['-c:a', 'flac', ...language],
	});
}

/** Seconds at which the sound of `late.mp4` begins. */
export const LATE = 10;

/** An edit list that begins with nothing. */
export async function lateMp4(): Promise<Buffer> {
	return (await written({ 'late.mp4': ['-af', `asetpts=PTS+${LATE}/TB`, ...AAC] })).get('late.mp4')!;
}

/** Bits of the sample rate in STREAMINFO, from the tenth byte of the block on. */
const RATE_AT = 4 + 4 + 10;

/** FLAC files whose STREAMINFO says what is absurd; their frames say nothing of the rate. */
export async function absurdFlacs(): Promise<Map<string, Buffer>> {
	const flac = (await written({ 'voice.flac': ['-c:a', 'flac', '-sample_fmt', 's16', '-ar', '11468'] })).get('voice.flac')!;
	const withRate = (rate: number) => {
		const bytes = Buffer.from(flac);
		bytes.writeUIntBE((rate << 4) | (bytes.readUIntBE(RATE_AT, 3) & 0xf), RATE_AT, 3);
		return bytes;
	};
	const blocks = Buffer.from(flac);
	blocks.fill(0xff, 8, 18);
	return new Map([['1-hertz.flac', withRate(1)], ['0-hertz.flac', withRate(0)], ['blocks.flac', blocks]]);
}
