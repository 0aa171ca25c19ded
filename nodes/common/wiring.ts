/**
 * How a node is wired and what its inputs got before, within one execution. n8n keeps both beside what it offers to
 * nodes; where a version of it keeps them elsewhere, nothing is known, and callers go on without.
 */
import type { IExecuteFunctions, INodeExecutionData, IRunData, ISourceData, NodeInputConnections } from 'n8n-workflow';

interface Inside {
	workflow?: { connectionsByDestinationNode?: Record<string, { main?: NodeInputConnections } | undefined> };
	runExecutionData?: { resultData?: { runData?: IRunData } } | null;
	runIndex?: number;
	executeData?: { source?: { main?: Array<ISourceData | null> } | null };
}

const inside = (ctx: IExecuteFunctions): Inside => ctx as unknown as Inside;

/** Names of the nodes that are connected to an input, one per wire; undefined where nobody knows. */
export function wiresTo(ctx: IExecuteFunctions, inputIndex: number): string[] | undefined {
	const connections = inside(ctx).workflow?.connectionsByDestinationNode;
	if (!connections) return undefined;
	const wires = connections[ctx.getNode().name]?.main?.[inputIndex] ?? [];
	return wires.map(({ node }) => node);
}

/** How often the node has run before in this execution: in a loop, or once for each of several wires to one input. */
export function earlierRuns(ctx: IExecuteFunctions): number {
	return inside(ctx).runIndex ?? 0;
}

/**
 * What an input got in an earlier run of the node. A node outside of a loop gives its items once, and to a node within
 * the loop they come in its first round only.
 * @returns undefined where the input got nothing before, or what is connected to it is in the loop too and so has had
 * its say in this round
 */
export function earlierInput(ctx: IExecuteFunctions, inputIndex: number): INodeExecutionData[] | undefined {
	const runData = inside(ctx).runExecutionData?.resultData?.runData;
	const { name } = ctx.getNode();
	const sources = (runData?.[name] ?? []).map(({ source }) => source[inputIndex]);
	const source = sources.findLast((one) => one !== null && one !== undefined);
	if (!runData || !source) return undefined;
	const { previousNode, previousNodeOutput = 0, previousNodeRun = 0 } = source;
	const isInLoop = ctx.getParentNodes(previousNode).some((ancestor) => ancestor.name === name);
	const run = runData[previousNode]?.[previousNodeRun];
	return isInLoop ? undefined : (run?.data?.main?.[previousNodeOutput] ?? undefined);
}

/**
 * The items of an input as the node before gave them: with what that said of which item of its own input each one is.
 * What the node itself gets from n8n says its place in the input instead.
 */
export function itemsAsGiven(ctx: IExecuteFunctions, inputIndex: number): INodeExecutionData[] | undefined {
	const runData = inside(ctx).runExecutionData?.resultData?.runData;
	const source = inside(ctx).executeData?.source?.main?.[inputIndex];
	if (!runData || !source) return undefined;
	const { previousNode, previousNodeOutput = 0, previousNodeRun = 0 } = source;
	return runData[previousNode]?.[previousNodeRun]?.data?.main?.[previousNodeOutput] ?? undefined;
}
