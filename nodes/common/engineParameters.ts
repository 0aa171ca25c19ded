/** What concerns the choice of an engine in every node. */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

export const ENGINE_API: INodePropertyOptions = {
	name: 'Speech Platform API',
	value: 'api',
	description: 'On a Phonexia Speech Platform 4 server, to which the file is sent',
};

export const SIMPLIFY: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
	hint: 'Turn off to add the settings used and, with the local engine, the file format',
};
