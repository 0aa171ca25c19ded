/** The demo's command line, turned into what is to be run. */
import type { INodeParameters } from 'n8n-workflow';
import { cutsOf, speechOnlyParameters, type Cuts } from './cuts.mts';
import type { CommandName, OptionName, Values } from './options.mts';
import { comparisonParameters, credentialOf, speakersParameters, THRESHOLD_NAMES, vadParameters, voiceprintParameters } from './parameters.mts';
import { parseCommandLine, UsageError } from './parse.mts';
import { wantedFiles, type Wanted } from './produced.mts';

/** What a command works on where no file is named. */
const SAMPLES = ['examples/audio/call.ogg', 'examples/audio/telephone.wav'];

export interface DemoRequest extends Cuts {
	/** Name of the node within the package. */
	node: string;
	parameters: INodeParameters;
	credentials?: Record<string, Record<string, string | boolean>>;
	files: string[];
	json: boolean;
	/** Parameters of Compare Voiceprints, where the files' voiceprints are to be compared. */
	comparison?: INodeParameters;
	/** Recordings of people who may speak. */
	known?: string[];
	/** Files to write beside the answer. */
	wanted: Wanted[];
}

interface Command {
	node: string;
	parameters: (values: Values) => INodeParameters;
	comparison?: (values: Values) => INodeParameters;
}

const COMMANDS: Record<CommandName, Command> = {
	vad: { node: 'voiceActivityDetection', parameters: vadParameters },
	voiceprint: { node: 'extractVoiceprint', parameters: voiceprintParameters },
	speakers: { node: 'speakerDiarization', parameters: speakersParameters },
	compare: { node: 'extractVoiceprint', parameters: voiceprintParameters, comparison: comparisonParameters },
};

/** Options that n8n would not look at, as others are set so. @throws UsageError */
function checkTogether(command: CommandName, values: Values): void {
	const isGiven = (name: OptionName) => values[name] !== undefined;
	if (command === 'compare' && isGiven('no-wait')) throw new UsageError('compare has to wait for the voiceprints, so not with --no-wait');
	if (isGiven('mix-method') && values['channel-mode'] !== 'mix') throw new UsageError('--mix-method goes with --channel-mode mix');
	if (isGiven('dark') && !isGiven('picture')) throw new UsageError('--dark goes with --picture');
	if (isGiven('speakers') && isGiven('most-speakers')) throw new UsageError('Either --speakers or --most-speakers');
	if (command === 'speakers' && isGiven('operating-point') && !isGiven('known')) throw new UsageError('--operating-point goes with --known');
	const threshold = command === 'vad' && isGiven('preset') && THRESHOLD_NAMES.find(isGiven);
	if (threshold && !/^custom$/i.test(String(values.preset))) throw new UsageError(`--${threshold} goes with --preset custom`);
}

/** Both, with all that either asks to produce. */
function together(one: INodeParameters, other: INodeParameters): INodeParameters {
	const products = [one, other].flatMap(({ alsoProduce = [] }) => alsoProduce as string[]);
	return { ...one, ...other, ...(products.length > 0 ? { alsoProduce: products } : {}) };
}

/**
 * @returns what to run, or `help`
 * @throws UsageError
 */
export function parseDemoArguments(args: string[], env?: NodeJS.ProcessEnv): DemoRequest | 'help' {
	const line = parseCommandLine(args, env);
	if (line === 'help') return 'help';
	const { command, values } = line;
	const { node, parameters, comparison } = COMMANDS[command];
	const samples = comparison ? SAMPLES : SAMPLES.slice(0, 1);
	const files = line.files.length > 0 ? line.files : samples;
	if (comparison && files.length !== 2) throw new UsageError(`compare needs two files, not ${files.length}`);
	checkTogether(command, values);
	const cuts = cutsOf(values, files);
	return {
		node,
		parameters: together(parameters(values), speechOnlyParameters(cuts)),
		...cuts,
		...(comparison && { comparison: comparison(values) }),
		...(values.api === undefined ? {} : { credentials: { speechPlatformApi: credentialOf(values) } }),
		...(Array.isArray(values.known) && { known: values.known }),
		files,
		json: values.json === true,
		wanted: wantedFiles(values, files),
	};
}
