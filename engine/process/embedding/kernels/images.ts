/** Images in the memory of a kernel: [time, bands] positions of so many channels, with zeros around them. */
import { FLOAT, type KernelExports } from './kernelWeights';

/** Times, or bands, that a tile of a convolution gives. */
export const TILE = 4;
/** Rows that a product makes up to whole tiles of its own, and that it reads behind them. */
export const BEYOND = 8;

export interface Image {
	/** Address in bytes. */
	at: number;
	time: number;
	bands: number;
	/** Channels. */
	width: number;
	/** From one time to the next: a position before the bands, and one or more behind them. */
	positions: number;
}

export type ImageSize = Omit<Image, 'at'>;

export const tilesIn = (size: number): number => Math.ceil(size / TILE);

/** Bytes from one time to the next. */
export const rowOf = ({ positions, width }: Pick<Image, 'positions' | 'width'>): number => positions * width * FLOAT;

/** Bytes of the whole image, whose times are made up to whole tiles. */
export const bytesOf = (image: ImageSize): number => (tilesIn(image.time) * TILE + 2) * rowOf(image) + BEYOND * image.width * FLOAT;

/** Of a position; -1 and as many as there are are those around. */
export const addressOf = (image: Image, time: number, band: number): number => image.at + (time + 1) * rowOf(image) + (band + 1) * image.width * FLOAT;

/** Zeros before the image, between its rows and behind it. */
export function surround(kernel: KernelExports, image: Image): void {
	const { time, bands, width, positions, at } = image;
	const [bytes, row] = [width * FLOAT, rowOf(image)];
	kernel.clear!(at, 1, 0, row + bytes);
	kernel.clear!(addressOf(image, 0, bands), time, row, (positions - bands) * bytes);
	const end = addressOf(image, time, 0);
	kernel.clear!(end, 1, 0, at + bytesOf(image) - end);
}

/**
 * Three frames as the first convolution of a model meets them: of each band those three beside each other, with zeros around.
 * @param features `[frames, mels]`
 * @param middle of the three; those that there are not are zeros
 * @param target `[mels + 2, 3]`, of which what is around the bands is left as it is
 */
export function putThreeFrames(features: Float32Array, mels: number, middle: number, target: Float32Array): void {
	const frames = features.length / mels;
	for (let i = 0; i < 3; i++) {
		const frame = middle + i - 1;
		const isInside = frame >= 0 && frame < frames;
		for (let mel = 0; mel < mels; mel++) target[3 * (mel + 1) + i] = isInside ? features[frame * mels + mel]! : 0;
	}
}
