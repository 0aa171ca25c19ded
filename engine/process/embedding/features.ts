/** What is done to feature vectors between the front end and the model. */
import type { Features } from './fbank';

/** `mean`: subtract each feature's mean over the frames. `mean_variance`: also divide by its standard deviation. */
export const NORMALIZATIONS = ['none', 'mean', 'mean_variance'] as const;

export type Normalization = (typeof NORMALIZATIONS)[number];

/** Which of the two runs slower in memory and stands first in the shape. */
export const LAYOUTS = ['frames,mels', 'mels,frames'] as const;

export type Layout = (typeof LAYOUTS)[number];

/** Added to standard deviations, as NeMo does, so that a constant feature does not divide by zero. */
const SMALLEST_DEVIATION = 1e-5;

/** Normalises one feature over all frames, in place. */
function normalizeFeature({ frames, mels, data }: Features, mel: number, withVariance: boolean): void {
	let sum = 0;
	for (let f = 0; f < frames; f++) sum += data[f * mels + mel]!;
	const mean = sum / frames;
	let squares = 0;
	for (let f = 0; f < frames; f++) squares += (data[f * mels + mel]! - mean) ** 2;
	const divisor = withVariance ? Math.sqrt(squares / Math.max(1, frames - 1)) + SMALLEST_DEVIATION : 1;
	for (let f = 0; f < frames; f++) data[f * mels + mel] = (data[f * mels + mel]! - mean) / divisor;
}

/** Normalises over the frames, in place. The variance is the unbiased one. */
export function normalizeFeatures(features: Features, normalization: Normalization): void {
	if (normalization === 'none') return;
	for (let mel = 0; mel < features.mels; mel++) normalizeFeature(features, mel, normalization === 'mean_variance');
}

/** @returns the data in the order of the layout, with its shape `[1, …, …]` */
export function arrangeFeatures(
	{ frames, mels, data }: Features,
	layout: Layout,
): { data: Float32Array; dims: [number, number, number] } {
	if (layout === 'frames,mels') return { data, dims: [1, frames, mels] };
	const turned = new Float32Array(data.length);
	for (let f = 0; f < frames; f++) for (let m = 0; m < mels; m++) turned[m * frames + f] = data[f * mels + m]!;
	return { data: turned, dims: [1, mels, frames] };
}
