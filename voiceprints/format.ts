/** Where what is in a voiceprint's bytes; explained in `docs/voiceprint-format.md`. */

/** The first bytes of every voiceprint of this package; in base64, the text begins with `TjhWUA`. */
export const MAGIC = Buffer.from('N8VP', 'latin1');

/** Of the format, without and with conditions of the speech. A reader refuses versions that it does not know. */
export const PLAIN_VERSION = 1;
export const VERSION = 2;

export type DataType = 'float16' | 'float32';

/** How the numbers of the vector are stored: the code in the record, and bytes per number. */
export const DATA_TYPES: Record<DataType, { code: number; bytes: number }> = {
	float16: { code: 1, bytes: 2 },
	float32: { code: 2, bytes: 4 },
};

/** Offsets in bytes. The vector follows the model's ID, then come the conditions, if any, then the checksum. */
export const LAYOUT = { magic: 0, version: 4, type: 5, dimension: 6, speechLength: 8, idLength: 12, id: 13 };

/** Offsets in bytes within the conditions, and how many they are. */
export const CONDITIONS = { flags: 0, snr: 1, wide: 5, narrow: 13, bytes: 21 };

/** Offsets in bytes within what is said of a band of the cohort. */
export const STATISTICS = { mean: 0, deviation: 4 };

/** What the conditions' flags say; all other bits are 0. */
export const FLAGS = { narrowBand: 1, snr: 2, cohort: 4 };

/** dB, either way; no measurement gives more. */
export const LARGEST_SNR = 200;

/** Bytes of the CRC-32 at the end. */
export const CHECKSUM_BYTES = 4;

/** Bytes of a voiceprint beside its model's ID, its vector and its conditions. */
export const FIXED_BYTES = LAYOUT.id + CHECKSUM_BYTES;

/** Bytes in UTF-8. */
export const LONGEST_MODEL_ID = 255;

export const MOST_DIMENSIONS = 65_535;

/** Bytes of the largest voiceprint that there can be. */
export const MOST_BYTES = FIXED_BYTES + LONGEST_MODEL_ID + MOST_DIMENSIONS * 4 + CONDITIONS.bytes;

/** The length of a vector may differ from one by that: rounding to halves makes 0.0005 at most. */
export const TOLERANCE = 0.002;
