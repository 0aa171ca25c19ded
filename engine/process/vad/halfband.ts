/** 16 kHz → 8 kHz for the 8 kHz model: a linear-phase half-band low-pass, every other sample kept. */
import { Kernel } from './kernel';
import { AS_IT_IS, type Gain } from './speechModel';

/** Samples the filter reaches to each side of its centre. */
const REACH = 31;

/** Samples of the input before the first centre. */
export const HALFBAND_LEAD = REACH + 1;

/** Samples that the kernel has room for. */
export const MOST_HALVED = 65_568;

/** Every other tap but the centre of a half-band filter is zero; these are the odd ones, centre outwards. */
const TAPS = (() => {
	const taps: number[] = [];
	for (let offset = 1; offset <= REACH; offset += 2) {
		const ideal = Math.sin((Math.PI * offset) / 2) / (Math.PI * offset);
		const phase = (Math.PI * (offset + REACH)) / REACH;
		const blackman = 0.42 - 0.5 * Math.cos(phase) + 0.08 * Math.cos(2 * phase);
		taps.push(ideal * blackman);
	}
	const sum = 2 * taps.reduce((total, tap) => total + tap, 0);
	return Float32Array.from(taps, (tap) => (tap / sum) * 0.5);
})();

export class Halfband {
	private constructor(private readonly kernel: Kernel) {
		kernel.view('taps', TAPS.length).set(TAPS);
	}

	/** @throws VoiceprintError RUNTIME_UNAVAILABLE where a file is missing or damaged */
	static async load(mayRelax = true): Promise<Halfband> {
		return new Halfband(await Kernel.load(8000, mayRelax));
	}

	/**
	 * @param input samples at 16 kHz, the first one to keep at HALFBAND_LEAD, and as many more behind the last
	 * @param samples at 8 kHz that are wanted, MOST_HALVED at most
	 * @param gain on the input
	 * @returns valid until the next call
	 */
	halve(input: Float32Array, samples: number, gain: Gain = AS_IT_IS): Float32Array {
		this.kernel.view('wide', input.length).set(input);
		this.kernel.halve(samples, gain);
		return this.kernel.view('samples', samples);
	}
}
