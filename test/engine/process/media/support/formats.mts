/** The containers and codecs that FFmpeg's own encoders can make, and files of them. */
import { ffmpeg, floatWav, type Source } from './encode.mts';

/** Milliseconds of encoder priming that a container without an edit list leaves in. */
const PRIMING = 60;

export interface Format {
	/** Of the file: FFmpeg takes the container from its ending unless `args` say otherwise. */
	name: string;
	/** What FFmpeg is told about the sound. */
	args: string[];
	/** What FFmpeg is told about the picture, where there is one. */
	video?: string[];
	/** Hz; default 44100. */
	rate?: number;
	/** Default 2. */
	channels?: number;
	/** FFmpeg's codec name. */
	codec: string;
	/** Milliseconds by which sound may lie beside its place; default 1. */
	lag?: number;
}

const AAC = ['-c:a', 'aac', '-b:a', '128k'];
const MP3 = ['-c:a', 'libmp3lame'];
/** 10 ms frames: with 20 ms the WebAssembly build of the encoder (not used otherwise) overflows its stack in stereo. */
const OPUS = ['-c:a', 'libopus', '-b:a', '64k', '-frame_duration', '10'];

export const FORMATS: Format[] = [
	{ name: 's16-16k-mono.wav', args: ['-c:a', 'pcm_s16le'], rate: 16000, channels: 1, codec: 'pcm_s16le' },
	{ name: 's16-16k.wav', args: ['-c:a', 'pcm_s16le'], rate: 16000, codec: 'pcm_s16le' },
	{ name: 's16-44k.wav', args: ['-c:a', 'pcm_s16le'], codec: 'pcm_s16le' },
	{ name: 's16-8k.wav', args: ['-c:a', 'pcm_s16le'], rate: 8000, codec: 'pcm_s16le' },
	{ name: 's16-48k-6ch.wav', args: ['-c:a', 'pcm_s16le'], rate: 48000, channels: 6, codec: 'pcm_s16le' },
	{ name: 'u8.wav', args: ['-c:a', 'pcm_u8'], codec: 'pcm_u8' },
	{ name: 's24.wav', args: ['-c:a', 'pcm_s24le'], codec: 'pcm_s24le' },
	{ name: 's32.wav', args: ['-c:a', 'pcm_s32le'], codec: 'pcm_s32le' },
	{ name: 'f32.wav', args: ['-c:a', 'pcm_f32le'], rate: 48000, codec: 'pcm_f32le' },
	{ name: 'f64.wav', args: ['-c:a', 'pcm_f64le'], rate: 48000, codec: 'pcm_f64le' },
	{ name: 'alaw.wav', args: ['-c:a', 'pcm_alaw'], rate: 8000, channels: 1, codec: 'pcm_alaw' },
	{ name: 'mulaw.wav', args: ['-c:a', 'pcm_mulaw'], rate: 8000, channels: 1, codec: 'pcm_mulaw' },
	{ name: 'adpcm-ms.wav', args: ['-c:a', 'adpcm_ms'], rate: 16000, codec: 'adpcm_ms' },
	{ name: 'adpcm-ima.wav', args: ['-c:a', 'adpcm_ima_wav'], rate: 16000, codec: 'adpcm_ima_wav' },
	{ name: 'mp3.wav', args: MP3, codec: 'mp3', lag: PRIMING },
	{ name: 'rf64.wav', args: ['-c:a', 'pcm_s16le', '-rf64', 'always'], rate: 48000, codec: 'pcm_s16le' },
	{ name: 's16.w64', args: ['-c:a', 'pcm_s16le'], rate: 48000, codec: 'pcm_s16le' },
	{ name: 's16.aiff', args: ['-c:a', 'pcm_s16be'], codec: 'pcm_s16be' },
	{ name: 's24.aiff', args: ['-c:a', 'pcm_s24be'], rate: 22050, codec: 'pcm_s24be' },
	{ name: 'f32.aifc', args: ['-c:a', 'pcm_f32be', '-f', 'aiff'], codec: 'pcm_f32be' },
	{ name: 's16.au', args: ['-c:a', 'pcm_s16be'], codec: 'pcm_s16be' },
	{ name: 'mulaw.au', args: ['-c:a', 'pcm_mulaw'], rate: 8000, channels: 1, codec: 'pcm_mulaw' },
	{ name: 's16.caf', args: ['-c:a', 'pcm_s16le'], codec: 'pcm_s16le' },
	{ name: 'alac.caf', args: ['-c:a', 'alac'], codec: 'alac' },
	{ name: 's16.voc', args: ['-c:a', 'pcm_s16le'], codec: 'pcm_s16le' },
	{ name: 's16.flac', args: ['-c:a', 'flac', '-sample_fmt', 's16'], codec: 'flac' },
	{ name: 's24.flac', args: ['-c:a', 'flac', '-sample_fmt', 's32'], rate: 48000, codec: 'flac' },
	{ name: 'flac.oga', args: ['-c:a', 'flac', '-sample_fmt', 's16', '-f', 'ogg'], rate: 48000, codec: 'flac' },
	{ name: 'lossless.wv', args: ['-c:a', 'wavpack'], codec: 'wavpack' },
	{ name: 'lossless.tta', args: ['-c:a', 'tta'], codec: 'tta' },
	{ name: 'alac.m4a', args: ['-c:a', 'alac'], codec: 'alac' },
	{ name: 'aac.m4a', args: AAC, codec: 'aac' },
	{ name: 'aac-faststart.m4a', args: [...AAC, '-movflags', '+faststart'], codec: 'aac' },
	{ name: 'aac-16k-mono.m4a', args: AAC, rate: 16000, channels: 1, codec: 'aac' },
	{
		name: 'aac-fragmented.m4a',
		args: [...AAC, '-movflags', 'frag_keyframe+empty_moov'],
		codec: 'aac',
		lag: PRIMING,
	},
	{ name: 'aac-named-mp3.mp3', args: [...AAC, '-f', 'ipod'], codec: 'aac' },
	{ name: 'aac.aac', args: [...AAC, '-f', 'adts'], codec: 'aac', lag: PRIMING },
	{ name: 'aac.mov', args: AAC, codec: 'aac' },
	{ name: 'aac.3gp', args: AAC, codec: 'aac' },
	{ name: 'aac.mkv', args: AAC, codec: 'aac', lag: PRIMING },
	{ name: 'aac.ts', args: AAC, codec: 'aac', lag: PRIMING },
	{ name: 'aac.flv', args: AAC, codec: 'aac', lag: PRIMING },
	{ name: 'cbr.mp3', args: [...MP3, '-b:a', '128k'], codec: 'mp3' },
	{ name: 'vbr.mp3', args: [...MP3, '-q:a', '4'], codec: 'mp3' },
	{ name: '16k-mono.mp3', args: [...MP3, '-b:a', '32k'], rate: 16000, channels: 1, codec: 'mp3' },
	{ name: '8k.mp3', args: MP3, rate: 8000, channels: 1, codec: 'mp3' },
	{ name: 'mp3-without-ending', args: [...MP3, '-f', 'mp3'], codec: 'mp3' },
	{ name: 'layer2.mp2', args: ['-c:a', 'mp2'], rate: 48000, codec: 'mp2', lag: PRIMING },
	{ name: 'dolby.ac3', args: ['-c:a', 'ac3'], rate: 48000, codec: 'ac3', lag: PRIMING },
	{ name: 'dolby.eac3', args: ['-c:a', 'eac3'], rate: 48000, codec: 'eac3', lag: PRIMING },
	{ name: 'opus.opus', args: OPUS, rate: 48000, codec: 'opus' },
	{ name: 'opus-mono.ogg', args: OPUS, rate: 48000, channels: 1, codec: 'opus' },
	{ name: 'opus.webm', args: OPUS, rate: 48000, codec: 'opus' },
	{ name: 'opus-live.webm', args: [...OPUS, '-live', '1'], rate: 48000, codec: 'opus' },
	{ name: 'opus.mp4', args: OPUS, rate: 48000, codec: 'opus' },
	{ name: 'vorbis.ogg', args: ['-c:a', 'libvorbis'], codec: 'vorbis' },
	{ name: 'vorbis.webm', args: ['-c:a', 'libvorbis'], codec: 'vorbis', lag: 3 },
	{ name: 'v1.wma', args: ['-c:a', 'wmav1'], codec: 'wmav1', lag: PRIMING },
	{ name: 'v2.wma', args: ['-c:a', 'wmav2'], codec: 'wmav2', lag: PRIMING },
];

/** Sound in a video. */
export const VIDEOS: Format[] = [
	{ name: 'h264-aac.mp4', video: ['-c:v', 'libx264', '-preset', 'ultrafast'], args: AAC, codec: 'aac' },
	{ name: 'mjpeg-pcm.mov', video: ['-c:v', 'mjpeg'], args: ['-c:a', 'pcm_s16le'], codec: 'pcm_s16le' },
	{ name: 'mpeg4-mp3.avi', video: ['-c:v', 'mpeg4'], args: MP3, codec: 'mp3', lag: PRIMING },
	{ name: 'mpeg4-opus.mkv', video: ['-c:v', 'mpeg4'], args: OPUS, rate: 48000, codec: 'opus' },
	{ name: 'mpeg4-aac.ts', video: ['-c:v', 'mpeg2video'], args: AAC, codec: 'aac', lag: PRIMING },
	{ name: 'mpeg1-mp2.mpg', video: ['-c:v', 'mpeg1video'], args: ['-c:a', 'mp2'], codec: 'mp2', lag: PRIMING },
	{ name: 'wmv2-wma.wmv', video: ['-c:v', 'wmv2'], args: ['-c:a', 'wmav2'], codec: 'wmav2', lag: PRIMING },
];

export const rateOf = ({ rate = 44100 }: Format) => rate;

export const channelsOf = ({ channels = 2 }: Format) => channels;

/** A file's bytes. @param sound of the format's channels; at another rate than the format's, FFmpeg resamples it */
export async function bytesOf(format: Format, sound: Source): Promise<Buffer> {
	const { name, args, video } = format;
	const seconds = sound.channels[0].length / sound.rate;
	const picture = video ? ['-f', 'lavfi', '-i', `testsrc=s=64x64:r=25:d=${seconds}`] : [];
	const pictureArgs = video ? ['-pix_fmt', 'yuv420p', ...video] : [];
	return await ffmpeg({ '/sound.wav': floatWav(sound) }, ...picture, '-i', '/sound.wav', '-ar', String(rateOf(format)), ...pictureArgs, ...args, `/${name}`);
}
