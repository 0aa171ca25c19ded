/** The items of the second input, whole: not in parts, and also in the later rounds of a loop. */
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { VoiceprintError } from '../../errors';
import { shortValue } from './read';
import { earlierInput, wiresTo } from './wiring';

export interface SecondInput {
	/** Without those that have no field at all, which is what Always Output Data makes of nothing. */
	items: INodeExecutionData[];
	/** They came in an earlier run of the node: this is a later round of a loop. */
	isEarlier: boolean;
}

/**
 * @param label the input's name in the editor
 * @throws VoiceprintError VOICEPRINT_MISSING where nothing is connected, INPUT_IN_PARTS where too much is
 */
export function readSecondInput({ ctx }: { ctx: IExecuteFunctions }, label: string): SecondInput {
	const wires = wiresTo(ctx, 1);
	if (wires?.length === 0) throw notConnected(label);
	if (wires && wires.length > 1) throw inParts(label, wires);
	const now = ctx.getInputData(1);
	const earlier = now.length === 0 ? earlierInput(ctx, 1) : undefined;
	return { items: (earlier ?? now).filter(isSomething), isEarlier: earlier !== undefined };
}

function isSomething({ json, binary }: INodeExecutionData): boolean {
	return Object.keys(json).length > 0 || binary !== undefined;
}

function notConnected(label: string): VoiceprintError {
	return new VoiceprintError(
		'VOICEPRINT_MISSING',
		`Nothing is connected to the input '${label}'`,
		'Connect the node that gives the voiceprints to compare with, one item each, to the second input.',
	);
}

function inParts(label: string, wires: string[]): VoiceprintError {
	const names = wires.map((name) => `'${shortValue(name)}'`).join(', ');
	return new VoiceprintError(
		'INPUT_IN_PARTS',
		`${wires.length} nodes are connected to the input '${label}' (${names}), and n8n would run this node once for each of them, with that part only`,
		'Put a Merge node (Append) before this input, and connect them to that.',
	);
}
