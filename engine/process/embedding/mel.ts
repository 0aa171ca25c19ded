/** Mel filter banks: overlapping triangles over the bins of a spectrum. */
import { SAMPLE_RATE } from '../audio';

/** `kaldi`: triangles on the mel axis, of height one. `slaney`: triangles in Hz, of area one, as librosa makes them. */
export type MelScale = 'kaldi' | 'slaney';

export interface MelOptions {
	melBins: number;
	melScale: MelScale;
	/** Hz. */
	lowFrequency: number;
	/** Hz. */
	highFrequency: number;
	/** Samples per transform. */
	fftSize: number;
}

/** One triangle. */
export interface MelBank {
	/** Bin of the spectrum that the first weight is for. */
	first: number;
	/** Empty where the triangle lies between two bins. */
	weights: Float64Array;
}

interface Scale {
	/** Hz → mel. */
	mel(hz: number): number;
	/** Mel → place on the axis that the triangles are straight on. */
	point(mel: number): number;
	/** Hz → place on that axis. */
	place(hz: number): number;
	/** Height of a triangle with these ends. */
	height(left: number, right: number): number;
}

const kaldiMel = (hz: number) => 1127 * Math.log(1 + hz / 700);

/** Slaney's scale: straight up to 1 kHz, where 15 mel are reached, logarithmic above. */
const SLANEY_CORNER = { hz: 1000, mel: 15, logStep: Math.log(6.4) / 27 };

function slaneyMel(hz: number): number {
	const { hz: corner, mel, logStep } = SLANEY_CORNER;
	return hz < corner ? (hz * mel) / corner : mel + Math.log(hz / corner) / logStep;
}

function slaneyHz(value: number): number {
	const { hz: corner, mel, logStep } = SLANEY_CORNER;
	return value < mel ? (value * corner) / mel : corner * Math.exp((value - mel) * logStep);
}

const SCALES: Record<MelScale, Scale> = {
	kaldi: { mel: kaldiMel, point: (mel) => mel, place: kaldiMel, height: () => 1 },
	slaney: { mel: slaneyMel, point: slaneyHz, place: (hz) => hz, height: (left, right) => 2 / (right - left) },
};

/** @returns one triangle per mel bin, from low to high */
export function melBanks({ melBins, melScale, lowFrequency, highFrequency, fftSize }: MelOptions): MelBank[] {
	const scale = SCALES[melScale];
	const low = scale.mel(lowFrequency);
	const step = (scale.mel(highFrequency) - low) / (melBins + 1);
	const places = Float64Array.from({ length: fftSize / 2 + 1 }, (_, k) => scale.place((k * SAMPLE_RATE) / fftSize));
	return Array.from({ length: melBins }, (_, bin) => {
		const [left, centre, right] = [bin, bin + 1, bin + 2].map((i) => scale.point(low + i * step)) as [number, number, number];
		const height = scale.height(left, right);
		const weights = places.map((place) =>
			Math.max(0, height * Math.min((place - left) / (centre - left), (right - place) / (right - centre))),
		);
		const first = Math.max(0, weights.findIndex((weight) => weight > 0));
		return { first, weights: weights.subarray(first, weights.findLastIndex((weight) => weight > 0) + 1) };
	});
}
