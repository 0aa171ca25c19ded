/** A reporter for node:test: writes what `run-file.mts` needs to know, one JSON document a line. */
import type { EventData } from 'node:test';

export interface TestOutcome {
	outcome: 'passed' | 'failed' | 'skipped';
	/** Names of the suites around it and its own. */
	name: string;
	milliseconds: number;
	/** Why it was skipped, or how it failed. */
	detail?: string;
}

/** Something that a test reported with `t.diagnostic`, such as a measured figure. */
export interface TestNote {
	note: string;
}

type Data = EventData.TestPass & EventData.TestFail & EventData.TestDiagnostic;

/** node:test's own summary, which comes as diagnostics too. */
const SUMMARY = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

function detailOf(type: string, data: Data): string | undefined {
	const reason = data.skip ?? data.todo;
	if (reason !== undefined) return typeof reason === 'string' && reason !== '' ? reason : 'no reason given';
	if (type === 'test:pass') return undefined;
	const error = data.details.error.cause ?? data.details.error;
	if (!(error instanceof Error)) return String(error);
	// Without the calls inside Node, which tell nothing.
	return (error.stack ?? error.message).replaceAll(/\n +at .*node:internal.*/g, '');
}

/** A failing test makes all around it fail; only what failed by itself is reported. */
function isOutcome(type: string, data: Data): boolean {
	const failure: string | undefined =
		type === 'test:fail' ? (data.details.error as { failureType?: string }).failureType : undefined;
	if (failure === 'subtestsFailed') return false;
	return data.details.type !== 'suite' || failure === 'hookFailed';
}

function outcomeOf(type: string, data: Data): TestOutcome['outcome'] {
	if (data.skip !== undefined || data.todo !== undefined) return 'skipped';
	return type === 'test:pass' ? 'passed' : 'failed';
}

export default async function* report(source: AsyncIterable<{ type: string; data: Data }>): AsyncGenerator<string> {
	/** Names of the running tests and suites, from the outermost in. */
	const path: string[] = [];
	for await (const { type, data } of source) {
		if (type === 'test:start') path.splice(data.nesting, Infinity, data.name);
		if (type === 'test:diagnostic' && !SUMMARY.test(data.message)) {
			yield `${JSON.stringify({ note: data.message } satisfies TestNote)}\n`;
		}
		if ((type === 'test:pass' || type === 'test:fail') && isOutcome(type, data)) {
			const name = [...path.slice(0, data.nesting), data.name].join(' › ');
			const outcome: TestOutcome = {
				outcome: outcomeOf(type, data),
				name,
				milliseconds: data.details.duration_ms,
				detail: detailOf(type, data),
			};
			yield `${JSON.stringify(outcome)}\n`;
		}
	}
}
