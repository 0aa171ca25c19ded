/** The shell of every node that takes media: one item in, its result's items out, whichever engine is chosen. */
import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { isTaskReference, type Origin, type Provenance, type ResultItem } from '../../items/result';
import type { LabelledSegment } from '../../items/labelFiles';
import { readProducts } from './alsoProduce';
import { itemsOf, type Answer } from './answer';
import { INCLUDE_BINARY } from './engineParameters';
import { Hints } from './hints';
import { runForEachItem } from './itemLoop';
import { withAcceptedTasks } from './nodeErrors';
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
	{ engine, output, options, drivers, readShape, toItems, labelled, withFiles, noItems }: MediaNode<R, F, S>,
	hints: Hints,
	servers: Servers,
): Promise<INodeExecutionData[]> {
	const form = choice<F>(output, read(ctx, itemIndex, output));
	const given = readCollection(ctx, itemIndex, options);
	const shape = readShape(given);
	// Where there are several items, each would hold the files: with binary data kept in memory, so would n8n's record.
	const passOn = form === 'file' || boolean(INCLUDE_BINARY, given.includeBinary);
	// `choice` takes no engine that the node does not offer.
	const driver = drivers[choice<'local' | 'api'>(engine, read(ctx, itemIndex, engine))]!;

	const labels = labelled ? readProducts(ctx, itemIndex).labels : [];

	const answer = await driver(ctx, itemIndex, servers);

	const items = itemsOf(ctx, itemIndex, answer, passOn, (result, origin) => {
		hints.add(itemIndex, result.warnings);
		const items = toItems(result, form, origin, shape);
		if (items.length === 0 && form === noItems?.form) hints.add(itemIndex, [noItems]);
		return items;
	});
	const { result, file } = answer;
	if (isTaskReference(result)) return items;
	const withLabels = labelled ? withProduced(items, await makeLabels(ctx, labels, labelled(result), file.fileName)) : items;
	return withFiles ? await withFiles(ctx, shape, result, withLabels) : withLabels;
}
