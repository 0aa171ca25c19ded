/** The shell of every node that takes media: one item in, its result's items out, whichever engine is chosen. */
import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { shortName } from '../../errors';
import { isTaskReference, type Origin, type Provenance, type ResultItem } from '../../items/result';
import type { LabelledSegment } from '../../items/labelFiles';
import { readProducts } from './alsoProduce';
import { itemsOf, type Answer } from './answer';
import { takenInstead } from './binary';
import { withCuts } from './cutOutput';
import { INCLUDE_BINARY } from './engineParameters';
import { Hints } from './hints';
import { filesWith } from './itemFiles';
import { runForEachItem } from './itemLoop';
import { withAcceptedTasks } from './nodeErrors';
import { BINARY_PROPERTY_NAME } from './mediaParameters';
import { Servers } from './platform';
import { makeLabels, withProduced } from './produced';
import { boolean, choice, read, readCollection } from './read';
import { readFilesAtOnce } from './taskParameters';

/** Computes the result of one item: one driver per engine, and nothing behind them asks which. */
export type MediaDriver<R> = (ctx: IExecuteFunctions, itemIndex: number, servers: Servers) => Promise<Answer<R>>;

/** What distinguishes one node from another: its result `R`, the forms `F` of its output, the options `S` of a form. */
export interface MediaNode<R extends Provenance, F extends string, S> {
	/** The node's own parameters. */
	engine: INodeProperties;
	output: INodeProperties;
	options: INodeProperties;
	/** By value of the parameter Engine. */
	drivers: { local: MediaDriver<R>; api?: MediaDriver<R> };
	/** Read before the work starts: a mistake shows at once. */
	readShape: (options: Record<string, unknown>) => S;
	toItems: (result: R, form: F, origin: Origin, shape: S) => ResultItem[];
	/** The answer in a few words. */
	summary?: (result: R) => string;
	/** The segments of a result, for label files; absent where the node makes none. */
	labelled?: (result: R) => LabelledSegment[];
	/** Adds files to the items of a finished result. */
	withFiles?: (ctx: IExecuteFunctions, shape: S, result: R, items: INodeExecutionData[]) => Promise<INodeExecutionData[]>;
	/** Said in the editor of a result that gives no items in this form. */
	noItems?: { form: F; code: string; message: string };
}

export async function runMediaNode<R extends Provenance, F extends string, S>(
	ctx: IExecuteFunctions,
	node: MediaNode<R, F, S>,
): Promise<INodeExecutionData[][]> {
	const hints = new Hints();
	const ending = new AbortController();
	const servers = new Servers(ctx, ending.signal);
	const handle = async (itemIndex: number) => await runItem(ctx, itemIndex, node, hints, servers);
	try {
		const atOnce = readFilesAtOnce(ctx, node.engine, node.options);
		const items = await runForEachItem(ctx, handle, { atOnce, stop: () => ending.abort() });
		hints.show(ctx);
		return [items];
	} catch (error) {
		throw withAcceptedTasks(error, servers.accepted);
	}
}

async function runItem<R extends Provenance, F extends string, S>(
	ctx: IExecuteFunctions,
	itemIndex: number,
	{ engine, output, options, drivers, readShape, toItems, summary, labelled, withFiles, noItems }: MediaNode<R, F, S>,
	hints: Hints,
	servers: Servers,
): Promise<INodeExecutionData[]> {
	const { labels, produce = {} } = labelled ? readProducts(ctx, itemIndex) : { labels: [] };
	// Where clips are the items, they are made of the item for the file.
	const form = choice<F>(output, produce.clips ? output.default : read(ctx, itemIndex, output));
	const given = readCollection(ctx, itemIndex, options);
	const shape = readShape(given);
	const passOn = boolean(INCLUDE_BINARY, given.includeBinary);
	// `choice` takes no engine that the node does not offer.
	const driver = drivers[choice<'local' | 'api'>(engine, read(ctx, itemIndex, engine))]!;

	const answer = withNotice(ctx, itemIndex, await driver(ctx, itemIndex, servers), hints);

	const hasFiles = passOn && Object.keys(filesWith(ctx, itemIndex, answer.file.binary)).length > 0;
	const items = itemsOf(ctx, itemIndex, answer, passOn, (result, origin) => {
		hints.add(itemIndex, result.warnings);
		if (hasFiles && summary) hints.add(itemIndex, [{ code: 'SUMMARY', message: summaryWithFile(summary(result), origin) }]);
		const items = toItems(result, form, origin, shape);
		if (items.length === 0 && form === noItems?.form) hints.add(itemIndex, [noItems]);
		return items;
	});
	const { result, file, produced = [] } = answer;
	if (isTaskReference(result)) return items;
	const cut = withCuts(items, produce, produced, form === 'file');
	const withLabels = labelled ? withProduced(cut, await makeLabels(ctx, labels, labelled(result), file.fileName)) : cut;
	return withFiles ? await withFiles(ctx, shape, result, withLabels) : withLabels;
}

/**
 * Says where another file than the named one was processed: beside the output, and in the result where the user has named
 * another field than the parameter's default.
 */
function withNotice<R extends Provenance>(ctx: IExecuteFunctions, itemIndex: number, answer: Answer<R>, hints: Hints): Answer<R> {
	const { result, file } = answer;
	const field = file.binary ? read(ctx, itemIndex, BINARY_PROPERTY_NAME) : undefined;
	const notice = takenInstead(ctx, itemIndex, field);
	if (!notice) return answer;
	if (field !== BINARY_PROPERTY_NAME.default && !isTaskReference(result)) {
		return { ...answer, result: { ...result, warnings: [...(result.warnings ?? []), notice] } };
	}
	hints.add(itemIndex, [{ code: 'ONLY_FILE', message: notice.message }]);
	return answer;
}

/** n8n's editor shows the card of a file before anything else, and hints above it. */
function summaryWithFile(summary: string, { fileName }: Origin): string {
	return `${fileName === undefined ? '' : `${shortName(fileName)}: `}${summary}. Schema, Table and JSON have it all`;
}
