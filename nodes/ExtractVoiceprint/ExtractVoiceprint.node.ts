import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { Hints } from '../common/hints';
import { runForEachItem } from '../common/itemLoop';
import { speechPlatformApiTest } from '../common/platform';
import { extract } from './extract';
import { PROPERTIES } from './parameters';

// Not usable as a tool: its input is a file, and files do not pass between an agent and its tools.
// eslint-disable-next-line @n8n/community-nodes/node-usable-as-tool
export class ExtractVoiceprint implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Extract Voiceprint',
		name: 'extractVoiceprint',
		icon: { light: 'file:extractVoiceprint.svg', dark: 'file:extractVoiceprint.dark.svg' },
		group: ['transform'],
		version: [1],
		subtitle:
			'={{ $parameter["engine"] + ": " + ($parameter["operation"] === "getResult" ? "get result, " : "") + "one item per " + $parameter["output"] }}',
		description: 'Make the voiceprint of who speaks in an audio or video file',
		defaults: { name: 'Extract Voiceprint' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'speechPlatformApi',
				required: true,
				testedBy: 'speechPlatformApiTest',
				displayOptions: { show: { engine: ['api'] } },
			},
		],
		properties: PROPERTIES,
	};

	methods = { credentialTest: { speechPlatformApiTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const hints = new Hints();
		const items = await runForEachItem(this, async (itemIndex) => await extract(this, itemIndex, hints));
		hints.show(this);
		return [items];
	}
}
