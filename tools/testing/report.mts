import { relative } from 'node:path';
import type { TestOutcome } from './events-reporter.mts';
import type { FileReport } from './run-file.mts';

const SIGNS = { passed: '✔', failed: '✖', skipped: '–' };

function indent(text: string, by: string): string {
	return text
		.trimEnd()
		.split('\n')
		.map((line) => by + line)
		.join('\n');
}

/** The file, and the Node that ran it where it is another one than this. */
function titleOf({ file, nodeVersion }: FileReport): string {
	return relative(process.cwd(), file) + (nodeVersion === undefined ? '' : ` on Node ${nodeVersion}`);
}

function seconds(milliseconds: number): string {
	return `${(milliseconds / 1000).toFixed(milliseconds < 100 ? 3 : 1)} s`;
}

function outcomesOf(report: FileReport): TestOutcome[] {
	return report.events.filter((event) => 'outcome' in event);
}

/** One line for each test of the file, its figures below it; the file's own output only where something failed. */
export function describeFile(report: FileReport): string {
	const lines = [`${titleOf(report)} (${seconds(report.milliseconds)})`];
	for (const event of report.events) {
		if ('note' in event) {
			lines.push(indent(event.note, '    · '));
			continue;
		}
		lines.push(
			`  ${SIGNS[event.outcome]} ${event.name} (${event.outcome === 'skipped' ? 'skipped' : seconds(event.milliseconds)})`,
		);
		if (event.detail !== undefined) lines.push(indent(event.detail, '      '));
	}
	if (report.output.trim() !== '' && outcomesOf(report).some(({ outcome }) => outcome === 'failed')) {
		lines.push('  What it printed:', indent(report.output, '    | '));
	}
	return lines.join('\n');
}

function listOf(title: string, reports: FileReport[], outcome: TestOutcome['outcome']): string[] {
	const found = reports.flatMap((report) =>
		outcomesOf(report)
			.filter((test) => test.outcome === outcome)
			.map((test) => ({ ...test, file: titleOf(report) })),
	);
	return found.length === 0
		? []
		: [
				title,
				...found.map(({ file, name, detail }) => `  ${file}: ${name}${detail ? `: ${detail.split('\n')[0]}` : ''}`),
			];
}

/** The end of the report; its last line is plain, for people and scripts alike. */
export function summarise(reports: FileReport[]): { text: string; ok: boolean } {
	const outcomes = reports.flatMap(outcomesOf);
	const count = (wanted: TestOutcome['outcome']) => outcomes.filter(({ outcome }) => outcome === wanted).length;
	const [passed, failed, skipped] = [count('passed'), count('failed'), count('skipped')];
	const lines = [...listOf('Skipped:', reports, 'skipped'), ...listOf('Failed:', reports, 'failed')];
	lines.push(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
	return { text: lines.join('\n'), ok: failed === 0 && passed > 0 };
}
