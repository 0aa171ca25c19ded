/** The second input: people who may be among the speakers, with their voiceprints. */
import type { IExecuteFunctions } from 'n8n-workflow';
import type { KnownSpeaker } from '../../engine/client/protocol';
import { VoiceprintError } from '../../errors';
import { readPath, valueAt, type FieldPath } from '../common/path';
import { shortValue } from '../common/read';
import { readSecondInput } from '../common/secondInput';
import { isName, speakerNames } from '../common/speakerNames';
import { KNOWN_NAME_FIELD, KNOWN_VOICEPRINT_FIELD } from './parameters';

function missing(index: number, path: FieldPath, what: string): VoiceprintError {
	return new VoiceprintError(
		'VOICEPRINT_MISSING',
		`Item ${index} of the known speakers has no ${what} in the field '${shortValue(path.text)}'`,
		'Each item of the second input needs both: the voiceprint that Extract Voiceprint gives with One Item per Channel, and whose it is.',
	);
}

/**
 * An item without speech behind it is left out: it is nobody's voice.
 * @throws VoiceprintError VOICEPRINT_MISSING, which names the item; INPUT_IN_PARTS
 */
export function readKnownSpeakers(ctx: IExecuteFunctions, itemIndex: number): KnownSpeaker[] {
	const [nameField, voiceprintField] = [readPath(ctx, 0, KNOWN_NAME_FIELD), readPath(ctx, 0, KNOWN_VOICEPRINT_FIELD)];
	const { items } = readSecondInput({ ctx }, 'Known Speakers');
	const names = speakerNames(items, KNOWN_NAME_FIELD, nameField);
	// Once for all items.
	if (names.hint && itemIndex === 0) ctx.addExecutionHints({ message: names.hint.message, type: 'info', location: 'outputPane' });
	return items.map((item, index) => {
		const name = names.of(item);
		if (name === undefined) throw missing(index, nameField, 'name');
		const voiceprint = valueAt(item.json, voiceprintField);
		if (!isName(voiceprint)) throw missing(index, voiceprintField, 'voiceprint');
		return { name, voiceprint: String(voiceprint) };
	});
}
