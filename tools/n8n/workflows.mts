/** Workflows around a node of this package, as n8n stores them. */
import { randomUUID } from 'node:crypto';
import type { IConnections, INode, INodeParameters, IWorkflowSettings } from 'n8n-workflow';

export interface WorkflowData {
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

export const VOICE_ACTIVITY_DETECTION = 'n8n-nodes-voiceprint.voiceActivityDetection';

/** Name of the node under test in these workflows. */
export const NODE_NAME = 'Voice Activity Detection';

/** Name of the trigger of those that are started by hand. */
export const START_NAME = 'Start';

function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: INodeParameters,
	more: Partial<INode> = {},
): INode {
	return { id: randomUUID(), name, type, typeVersion, position: [0, 0], parameters, ...more };
}

/** Puts nodes in a row, each connected to the next one. */
function inRow(name: string, nodes: INode[]): WorkflowData {
	const connections: IConnections = {};
	for (const [index, { name: from }] of nodes.slice(0, -1).entries()) {
		connections[from] = { main: [[{ node: nodes[index + 1].name, type: 'main', index: 0 }]] };
	}
	return { name, nodes: nodes.map((each, index) => ({ ...each, position: [index * 220, 0] })), connections };
}

function detection(parameters: INodeParameters, more: Partial<INode> = {}): INode {
	return node(NODE_NAME, VOICE_ACTIVITY_DETECTION, 1, parameters, more);
}

/** A node of this package by its type's short name, such as `extractVoiceprint`. */
export function packageNode(name: string, type: string, parameters: INodeParameters, more: Partial<INode> = {}): INode {
	return node(name, `n8n-nodes-voiceprint.${type}`, 1, parameters, more);
}

/** Upload → nodes in a row → answer with all items of the last one. */
export function webhookRow(path: string, nodes: INode[]): WorkflowData {
	const webhook = node(
		'Webhook',
		'n8n-nodes-base.webhook',
		2.1,
		{ httpMethod: 'POST', path, responseMode: 'lastNode', responseData: 'allEntries', options: {} },
		{ webhookId: randomUUID() },
	);
	return inRow(`Webhook ${path}`, [webhook, ...nodes]);
}

/** Upload → detection → answer with all items. */
export function webhookWorkflow(path: string, parameters: INodeParameters, more: Partial<INode> = {}): WorkflowData {
	return webhookRow(path, [detection(parameters, more)]);
}

/** Files from disk (a path or a pattern) → detection, started by hand. */
export function fileWorkflow(
	fileSelector: string,
	parameters: INodeParameters,
	more: Partial<INode> = {},
): WorkflowData {
	const start = node(START_NAME, 'n8n-nodes-base.manualTrigger', 1, {});
	const read = node('Read Files', 'n8n-nodes-base.readWriteFile', 1.1, {
		operation: 'read',
		fileSelector,
		options: {},
	});
	return inRow(`Files ${fileSelector}`, [start, read, detection(parameters, more)]);
}

/** Form with a field for a file → detection. n8n names the binary field after the form's field. */
export function formWorkflow(): WorkflowData {
	const form = node(
		'On form submission',
		'n8n-nodes-base.formTrigger',
		2.3,
		{ formTitle: 'Is anybody speaking?', formFields: { values: [{ fieldLabel: 'Recording', fieldType: 'file', multipleFiles: false }] }, options: {} },
		{ webhookId: randomUUID() },
	);
	return inRow('Form', [form, detection({})]);
}
