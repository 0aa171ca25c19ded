/** The fields `features` of a model description: a preset, and what differs from it. */
import type { Fields } from './descriptionFields';
import { samplesOfMs, type FbankOptions } from './fbank';
import { EDGES, WINDOW_TYPES } from './framing';
import { melBanks } from './mel';
import { SAMPLE_RATE } from '../audio';

type Preset = Omit<FbankOptions, 'fftSize'>;

/** The smallest step of float32 above one: where Kaldi clamps energies. */
const FLOAT_EPSILON = 2 ** -23;

/** Kaldi's and torchaudio's defaults, with 80 bins and without dither. */
const KALDI: Preset = {
	sampleScale: 32768,
	melBins: 80,
	frameLength: 25,
	frameShift: 10,
	edges: 'snip',
	removeDcOffset: true,
	preemphasis: 0.97,
	preemphasisOver: 'frame',
	window: 'povey',
	spectrum: 'power',
	melScale: 'kaldi',
	lowFrequency: 20,
	highFrequency: SAMPLE_RATE / 2,
	energyFloor: FLOAT_EPSILON,
	floorMode: 'clamp',
};

/** The same as complete options. */
export const KALDI_FBANK: FbankOptions = { ...KALDI, fftSize: 512 };

/** What NeMo's speaker models are fed. */
const NEMO: Preset = {
	...KALDI,
	sampleScale: 1,
	edges: 'center_reflect',
	removeDcOffset: false,
	preemphasisOver: 'signal',
	window: 'hanning',
	melScale: 'slaney',
	lowFrequency: 0,
	energyFloor: 2 ** -24,
	floorMode: 'add',
};

const PRESETS = { kaldi: KALDI, nemo: NEMO };

const PRESET_NAMES = Object.keys(PRESETS) as Array<keyof typeof PRESETS>;

const nextPowerOfTwo = (value: number) => 2 ** Math.ceil(Math.log2(value));

function readFftSize(fields: Fields, frameLength: number): number {
	const smallest = nextPowerOfTwo(samplesOfMs(frameLength));
	const size = fields.number('fft_size', { from: 16, to: 8192, whole: true }, smallest);
	if (!Number.isInteger(Math.log2(size)) || size < smallest) {
		throw fields.fault('fft_size', `must be a power of two that holds a frame, so ${smallest} or more`);
	}
	return size;
}

/** @throws VoiceprintError INVALID_MODEL */
export function readFeatureDescription(fields: Fields): FbankOptions {
	const preset = PRESETS[fields.choice('preset', PRESET_NAMES)];
	fields.number('dither', { from: 0, to: 0 }, 0); // repeatable voiceprints need features without noise
	const frameLength = fields.number('frame_length_ms', { from: 2, to: 200 }, preset.frameLength);
	const options: FbankOptions = {
		frameLength,
		frameShift: fields.number('frame_shift_ms', { from: 1, to: 50 }, preset.frameShift),
		fftSize: readFftSize(fields, frameLength),
		sampleScale: fields.number('sample_scale', { from: 1e-3, to: 1e6 }, preset.sampleScale),
		edges: fields.choice('edges', EDGES, preset.edges),
		removeDcOffset: fields.flag('remove_dc_offset', preset.removeDcOffset),
		preemphasis: fields.number('preemphasis', { from: 0, to: 1 }, preset.preemphasis),
		preemphasisOver: fields.choice('preemphasis_over', ['frame', 'signal'], preset.preemphasisOver),
		window: fields.choice('window', WINDOW_TYPES, preset.window),
		spectrum: fields.choice('spectrum', ['power', 'magnitude'], preset.spectrum),
		melBins: fields.number('mel_bins', { from: 2, to: 256, whole: true }, preset.melBins),
		melScale: fields.choice('mel_scale', ['kaldi', 'slaney'], preset.melScale),
		lowFrequency: fields.number('low_frequency', { from: 0, to: SAMPLE_RATE / 2 }, preset.lowFrequency),
		highFrequency: fields.number('high_frequency', { from: 1, to: SAMPLE_RATE / 2 }, preset.highFrequency),
		energyFloor: fields.number('energy_floor', { from: 1e-30, to: 1e6 }, preset.energyFloor),
		floorMode: fields.choice('floor_mode', ['clamp', 'add'], preset.floorMode),
	};
	fields.finish();
	checkMelBanks(fields, options);
	return options;
}

function checkMelBanks(fields: Fields, options: FbankOptions): void {
	if (options.highFrequency <= options.lowFrequency) throw fields.fault('high_frequency', "must be above 'low_frequency'");
	if (melBanks(options).some(({ weights }) => weights.length === 0)) {
		throw fields.fault('mel_bins', "is too large for 'fft_size' and the frequencies: a bin would be empty");
	}
}
