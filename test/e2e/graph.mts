/** Workflows of several nodes, and what their executions gave. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { IConnections, IDataObject, INode, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { Execution } from '../../tools/n8n/client.mts';
import { packageNode, START_NAME, type WorkflowData } from '../../tools/n8n/workflows.mts';

/** From a node's output to a node's input; both are the first where nothing is said. */
export type Wire = [from: string, to: string, input?: number, output?: number];

export const base = (name: string, type: string, typeVersion: number, parameters: INodeParameters, more: Partial<INode> = {}): INode => ({
	id: randomUUID(),
	name,
	type: `n8n-nodes-base.${type}`,
	typeVersion,
	position: [0, 0],
	parameters,
	...more,
});
export const detect = (parameters: INodeParameters = {}, more: Partial<INode> = {}) => packageNode('VAD', 'voiceActivityDetection', parameters, more);
export const extract = (name: string, parameters: INodeParameters = {}, more: Partial<INode> = {}) =>
	packageNode(name, 'extractVoiceprint', { output: 'channel', ...parameters }, more);
export const compare = (parameters: INodeParameters, more: Partial<INode> = {}) => packageNode('Compare', 'compareVoiceprints', parameters, more);
export const setField = (name: string, field: string, value: string, type = 'string') =>
	base(name, 'set', 3.4, {
		assignments: { assignments: [{ id: '1', name: field, type, value }] },
		includeOtherFields: true,
		options: { ignoreConversionErrors: true },
	});
export const loop = () => base('Loop', 'splitInBatches', 3, { batchSize: 1, options: {} });
export const nothing = (name: string) => base(name, 'noOp', 1, {});

/** A workflow that begins at Start; `'A > B > C'` are wires in a row. */
export function graph(nodes: INode[], wires: Array<Wire | string>): WorkflowData {
	const all = wires.flatMap((wire): Wire[] => {
		if (typeof wire !== 'string') return [wire];
		const names = wire.split(' > ');
		return names.slice(1).map((to, index) => [names[index], to]);
	});
	const connections: IConnections = {};
	for (const [from, to, index = 0, output = 0] of all) {
		const main = ((connections[from] ??= { main: [] }).main ??= []);
		while (main.length <= output) main.push([]);
		main[output]!.push({ node: to, type: 'main', index });
	}
	const start = base(START_NAME, 'manualTrigger', 1, {});
	const placed = [start, ...nodes].map((node, index) => ({ ...node, position: [index * 200, index * 100] as [number, number] }));
	return { name: randomUUID(), nodes: placed, connections, settings: { executionOrder: 'v1' } };
}

export const runsOf = ({ data }: Execution, node: string) => data.resultData.runData[node] ?? [];
export const itemsOf = (execution: Execution, node: string, output = 0): INodeExecutionData[] =>
	runsOf(execution, node).flatMap(({ data }) => data?.main[output] ?? []);
export const jsonOf = (execution: Execution, node: string): IDataObject[] => itemsOf(execution, node).map(({ json }) => json);

export function errorOf(execution: Execution) {
	const { message, description, context } = execution.data.resultData.error as unknown as {
		message: string;
		description: string;
		context: { code: string };
	};
	return { message, description, code: context.code };
}

export function succeeded(execution: Execution): Execution {
	assert.equal(execution.status, 'success', JSON.stringify(execution.data.resultData.error?.message));
	return execution;
}
