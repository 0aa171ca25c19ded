import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import type { OutputForm, ShapeOptions, SpeechResult } from '../../items/result';
import { labelledSpeech, speechSummary, toSpeechItems } from '../../items/speechItems';
import { SIMPLIFY } from '../common/engineParameters';
import { errorItemOfAll } from '../common/itemLoop';
import { runMediaNode, type MediaNode } from '../common/mediaNode';
import { speechPlatformApiTest } from '../common/platform';
import { boolean, choice, read } from '../common/read';
import { detectLocally } from './drivers/local';
import { detectOnServer } from './drivers/server';
import { mapTimesBack } from './mapTimesBack';
import { MAP_TIMES_BACK } from './mapTimesParameters';
import { ENGINE, INCLUDE_SEGMENTS, KEEP_FILES_WITHOUT_SPEECH, OPERATION, OPERATION_OF_API, OPTIONS, OUTPUT, PROPERTIES } from './parameters';

const NODE: MediaNode<SpeechResult, OutputForm, ShapeOptions> = {
	engine: ENGINE,
	output: OUTPUT,
	options: OPTIONS,
	drivers: { local: detectLocally, api: detectOnServer },
	readShape: ({ simplify, keepFilesWithoutSpeech, includeSegments }) => ({
		simplify: boolean(SIMPLIFY, simplify),
		keepFilesWithoutSpeech: boolean(KEEP_FILES_WITHOUT_SPEECH, keepFilesWithoutSpeech),
		includeSegments: boolean(INCLUDE_SEGMENTS, includeSegments),
	}),
	toItems: toSpeechItems,
	summary: speechSummary,
	labelled: labelledSpeech,
	// n8n ends a branch without items and does not say why.
	noItems: {
		form: 'segment',
		code: 'NO_ITEMS',
		message:
			'A file without speech gives no item for a segment, and a branch without items ends here: a Loop Over Items stops ' +
			'at this file and leaves out the files after it. ' +
			`Turn on '${KEEP_FILES_WITHOUT_SPEECH.displayName}' in the options to go on with an item for the file.`,
	},
};

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
			'={{ $parameter["operation"] === "mapTimesBack" ? "map times back" : $parameter["engine"] + ": " + ($parameter["operation"] === "getResult" ? "get result, " : "") + "one item per " + (($parameter["alsoProduce"] ?? []).includes("clips") ? "clip" : $parameter["output"]) }}',
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
		if (this.getInputData().length === 0) return [[]];
		let operation: 'detect' | 'getResult' | typeof MAP_TIMES_BACK;
		try {
			const isApi = choice(ENGINE, read(this, 0, ENGINE)) === 'api';
			operation = choice(isApi ? OPERATION_OF_API : OPERATION, read(this, 0, OPERATION));
		} catch (error) {
			return [[errorItemOfAll(this, error)]];
		}
		return operation === MAP_TIMES_BACK ? [await mapTimesBack(this)] : await runMediaNode(this, NODE);
	}
}
