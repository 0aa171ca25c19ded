/**
 * Mel spectra against two independent sources: kaldi-native-fbank as built into sherpa-onnx, and plain formulas.
 * Nothing here may load ONNX Runtime: sherpa-onnx has its own.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Fbank, type FbankOptions, type Features } from '../../../../dist/engine/process/embedding/fbank.js';
import { readFeatureDescription } from '../../../../dist/engine/process/embedding/featureDescription.js';
import { arrangeFeatures, normalizeFeatures, type Normalization } from '../../../../dist/engine/process/embedding/features.js';
import { Fields } from '../../../../dist/engine/process/embedding/descriptionFields.js';
import { RealFft } from '../../../../dist/engine/process/fft.js';
import { decodeChannels, CALL, TELEPHONE } from '../../../support/recordings.mts';
import { numbers } from './support/graphs.mts';
import { generalModel, nemoModel, sherpaFeatures, type Fed, type GeneralFields, type NemoFields } from './support/sherpa.mts';
import { speechLike } from './support/signals.mts';
import { slowFbank } from './support/slow-fbank.mts';

/** Largest difference allowed between two natural logarithms of energies. */
const TOLERANCE = 1e-3;

const options = (features: Record<string, unknown>): FbankOptions =>
	readFeatureDescription(new Fields('test.json', features));

function features(samples: Float32Array, settings: FbankOptions, normalization: Normalization = 'none'): Features {
	const computed = new Fbank(settings).compute(samples);
	normalizeFeatures(computed, normalization);
	return computed;
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
	assert.equal(a.length, b.length);
	let largest = 0;
	for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
	return largest;
}

/** Ends within a frame, so that the edges show. */
const SYNTHESISED = speechLike(40_123);

let recordings: Array<{ name: string; samples: Float32Array }>;

before(async () => {
	const [telephone] = await decodeChannels(TELEPHONE);
	const [, caller] = await decodeChannels(CALL);
	recordings = [
		{ name: 'synthesised', samples: SYNTHESISED },
		{ name: 'telephone', samples: telephone.subarray(0, 80_000) },
		{ name: 'call', samples: caller.subarray(16_000, 112_000) },
	];
});

function assertSame(name: string, ours: { dims: number[]; data: Float32Array }, theirs: Fed, tolerance = TOLERANCE): void {
	assert.deepEqual(ours.dims, theirs.dims, name);
	const difference = largestDifference(ours.data, theirs.data);
	assert.ok(difference < tolerance, `${name}: differs by ${difference}`);
}

/**
 * The upper half of the telephone's band is empty, 90 dB below the rest. There the rounding of sherpa-onnx, which
 * computes in float32, shows, unless the floor hides it, as it does for samples of -1 to 1.
 */
const ROUNDING = 0.02;

/** What sherpa-onnx does before WeSpeaker and 3D-Speaker models. */
const GENERAL = { preset: 'kaldi', edges: 'mirror', high_frequency: 7600 };

describe('like kaldi-native-fbank in sherpa-onnx', () => {
	const general: Array<['wespeaker' | '3d-speaker', GeneralFields, Record<string, unknown>, Normalization]> = [
		['wespeaker', { normalize_samples: 0, feature_normalize_type: '' }, { sample_scale: 32768 }, 'none'],
		['wespeaker', { normalize_samples: 0, feature_normalize_type: 'global-mean' }, { sample_scale: 32768 }, 'mean'],
		['3d-speaker', { normalize_samples: 1, feature_normalize_type: '' }, { sample_scale: 1 }, 'none'],
		['3d-speaker', { normalize_samples: 1, feature_normalize_type: 'global-mean' }, { sample_scale: 1 }, 'mean'],
	];
	for (const [framework, fields, own, normalization] of general) {
		test(`${framework}, samples ${own.sample_scale === 1 ? '-1 to 1' : 'of 16 bits'}, normalisation ${normalization}`, () => {
			for (const { name, samples } of recordings) {
				const ours = arrangeFeatures(features(samples, options({ ...GENERAL, ...own }), normalization), 'frames,mels');
				const tolerance = name === 'telephone' && own.sample_scale === 32768 ? ROUNDING : TOLERANCE;
				assertSame(name, ours, sherpaFeatures(generalModel(framework, fields), samples), tolerance);
			}
		});
	}

	/** What sherpa-onnx does before NeMo's models, which is not all as NeMo itself does it. */
	const NEMO = {
		preset: 'nemo',
		edges: 'snip',
		preemphasis_over: 'frame',
		high_frequency: 7600,
		floor_mode: 'clamp',
		energy_floor: 2 ** -23,
	};
	const PLAIN: NemoFields = {
		window_type: 'hanning',
		feature_normalize_type: '',
		feat_dim: 80,
		window_size_ms: 25,
		window_stride_ms: 10,
	};
	const nemo: Array<[string, Partial<NemoFields>, Record<string, unknown>]> = [
		['symmetric Hann window', {}, {}],
		['periodic Hann window', { window_type: 'hann' }, { window: 'hann_periodic' }],
		['Hamming window', { window_type: 'hamming' }, { window: 'hamming' }],
		['Povey window', { window_type: 'povey' }, { window: 'povey' }],
		['Blackman window', { window_type: 'blackman' }, { window: 'blackman' }],
		['rectangular window', { window_type: 'rectangular' }, { window: 'rectangular' }],
		['64 bins', { feat_dim: 64 }, { mel_bins: 64 }],
		['20 ms every 8 ms', { window_size_ms: 20, window_stride_ms: 8 }, { frame_length_ms: 20, frame_shift_ms: 8 }],
		['40 ms every 20 ms', { window_size_ms: 40, window_stride_ms: 20 }, { frame_length_ms: 40, frame_shift_ms: 20 }],
	];
	for (const [name, fields, own] of nemo) {
		test(`mels as librosa makes them: ${name}`, () => {
			for (const { name: recording, samples } of recordings) {
				const ours = arrangeFeatures(features(samples, options({ ...NEMO, ...own })), 'mels,frames');
				assertSame(recording, ours, sherpaFeatures(nemoModel({ ...PLAIN, ...fields }), samples));
			}
		});
	}

	test('mean and variance of each feature', () => {
		const ours = features(SYNTHESISED, options(NEMO), 'mean_variance');
		const theirs = sherpaFeatures(nemoModel({ ...PLAIN, feature_normalize_type: 'per_feature' }), SYNTHESISED);
		// sherpa-onnx divides by the number of frames, NeMo itself and we by one less.
		const factor = Math.sqrt((ours.frames - 1) / ours.frames);
		const { data, dims } = arrangeFeatures(ours, 'mels,frames');
		assertSame('synthesised', { data: data.map((value) => value / factor), dims }, theirs);
	});
});

describe('like the plain formulas', () => {
	const variants: Array<[string, Record<string, unknown>]> = [
		['Kaldi', { preset: 'kaldi' }],
		['WeSpeaker: Hamming window', { preset: 'kaldi', window: 'hamming' }],
		['3D-Speaker: samples of -1 to 1', { preset: 'kaldi', sample_scale: 1 }],
		['NeMo: centred frames, ends mirrored', { preset: 'nemo' }],
		['NeMo with zeros beyond the ends', { preset: 'nemo', edges: 'center_zeros' }],
		['magnitudes, no preemphasis, wider transform', { preset: 'kaldi', spectrum: 'magnitude', preemphasis: 0, fft_size: 1024 }],
		['narrow band, few bins', { preset: 'kaldi', low_frequency: 300, high_frequency: 3400, mel_bins: 20 }],
		['ends mirrored', { preset: 'kaldi', edges: 'mirror' }],
		['Slaney scale, Blackman window', { preset: 'kaldi', mel_scale: 'slaney', window: 'blackman' }],
		['offset left in', { preset: 'kaldi', remove_dc_offset: false }],
		['a floor that much of it lies under', { preset: 'kaldi', energy_floor: 1e5 }],
	];
	for (const [name, own] of variants) {
		test(name, () => {
			const settings = options(own);
			const samples = SYNTHESISED.subarray(500, 3_777);
			const expected = slowFbank(samples, settings);
			const { frames, mels, data } = features(samples, settings);
			assert.deepEqual([frames, mels], [expected.length, settings.melBins]);
			const difference = largestDifference(data, expected.flat());
			assert.ok(difference < 1e-5, `differs by ${difference}`);
		});
	}
});

test('like torch.stft with the mels of librosa 0.11, normalised as NeMo does', () => {
	const samples = numbers(8123).map((value) => value * 0.1);
	// Features 0, 40 and 79 of frames 0, 3 and 50, computed in float64 with PyTorch 2.13.
	const expected = {
		center_reflect: [2.52358874923633, 0.018537319693414045, 0.308976015851859],
		center_zeros: [-0.9842156959107929, 0.03851479391266375, 0.3137722334935499],
	};
	for (const [edges, values] of Object.entries(expected)) {
		const { frames, mels, data } = features(samples, options({ preset: 'nemo', edges }), 'mean_variance');
		assert.deepEqual([frames, mels], [51, 80]);
		assert.ok(largestDifference([data[0], data[3 * 80 + 40], data[50 * 80 + 79]], values) < 1e-5, edges);
	}
});

test('normalisation: mean 0, and with the variance deviation 1', () => {
	const of = (normalization: Normalization) => {
		const { frames, mels, data } = features(SYNTHESISED, options({ preset: 'kaldi' }), normalization);
		const column = Array.from({ length: frames }, (_, f) => data[f * mels + 7]);
		const mean = column.reduce((sum, value) => sum + value, 0) / frames;
		return { mean, deviation: Math.sqrt(column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (frames - 1)) };
	};
	const plain = of('none');
	assert.ok(Math.abs(plain.mean) > 1);
	assert.ok(Math.abs(of('mean').mean) < 1e-4);
	assert.ok(Math.abs(of('mean').deviation - plain.deviation) < 1e-4);
	assert.ok(Math.abs(of('mean_variance').mean) < 1e-4);
	assert.ok(Math.abs(of('mean_variance').deviation - 1) < 1e-4);
});

test('silence gives the logarithm of the floor, and normalised zeros, never infinity', () => {
	const silence = new Float32Array(8000);
	assert.ok(features(silence, options({ preset: 'kaldi' })).data.every((value) => Math.abs(value - Math.log(2 ** -23)) < 1e-5));
	assert.ok(features(silence, options({ preset: 'nemo' }), 'mean_variance').data.every((value) => value === 0));
});

test('frames: as many as Kaldi and torch.stft make', () => {
	const count = (own: Record<string, unknown>, length: number) => features(new Float32Array(length), options(own)).frames;
	assert.deepEqual([399, 400, 559, 560].map((length) => count({ preset: 'kaldi' }, length)), [0, 1, 1, 2]);
	assert.deepEqual([400, 479, 480].map((length) => count({ preset: 'kaldi', edges: 'mirror' }, length)), [3, 3, 3]);
	assert.deepEqual([639, 640, 16_000].map((length) => count({ preset: 'nemo' }, length)), [4, 5, 101]);
});

test('the transform equals its definition at every size', () => {
	for (const size of [4, 8, 64, 512]) {
		const samples = Float64Array.from(numbers(size));
		const power = new Float64Array(size / 2 + 1);
		new RealFft(size).power(samples, power);
		power.forEach((value, k) => {
			let re = 0;
			let im = 0;
			samples.forEach((sample, i) => {
				re += sample * Math.cos((2 * Math.PI * k * i) / size);
				im += sample * Math.sin((2 * Math.PI * k * i) / size);
			});
			assert.ok(Math.abs(value - (re ** 2 + im ** 2)) < 1e-9 * size, `${size}, bin ${k}`);
		});
	}
	for (const size of [0, 2, 500]) assert.throws(() => new RealFft(size), /no FFT/);
});
