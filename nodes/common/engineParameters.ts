/** What concerns the choice of an engine in every node. */
import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

/** Parameters that only make sense where this package computes the result itself. */
export const LOCAL_ONLY = { show: { engine: ['local'] } };

export const ENGINE_LOCAL: INodePropertyOptions = {
	name: 'Local',
	value: 'local',
	description: 'Inside n8n, with the model that comes with this node. Nothing leaves the machine.',
};

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
	hint: 'Turn off to add engine, model, settings used and, with the local engine, runtime and file format',
};

export const INCLUDE_BINARY: INodeProperties = {
	displayName: 'Include Binary',
	name: 'includeBinary',
	type: 'boolean',
	default: true,
	description:
		"Whether to pass the files of the input item on with each of its output items. If off, the editor shows the result first and not n8n's card of the file.",
};

export const MAXIMUM_DURATION: INodeProperties = {
	displayName: 'Maximum Duration',
	name: 'maximumDuration',
	type: 'number',
	default: 0,
	typeOptions: { minValue: 0 },
	hint: 'In seconds, 0 for a day, which is the most',
	description: 'Longest stretch of media to process, in seconds. A longer one is refused. Set to 0 for the most, a day.',
	displayOptions: { show: { '/engine': ['local'] } },
};

export const RUNTIME: INodeProperties = {
	displayName: 'Runtime',
	name: 'runtime',
	type: 'options',
	default: 'auto',
	description: 'What runs the model. Automatic is right unless you compare or look for the cause of trouble.',
	displayOptions: { show: { '/engine': ['local'] } },
	options: [
		{ name: 'Automatic', value: 'auto', description: 'Native where it works, WebAssembly elsewhere' },
		{ name: 'Native', value: 'native', description: 'Fastest, but not available on Alpine Linux and Intel Macs' },
		{ name: 'WebAssembly', value: 'wasm', description: 'Works everywhere' },
	],
};
