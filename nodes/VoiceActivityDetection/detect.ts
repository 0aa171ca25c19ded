/** One item in, its result's items out, whichever engine is chosen. */
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { toItems, type OutputForm } from '../../results';
import { outputFieldOf } from '../common/binary';
import type { Hints } from '../common/hints';
import { BINARY_PROPERTY_NAME } from '../common/mediaParameters';
import { boolean, choice, read, readCollection } from '../common/read';
import type { Detection } from './detection';
import { detectLocally } from './local';
import { ENGINE, KEEP_FILES_WITHOUT_SPEECH, OPTIONS, OUTPUT, SIMPLIFY } from './parameters';

type Detect = (ctx: IExecuteFunctions, itemIndex: number) => Promise<Detection>;

/** By value of the parameter Engine. */
const ENGINES: Record<string, Detect | undefined> = { local: detectLocally };

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

	const { result, binary, settings } = await engine(ctx, itemIndex);

	hints.add(itemIndex, result.warnings);
	const items = toItems(result, form, { item: itemIndex, fileName: binary?.fileName, settings }, shape);
	if (form === 'segment' && items.length === 0) hints.add(itemIndex, [NO_ITEMS]);
	// The file goes on with its one item (a reference, no copy), so that the next node can use it. The other forms would
	// repeat it, and with binary data kept in memory so would n8n's record of the execution.
	const field = outputFieldOf(read(ctx, itemIndex, BINARY_PROPERTY_NAME));
	const passedOn = form === 'file' && binary ? { binary: { [field]: binary } } : {};
	return items.map(({ json, pairedItem }) => ({ json: json as IDataObject, pairedItem, ...passedOn }));
}
