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
import { detect } from './detect';
import { PROPERTIES } from './parameters';

// Not usable as a tool: its input is a file, and files do not pass between an agent and its tools.
// eslint-disable-next-line @n8n/community-nodes/node-usable-as-tool
export class VoiceActivityDetection implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Voice Activity Detection',
		name: 'voiceActivityDetection',
		icon: { light: 'file:voiceActivityDetection.svg', dark: 'file:voiceActivityDetection.dark.svg' },
		group: ['transform'],
		version: [1],
		subtitle:
			'={{ $parameter["engine"] + ": " + ($parameter["operation"] === "getResult" ? "get result, " : "") + "one item per " + $parameter["output"] }}',
		description: 'Find where people speak in an audio or video file',
		defaults: { name: 'Voice Activity Detection' },
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
		hints: [
			{
				message:
					'Speech probabilities belong to a channel: choose One Item per File or per Channel to see them',
				type: 'info',
				location: 'outputPane',
				whenToDisplay: 'always',
				displayCondition:
					'={{ $parameter.output === "segment" && $parameter.options.includeProbabilities === true }}',
			},
		],
		properties: PROPERTIES,
	};

	methods = { credentialTest: { speechPlatformApiTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const hints = new Hints();
		const items = await runForEachItem(this, async (itemIndex) => await detect(this, itemIndex, hints));
		hints.show(this);
		return [items];
	}
}
