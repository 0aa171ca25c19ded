/** The command line as words: which command, which files, which options. What makes no sense is said in one line. */
import { parseArgs } from 'node:util';
import { COMMAND_NAMES, OPTIONS, type CommandName, type Values } from './options.mts';

/** The command line makes no sense; the message says why, in one line. */
export class UsageError extends Error {}

export interface CommandLine {
	command: CommandName;
	files: string[];
	values: Values;
}

const HELP = '; npm run demo -- --help lists them';

/**
 * @param args of the command line
 * @param env of the process: npm keeps options to itself that do not stand behind its `--`
 * @returns what was asked for, or `help`
 * @throws UsageError
 */
export function parseCommandLine(args: string[], env: NodeJS.ProcessEnv = {}): CommandLine | 'help' {
	const { words, values } = readWords(args);
	if (values.help) return 'help';
	checkNpm(env);
	const [given = 'vad', ...files] = words;
	const command = commandOf(given, words);
	checkOptions(command, values);
	return { command, files, values };
}

function readWords(args: string[]): { words: string[]; values: Values } {
	const options = Object.fromEntries(
		[...OPTIONS].map(([name, { takes }]) => [name, { type: takes === undefined ? ('boolean' as const) : ('string' as const) }]),
	);
	const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
	const words: string[] = [];
	const values: Record<string, string | boolean | string[]> = {};
	/** The list whose values may go on, and the words that stand behind its first one. */
	let list: string | undefined;
	const further: Array<{ of: string; word: string }> = [];
	for (const token of tokens) {
		if (token.kind === 'positional' && list === undefined) words.push(token.value);
		if (token.kind === 'positional' && list !== undefined) further.push({ of: list, word: token.value });
		if (token.kind !== 'option') continue;
		list = undefined;
		const { name, rawName } = token;
		if (args[token.index] === '-h') return { words, values: { help: true } };
		if (!rawName.startsWith('--')) throw withOneDash(args[token.index]);
		const option = OPTIONS.get(name);
		if (!option) throw new UsageError(`There is no option '${rawName}'${HELP}`);
		const value = valueOf(name, option.takes, token);
		values[name] = option.isList ? [...((values[name] as string[] | undefined) ?? []), value as string] : value;
		if (option.isList) list = name;
	}
	// Without a file elsewhere, they are what is to be worked on.
	const areFiles = words.length <= 1;
	for (const { of, word } of further) (areFiles ? words : (values[of] as string[])).push(word);
	return { words, values };
}

function valueOf(name: string, takes: string | undefined, token: { value?: string; inlineValue?: boolean }): string | true {
	const { value, inlineValue } = token;
	if (takes === undefined) {
		if (value !== undefined) throw new UsageError(`--${name} takes no value`);
		return true;
	}
	const isNextOption = value?.startsWith('--') === true && !inlineValue;
	if (value === undefined || value === '' || isNextOption) throw new UsageError(`--${name} needs a value: --${name} ${takes}`);
	return value;
}

function withOneDash(word: string): UsageError {
	const [name, value] = word.replace(/^-+/, '').split('=');
	if (!OPTIONS.has(name)) return new UsageError(`There is no option '${word}'${HELP}`);
	return new UsageError(`Options begin with two dashes: --${value === undefined ? name : `${name}=${value}`} instead of ${word}`);
}

function commandOf(given: string, words: string[]): CommandName {
	const command = COMMAND_NAMES.find((name) => name === given);
	if (command) return command;
	const looksLikeFile = /[./\\]/.test(given);
	const rest = looksLikeFile ? `a command comes first, such as: npm run demo -- vad ${words.join(' ')}` : `there are ${COMMAND_NAMES.join(', ')}`;
	throw new UsageError(`There is no command '${given}': ${rest}`);
}

/** An option that a command does not look at would be a wish that nobody hears. */
function checkOptions(command: CommandName, values: Values): void {
	const engine = values.api === undefined ? 'local' : 'api';
	for (const name of Object.keys(values)) {
		const { groups } = OPTIONS.get(name)!;
		const own = groups.filter(({ of }) => of.includes(command));
		if (own.length === 0) {
			const others = [...new Set(groups.flatMap(({ of }) => of))].join(' and ');
			throw new UsageError(`--${name} is an option of ${others}, not of ${command}`);
		}
		if (own.some((group) => group.engine === undefined || group.engine === engine)) continue;
		throw new UsageError(engine === 'local' ? `--${name} needs --api` : `--${name} is of the local engine, and does not go with --api`);
	}
}

/** An option of ours that stands before npm's own `--` never gets here, and npm says so only in a warning, if at all. */
function checkNpm(env: NodeJS.ProcessEnv): void {
	if (env.npm_lifecycle_event !== 'demo') return;
	for (const name of OPTIONS.keys()) {
		// Some set this one for whatever npm builds.
		if (name === 'runtime' || !env[`npm_config_${name.replaceAll('-', '_')}`]) continue;
		throw new UsageError(`npm took --${name} for itself: options come behind a --, as in: npm run demo -- vad FILE --${name}`);
	}
}
