import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeInputConfiguration,
	type INodeParameters,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { labelledSpeakers, speakersSummary, toSpeakerItems, type SpeakerForm, type SpeakerShape, type SpeakersResult } from '../../items/speakerItems';
import { SIMPLIFY } from '../common/engineParameters';
import { errorItemOfAll } from '../common/itemLoop';
import { runMediaNode, type MediaNode } from '../common/mediaNode';
import { speechPlatformApiTest } from '../common/platform';
import { boolean, choice, read } from '../common/read';
import { addToTranscript } from './addToTranscript';
import { diarizeLocally } from './drivers/local';
import { diarizeOnServer } from './drivers/server';
import { readLabels } from './labels';
import { ENGINE, KEEP_FILES_WITHOUT_SPEECH, OPERATION, OPERATION_ON_SERVER, OPTIONS, OUTPUT, PROPERTIES } from './parameters';

/** n8n evaluates its text in the editor, so it can use nothing from outside. */
const inputsFor = ({ operation, knownSpeakers }: INodeParameters): Array<string | INodeInputConfiguration> => {
	const input = (displayName: string) => ({ type: 'main' as const, displayName });
	return operation !== 'addToTranscript' && knownSpeakers === 'input' ? [input('Recordings'), input('Known Speakers')] : ['main'];
};

const NODE: MediaNode<SpeakersResult, SpeakerForm, SpeakerShape> = {
	engine: ENGINE,
	output: OUTPUT,
	options: OPTIONS,
	drivers: { local: diarizeLocally, api: diarizeOnServer },
	readShape: ({ simplify, keepFilesWithoutSpeech, labels }) => ({
		simplify: boolean(SIMPLIFY, simplify),
		keepFilesWithoutSpeech: boolean(KEEP_FILES_WITHOUT_SPEECH, keepFilesWithoutSpeech),
		labels: readLabels(labels),
	}),
	toItems: toSpeakerItems,
	summary: speakersSummary,
	labelled: labelledSpeakers,
};

// Not usable as a tool: its input is a file, and files do not pass between an agent and its tools.
// eslint-disable-next-line @n8n/community-nodes/node-usable-as-tool
export class SpeakerDiarization implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Speaker Diarization',
		name: 'speakerDiarization',
		icon: { light: 'file:speakerDiarization.svg', dark: 'file:speakerDiarization.dark.svg' },
		group: ['transform'],
		version: [1],
		subtitle:
			'={{ $parameter["operation"] === "addToTranscript" ? "add speakers to transcript" : $parameter["engine"] + ": " + ($parameter["operation"] === "getResult" ? "get result, " : "") + "one item per " + $parameter["output"] }}',
		description: 'Find who speaks when in an audio or video file, and who says what in its transcript',
		defaults: { name: 'Speaker Diarization' },
		inputs: `={{(${inputsFor.toString()})($parameter)}}`,
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
		if (this.getInputData().length === 0) return [[]];
		let operation: 'diarize' | 'getResult' | 'addToTranscript';
		try {
			const isApi = choice(ENGINE, read(this, 0, ENGINE)) === 'api';
			operation = choice(isApi ? OPERATION_ON_SERVER : OPERATION, read(this, 0, OPERATION));
		} catch (error) {
			return [[errorItemOfAll(this, error)]];
		}
		return operation === 'addToTranscript' ? [await addToTranscript(this)] : await runMediaNode(this, NODE);
	}
}
