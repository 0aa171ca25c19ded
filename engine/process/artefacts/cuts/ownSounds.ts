/**
 * Where the sound at a recording's own rate comes from: from the decoding that gave the sound for the models, where that was
 * possible, else from decoding once more.
 */
import type { MediaInfo, MediaRequest } from '../../../client/protocol';
import { SAMPLE_RATE, type Audio, type Span } from '../../audio';
import type { BlockSinks } from '../../media/channels';
import type { OriginalFormat, OriginalSink } from '../../media/ffmpeg/original';
import { freeBytesOf, type FreeBytes } from '../../media/spool';
import { isFloatCodec, OwnSound, peakOf, type CutSource } from './ownSound';

/** Bytes of the disk that are left to others: all of a recording may be much more than what cuts need of it. */
const LEFT = 2 ** 31;

/** Samples that are looked at at once. */
const BLOCK = 65_536;

export interface SoundOfMedia {
	media: MediaRequest;
	info: MediaInfo;
	/** Of each kept channel, as it was decoded at 16 kHz. */
	decoded: readonly Audio[];
	/** What cuts need, seconds from where the decoded sound begins. */
	spans: readonly Span[];
}

export class OwnSounds implements OriginalSink {
	private sound: OwnSound | undefined;

	private isComplete = false;

	/** @param folder the job's own */
	constructor(
		private readonly folder: string,
		private readonly freeBytes: FreeBytes = freeBytesOf,
	) {}

	begin({ rate, codec }: OriginalFormat): BlockSinks {
		this.abandon();
		this.sound = new OwnSound({ rate, codec, folder: this.folder, freeBytes: (folder) => this.freeBytes(folder) - LEFT });
		return this.sound.sinks;
	}

	end(): void {
		this.isComplete = true;
	}

	abandon(): void {
		this.isComplete = false;
		this.sound?.dispose();
		this.sound = undefined;
	}

	/**
	 * To be called when all is decoded, once.
	 * @throws VoiceprintError as `OwnSound.decode` does, TEMPORARY_FILE
	 */
	async of({ media, info, decoded, spans }: SoundOfMedia): Promise<CutSource> {
		const { sound } = this;
		if (sound && this.isComplete && sound.rate === info.sample_rate && sound.channels === decoded.length) {
			sound.finish(decoded.length);
			this.sound = undefined;
			return sound;
		}
		this.abandon();
		if ((info.sample_rate || SAMPLE_RATE) === SAMPLE_RATE) return soundOf(decoded, isFloatCodec(info.codec));
		return await OwnSound.decode({ media, info, spans, folder: this.folder });
	}
}

/** What was decoded at 16 kHz is what decoding once more at that rate would give. */
function soundOf(decoded: readonly Audio[], isFloat: boolean): CutSource {
	return {
		channels: decoded.length,
		rate: SAMPLE_RATE,
		length: Math.max(...decoded.map(({ length }) => length)),
		peak: isFloat ? Math.max(...decoded.map(peakIn)) : 0,
		read: (channel, start, target) => decoded[channel]!.read(start, target),
		dispose() {},
	};
}

function peakIn(audio: Audio): number {
	const block = new Float32Array(BLOCK);
	let peak = 0;
	for (let start = 0; start < audio.length; start += BLOCK) {
		const samples = block.subarray(0, Math.min(BLOCK, audio.length - start));
		audio.read(start, samples);
		peak = Math.max(peak, peakOf(samples));
	}
	return peak;
}
