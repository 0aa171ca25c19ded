import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import type { ShapeOptions, VoiceprintResult } from '../../items/result';
import { toVoiceprintItems, voiceprintsSummary, type VoiceprintForm } from '../../items/voiceprintItems';
import { SIMPLIFY } from '../common/engineParameters';
import { runMediaNode, type MediaNode } from '../common/mediaNode';
import { speechPlatformApiTest } from '../common/platform';
import { boolean } from '../common/read';
import { extractLocally } from './drivers/local';
import { extractOnServer } from './drivers/server';
import { ENGINE, INCLUDE_VOICEPRINT_FILE, OPTIONS, OUTPUT, PROPERTIES } from './parameters';
import { withVoiceprintFiles, type FileShape } from './voiceprintFiles';

const NODE: MediaNode<VoiceprintResult, VoiceprintForm, Pick<ShapeOptions, 'simplify'> & FileShape> = {
	engine: ENGINE,
	output: OUTPUT,
	options: OPTIONS,
	drivers: { local: extractLocally, api: extractOnServer },
	readShape: ({ simplify, includeVoiceprintFile }) => ({
		simplify: boolean(SIMPLIFY, simplify),
		includeFile: boolean(INCLUDE_VOICEPRINT_FILE, includeVoiceprintFile),
	}),
	toItems: toVoiceprintItems,
	summary: voiceprintsSummary,
	withFiles: withVoiceprintFiles,
};

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
		return await runMediaNode(this, NODE);
	}
}
