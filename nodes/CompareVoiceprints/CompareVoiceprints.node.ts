import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeInputConfiguration,
	type INodeParameters,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { Hints } from '../common/hints';
import { speechPlatformApiTest } from '../common/platform';
import { compare } from './compare';
import { PROPERTIES } from './parameters';

/** n8n evaluates its text in the editor, so it can use nothing from outside. */
const inputsFor = ({ operation, compareWith }: INodeParameters): Array<string | INodeInputConfiguration> => {
	const input = (displayName: string) => ({ type: 'main' as const, displayName });
	if (operation === 'identify') return [input('Voiceprints'), input('Gallery')];
	if (operation === 'verify' && (compareWith === 'auto' || compareWith === 'input')) return [input('Voiceprints'), input('Compare With')];
	return ['main'];
};

// Not usable as a tool: voiceprints are long texts that no language model copies without a mistake.
// eslint-disable-next-line @n8n/community-nodes/node-usable-as-tool
export class CompareVoiceprints implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Compare Voiceprints',
		name: 'compareVoiceprints',
		icon: { light: 'file:compareVoiceprints.svg', dark: 'file:compareVoiceprints.dark.svg' },
		group: ['transform'],
		version: [1],
		subtitle: '={{ $parameter["engine"] + ": " + $parameter["operation"] }}',
		description: 'Verify, identify and group speakers by their voiceprints',
		defaults: { name: 'Compare Voiceprints' },
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
		const hints = new Hints();
		const items = await compare(this, hints);
		hints.show(this);
		return [items];
	}
}
