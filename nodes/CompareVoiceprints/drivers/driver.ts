/**
 * Who compares voiceprints: the arithmetic of this package or a Speech Platform. One interface, chosen once per run;
 * `test/nodes/compare-drivers.test.mts` holds what each of them must do.
 */
import type { IDataObject } from 'n8n-workflow';
import type { Calibration } from '../../../voiceprints/calibration';
import type { Similarities } from '../../../voiceprints/cluster';
import { ModelsDiffer } from '../../../voiceprints/gallery';
import type { Normalizer } from '../../../voiceprints/cohort';
import type { Side, Voiceprint } from '../../../voiceprints/voiceprint';
import type { Decision, Wish } from '../decision';
import type { Given } from '../voiceprints';

/** A voiceprint that was read, as far as its driver can read it. */
export interface Reading {
	/** ID of the model; null where nobody knows. */
	model: string | null;
	/** Seconds; null where nobody knows. */
	speechLength: number | null;
	/** No speech is behind it, so it is nobody's. */
	isSilent: boolean;
	/** Only where the driver can look inside. */
	voiceprint?: Voiceprint;
	/** Only where the driver sends it on. */
	text?: string;
}

/** One side of a comparison, as far as it is known. */
export type KnownSide = Omit<Side, 'speechLength'> & Pick<Reading, 'speechLength'>;

/** Without any speech where nobody knows how much. */
export const asSide = ({ speechLength, conditions }: KnownSide): Side => ({ speechLength: speechLength ?? 0, conditions });

export const sideOf = ({ speechLength, voiceprint }: Reading): KnownSide => ({ speechLength, conditions: voiceprint?.conditions });

export interface Scores {
	/** By entry. */
	scores: ArrayLike<number>;
	/** By entry; only where the driver knows them. */
	cosines?: ArrayLike<number>;
}

/** What voiceprints are compared with: one, or many. */
export interface Entries {
	readonly size: number;
	/** Of all entries; null while nobody knows. */
	readonly model: string | null;
	/** By entry. */
	readonly sides: ArrayLike<KnownSide>;
	/** @throws VoiceprintError INVALID_VOICEPRINT, EMPTY_VOICEPRINT; ModelsDiffer */
	add(given: Given): void;
	/**
	 * How alike the probe of an item is to each entry.
	 * @throws VoiceprintError CANCELED, SpeechPlatformError
	 */
	compare(itemIndex: number, probe: Reading, decision: Decision): Promise<Scores>;
}

export interface Driver {
	readonly name: 'local' | 'api';
	/** @throws VoiceprintError INVALID_VOICEPRINT */
	read(given: Given): Reading;
	/** Reads what is to be compared. @throws VoiceprintError INVALID_VOICEPRINT, EMPTY_VOICEPRINT */
	readProbe(given: Given): Reading;
	/**
	 * @param capacity entries that it can take
	 * @param probeOf the voiceprint of an item that will be compared with the entries; throws where it has none
	 * @param items those that will be compared
	 */
	entries(capacity: number, probeOf: (itemIndex: number) => Given, items: Iterable<number>): Entries;
	/** @throws VoiceprintError NO_CALIBRATION where no threshold is known */
	decide(wish: Wish, model: string | null, itemIndex: number): Promise<Decision>;
	/** What scores of a model mean; undefined where nobody knows. */
	calibration(model: string, itemIndex: number): Promise<Calibration | undefined>;
	/** What voiceprints of a model are normalised by, where they are merged; undefined where they are not. */
	normalizer(model: string, itemIndex: number): Promise<Normalizer | undefined>;
	/** Scores of all pairs. */
	similarities(members: Reading[], decision: Decision): Promise<Similarities>;
	/** Who compared, for the result. */
	provenance(): Promise<IDataObject>;
}

/** @throws ModelsDiffer where both are known and not the same */
export function checkSameModel(one: string | null, other: string | null): void {
	if (one !== null && other !== null && one !== other) throw new ModelsDiffer(one, other);
}
