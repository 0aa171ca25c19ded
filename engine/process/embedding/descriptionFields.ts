/**
 * Reads the fields of a model description. The path of the file comes from a workflow, so it may be any file of the
 * host: no error says what stands in it, only which field is wrong and what belongs there.
 */
import { invalidModel, type VoiceprintError } from '../../../errors';
import { isObject } from '../../../voiceprints/calibration';

/** Names that may be repeated in an error: what a field could have been meant to be. */
const PLAIN_NAME = /^[a-z][a-z_]{0,30}$/i;

export interface TextRule {
	pattern: RegExp;
	/** The rule in words, after "must be". */
	words: string;
}

export interface NumberRule {
	from: number;
	to: number;
	whole?: boolean;
}

/** One level of the description. Every method throws VoiceprintError INVALID_MODEL for its field. */
export class Fields {
	private readonly read = new Set<string>();

	/**
	 * @param file path of the description, for messages
	 * @param path of this level, with a full stop at its end; empty for the top
	 */
	constructor(
		readonly file: string,
		private readonly values: Record<string, unknown>,
		private readonly path = '',
	) {}

	fault(name: string, problem: string): VoiceprintError {
		return invalidModel(`The model description "${this.file}" cannot be used: field '${this.path}${name}' ${problem}`);
	}

	has(name: string): boolean {
		return this.value(name) !== undefined;
	}

	text(name: string, rule: TextRule): string {
		return this.optionalText(name, rule) ?? this.missing(name);
	}

	optionalText(name: string, { pattern, words }: TextRule): string | undefined {
		const value = this.value(name);
		if (value === undefined) return undefined;
		if (typeof value !== 'string' || !pattern.test(value)) throw this.fault(name, `must be ${words}`);
		return value;
	}

	/** Without a fallback the field is needed. */
	number(name: string, { from, to, whole }: NumberRule, fallback?: number): number {
		const value = this.value(name) ?? fallback ?? this.missing(name);
		const fits = typeof value === 'number' && value >= from && value <= to && (!whole || Number.isInteger(value));
		if (!fits) throw this.fault(name, `must be a ${whole ? 'whole ' : ''}number from ${from} to ${to}`);
		return value;
	}

	/** Without a fallback the field is needed. */
	choice<T extends string>(name: string, choices: readonly T[], fallback?: T): T {
		const value = this.value(name) ?? fallback ?? this.missing(name);
		const chosen = choices.find((choice) => choice === value);
		if (chosen === undefined) throw this.fault(name, `must be one of: ${choices.map((choice) => `"${choice}"`).join(' ')}`);
		return chosen;
	}

	flag(name: string, fallback: boolean): boolean {
		const value = this.value(name) ?? fallback;
		if (typeof value !== 'boolean') throw this.fault(name, 'must be true or false');
		return value;
	}

	optionalObject(name: string): Record<string, unknown> | undefined {
		const value = this.value(name);
		if (value !== undefined && !isObject(value)) throw this.fault(name, 'must be an object in braces');
		return value;
	}

	section(name: string): Fields {
		const values = this.optionalObject(name) ?? this.missing(name);
		return new Fields(this.file, values, `${this.path}${name}.`);
	}

	/** To be called when all fields are read: the others are typing mistakes. */
	finish(): void {
		const unknown = Object.keys(this.values).find((name) => !this.read.has(name));
		if (unknown === undefined) return;
		const known = [...this.read].map((name) => `'${name}'`).join(', ');
		throw PLAIN_NAME.test(unknown)
			? this.fault(unknown, `is not known; the fields there are: ${known}`)
			: invalidModel(`The model description "${this.file}" has a field that is not known; the fields there are: ${known}`);
	}

	private value(name: string): unknown {
		this.read.add(name);
		return this.values[name];
	}

	private missing(name: string): never {
		throw this.fault(name, 'is missing');
	}
}
