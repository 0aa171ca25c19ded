/** Which inputs and which output of a graph a description means. */
import type { Session } from '../runtime/interface';
import { invalidModel } from '../../../errors';
import type { ModelDescription } from './modelDescription';

export interface GraphNames {
	input: string;
	/** Where the model wants to know how much it is given. */
	length?: string;
	output: string;
}

const list = (names: readonly string[]) => (names.length === 0 ? 'none' : names.map((name) => `'${name}'`).join(', '));

/**
 * @param field of the description, for messages
 * @param named what the description says
 * @param there what the graph has
 */
function pick(id: string, field: string, named: string | undefined, there: readonly string[]): string {
	const has = `the graph has: ${list(there)}`;
	if (named === undefined) {
		const [only] = there;
		if (only === undefined || there.length > 1) throw invalidModel(`The model '${id}' needs the field '${field}': ${has}`);
		return only;
	}
	if (!there.includes(named)) throw invalidModel(`The model '${id}' has no tensor as field '${field}' names it; ${has}`);
	return named;
}

/** @throws VoiceprintError INVALID_MODEL where the graph has other names, or wants more than it would be given */
export function resolveNames(session: Session, { id, input, output }: ModelDescription): GraphNames {
	const { inputNames, outputNames } = session;
	const length = input.length === undefined ? undefined : pick(id, 'input.length', input.length, inputNames);
	const candidates = input.name === undefined ? inputNames.filter((name) => name !== length) : inputNames;
	const names: GraphNames = {
		input: pick(id, 'input.name', input.name, candidates),
		output: pick(id, 'output', output, outputNames),
		...(length !== undefined && { length }),
	};
	const unfed = inputNames.filter((name) => name !== names.input && name !== length);
	if (unfed.length > 0) {
		throw invalidModel(
			`The model '${id}' also wants the inputs ${list(unfed)}, which its description does not give`,
			"An input for the number of frames or samples is named in 'input.length'. Others cannot be given.",
		);
	}
	return names;
}
