/** Results in the forms people use. A new form is one file here and one line in `FORMS`. */
import { channelItems } from './channel';
import { fileItems } from './file';
import { segmentItems } from './segment';
import type { Origin, OutputForm, ResultItem, ShapeOptions, SpeechResult } from './types';

export { taskItem, isTaskReference } from './task';
export { toVoiceprintItems, type VoiceprintForm } from './voiceprint';
export type * from './types';

type Shape = (result: SpeechResult, origin: Origin, options: ShapeOptions) => ResultItem[];

const FORMS: Record<OutputForm, Shape> = { file: fileItems, channel: channelItems, segment: segmentItems };

/** The result as items, in the order of its channels and segments, each paired with its input item. */
export function toItems(result: SpeechResult, form: OutputForm, origin: Origin, options: ShapeOptions): ResultItem[] {
	return FORMS[form](result, origin, options);
}
