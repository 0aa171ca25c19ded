/** The second input: people who may be among the speakers, with their voiceprints. */
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { KnownSpeaker } from '../../engine/client/protocol';
import { VoiceprintError } from '../../errors';
import { readPath, valueAt, type FieldPath } from '../common/path';
import { shortValue } from '../common/read';
import { readSecondInput } from '../common/secondInput';
import { KNOWN_NAME_FIELD, KNOWN_VOICEPRINT_FIELD } from './parameters';

function textAt({ json }: INodeExecutionData, index: number, path: FieldPath, what: string): string {
	const value = valueAt(json, path);
	if (typeof value === 'number') return String(value);
	if (typeof value === 'string' && value.trim() !== '') return value;
	throw new VoiceprintError(
		'VOICEPRINT_MISSING',
		`Item ${index} of the known speakers has no ${what} in the field '${shortValue(path.text)}'`,
		'Each item of the second input needs both: the voiceprint that Extract Voiceprint gives with One Item per Channel, and whose it is.',
	);
}

/**
 * An item without speech behind it is left out: it is nobody's voice.
 * @throws VoiceprintError VOICEPRINT_MISSING, which names the item; INPUT_IN_PARTS
 */
export function readKnownSpeakers(ctx: IExecuteFunctions): KnownSpeaker[] {
	const [name, voiceprint] = [readPath(ctx, 0, KNOWN_NAME_FIELD), readPath(ctx, 0, KNOWN_VOICEPRINT_FIELD)];
	const { items } = readSecondInput({ ctx }, 'Known Speakers');
	return items.map((item, index) => ({ name: textAt(item, index, name, 'name'), voiceprint: textAt(item, index, voiceprint, 'voiceprint') }));
}
