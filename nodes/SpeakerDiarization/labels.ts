/** The option Labels. */
import type { LabelFormat } from '../../items/labelFiles';
import { choice, invalid } from '../common/read';
import { LABELS } from './parameters';

/** @throws VoiceprintError INVALID_PARAMETER */
export function readLabels(value: unknown): LabelFormat[] {
	if (value === undefined) return [];
	if (!Array.isArray(value)) throw invalid(LABELS, 'must be a list', value);
	return value.map((one) => choice<LabelFormat>(LABELS, one));
}
