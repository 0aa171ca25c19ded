/** How a signal is cut into frames, and the windows they are weighted with. */

/**
 * What happens at the ends of the signal.
 * - `snip`: only whole frames (Kaldi's snip-edges)
 * - `mirror`: one frame per shift, the ends mirrored with their last sample repeated (Kaldi without snip-edges)
 * - `center_reflect`: frames centred on multiples of the shift, the ends mirrored around their last sample (torch.stft)
 * - `center_zeros`: the same with zeros beyond the ends
 */
export const EDGES = ['snip', 'mirror', 'center_reflect', 'center_zeros'] as const;

export type Edges = (typeof EDGES)[number];

/** All symmetric but `hann_periodic`. */
export const WINDOW_TYPES = ['povey', 'hamming', 'hanning', 'hann_periodic', 'blackman', 'rectangular'] as const;

export type WindowType = (typeof WINDOW_TYPES)[number];

/** In samples. */
export interface Framing {
	length: number;
	shift: number;
	fftSize: number;
	edges: Edges;
}

/** The formulas, of the angle 0 to 2π over the window. */
const WINDOWS: Record<WindowType, (angle: number) => number> = {
	povey: (angle) => (0.5 - 0.5 * Math.cos(angle)) ** 0.85,
	hamming: (angle) => 0.54 - 0.46 * Math.cos(angle),
	hanning: (angle) => 0.5 - 0.5 * Math.cos(angle),
	hann_periodic: (angle) => 0.5 - 0.5 * Math.cos(angle),
	blackman: (angle) => 0.42 - 0.5 * Math.cos(angle) + 0.08 * Math.cos(2 * angle),
	rectangular: () => 1,
};

export function windowWeights(type: WindowType, length: number): Float64Array {
	const period = type === 'hann_periodic' ? length : length - 1;
	return Float64Array.from({ length }, (_, i) => WINDOWS[type]((2 * Math.PI * i) / period));
}

/** @param samples length of the signal */
export function countFrames(samples: number, { length, shift, edges }: Framing): number {
	switch (edges) {
		case 'snip':
			return samples < length ? 0 : 1 + Math.floor((samples - length) / shift);
		case 'mirror':
			return Math.floor((samples + Math.floor(shift / 2)) / shift);
		case 'center_reflect':
		case 'center_zeros':
			return 1 + Math.floor(samples / shift);
	}
}

/** Sample of the signal at which a frame starts; may lie outside. */
function frameStart(frame: number, { length, shift, fftSize, edges }: Framing): number {
	switch (edges) {
		case 'snip':
			return frame * shift;
		case 'mirror':
			return frame * shift + Math.floor(shift / 2) - Math.floor(length / 2);
		case 'center_reflect':
		case 'center_zeros':
			// torch.stft centres the transform on the frame, and the window in the transform.
			return frame * shift - fftSize / 2 + Math.floor((fftSize - length) / 2);
	}
}

/** The sample that stands at an index outside of the signal; mirrored as often as it takes. */
function outside(signal: Float64Array, index: number, edges: Edges): number {
	if (edges === 'center_zeros') return 0;
	const last = signal.length - 1;
	if (last === 0) return signal[0]!;
	const repeat = edges === 'mirror' ? 1 : 0;
	let inside = index;
	while (inside < 0 || inside > last) inside = inside < 0 ? -inside - repeat : 2 * last + repeat - inside;
	return signal[inside]!;
}

/** Copies a frame of the signal to the start of `target`. */
export function readFrame(signal: Float64Array, frame: number, framing: Framing, target: Float64Array): void {
	const start = frameStart(frame, framing);
	if (start >= 0 && start + framing.length <= signal.length) {
		target.set(signal.subarray(start, start + framing.length));
		return;
	}
	for (let i = 0; i < framing.length; i++) {
		const index = start + i;
		target[i] = index >= 0 && index < signal.length ? signal[index]! : outside(signal, index, framing.edges);
	}
}
