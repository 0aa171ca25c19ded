/** The thresholds of the preset Custom: their parameters and their values. */
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import type { VadThresholds } from '../../engine/client/protocol';
// Plain numbers and their checks, no engine: the one place where a preset's values are written.
import { BALANCED } from '../../engine/client/presets';
import { number, readCollection } from '../common/read';

const PROBABILITY = { minValue: 0, maxValue: 1, numberPrecision: 3 };

const TIME = { minValue: 0 };

/* eslint-disable n8n-nodes-base/node-param-default-missing -- it sees no default but a literal */
/** Values start at those of Balanced, which also stand in for the ones that are left out. */
const FIELDS: INodeProperties[] = [
	{
		displayName: 'Minimum Silence',
		name: 'minimumSilence',
		type: 'number',
		default: BALANCED.minimumSilence,
		typeOptions: TIME,
		hint: 'In milliseconds',
		description: 'Silence inside speech that is shorter than this does not end a segment',
	},
	{
		displayName: 'Minimum Speech',
		name: 'minimumSpeech',
		type: 'number',
		default: BALANCED.minimumSpeech,
		typeOptions: TIME,
		hint: 'In milliseconds',
		description: 'Speech shorter than this is dropped',
	},
	{
		displayName: 'Offset Threshold',
		name: 'offsetThreshold',
		type: 'number',
		default: BALANCED.offsetThreshold,
		typeOptions: PROBABILITY,
		hint: 'From 0 to 1',
		description: 'Speech ends where its probability falls below this. Not above the onset threshold.',
	},
	{
		displayName: 'Onset Threshold',
		name: 'onsetThreshold',
		type: 'number',
		default: BALANCED.onsetThreshold,
		typeOptions: PROBABILITY,
		hint: 'From 0 to 1',
		description: 'Speech starts where its probability reaches this. Higher finds less, but is surer of it.',
	},
	{
		displayName: 'Padding After',
		name: 'paddingAfter',
		type: 'number',
		default: BALANCED.paddingAfter,
		typeOptions: TIME,
		hint: 'In milliseconds',
		description: 'Added to the end of each segment',
	},
	{
		displayName: 'Padding Before',
		name: 'paddingBefore',
		type: 'number',
		default: BALANCED.paddingBefore,
		typeOptions: TIME,
		hint: 'In milliseconds',
		description: 'Added to the start of each segment',
	},
];
/* eslint-enable n8n-nodes-base/node-param-default-missing */

export const THRESHOLDS: INodeProperties = {
	displayName: 'Thresholds',
	name: 'thresholds',
	type: 'collection',
	placeholder: 'Add threshold',
	default: {},
	displayOptions: { show: { engine: ['local'], preset: ['custom'] } },
	options: FIELDS,
};

/** The thresholds that are set; whether they go together is for `engine/client/presets` to say. */
export function readThresholds(ctx: IExecuteFunctions, itemIndex: number): Partial<VadThresholds> {
	const given = readCollection(ctx, itemIndex, THRESHOLDS);
	const set = FIELDS.filter(({ name }) => given[name] !== undefined);
	return Object.fromEntries(set.map((field) => [field.name, number(field, given[field.name])]));
}
