/** One item in, its result's items out, whichever engine is chosen. */
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toItems, type OutputForm, type SpeechResult } from '../../items';
import { itemsOf, type Answer } from '../common/answer';
import { SIMPLIFY } from '../common/engineParameters';
import type { Hints } from '../common/hints';
import { boolean, choice, read, readCollection } from '../common/read';
import { detectByApi } from './api';
import { detectLocally } from './local';
import { ENGINE, KEEP_FILES_WITHOUT_SPEECH, OPTIONS, OUTPUT } from './parameters';

type Detect = (ctx: IExecuteFunctions, itemIndex: number) => Promise<Answer<SpeechResult>>;

/** By value of the parameter Engine. */
const ENGINES: Record<string, Detect | undefined> = { local: detectLocally, api: detectByApi };

/** Said in the editor, since n8n ends a branch without items and does not say why. */
const NO_ITEMS = {
	code: 'NO_ITEMS',
	message:
		'A file without speech gives no item for a segment, and a branch without items ends here. ' +
		`Turn on '${KEEP_FILES_WITHOUT_SPEECH.displayName}' in the options to go on with an item for the file.`,
};

export async function detect(ctx: IExecuteFunctions, itemIndex: number, hints: Hints): Promise<INodeExecutionData[]> {
	const form = choice<OutputForm>(OUTPUT, read(ctx, itemIndex, OUTPUT));
	const options = readCollection(ctx, itemIndex, OPTIONS);
	const shape = {
		simplify: boolean(SIMPLIFY, options.simplify),
		keepFilesWithoutSpeech: boolean(KEEP_FILES_WITHOUT_SPEECH, options.keepFilesWithoutSpeech),
	};
	const engine = ENGINES[choice(ENGINE, read(ctx, itemIndex, ENGINE))]!;

	const answer = await engine(ctx, itemIndex);

	return itemsOf(ctx, itemIndex, answer, form === 'file', (result, origin) => {
		hints.add(itemIndex, result.warnings);
		const items = toItems(result, form, origin, shape);
		if (form === 'segment' && items.length === 0) hints.add(itemIndex, [NO_ITEMS]);
		return items;
	});
}
