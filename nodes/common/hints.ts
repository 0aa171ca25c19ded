/** Warnings of results, shown in the editor beside the output: one hint per kind of warning, however many items. */
import type { IExecuteFunctions, NodeExecutionHint } from 'n8n-workflow';

/** Findings that are an answer rather than a doubt about one. */
const INFORMATIVE: ReadonlySet<string> = new Set([
	'NO_SPEECH',
	'NO_ITEMS',
	'CHANNELS_MIXED',
	'ONE_FOR_ALL',
	'NAMED_BY_FILE',
	'NO_SPEECH_LEFT_OUT',
	'ONLY_FILE',
	'SUMMARY',
	'NOT_MATCHED',
	'SPEECH_LENGTH_UNKNOWN',
	'CONVERSATION_UNKNOWN',
]);

interface Finding {
	code: string;
	/** The message of the first warning of this kind. */
	message: string;
	items: Set<number>;
	count: number;
}

export class Hints {
	private readonly findings = new Map<string, Finding>();

	/** Notes the warnings of one item's result. */
	add(itemIndex: number, warnings: ReadonlyArray<{ code: string; message: string }> = []): void {
		for (const { code, message } of warnings) {
			const finding = this.findings.get(code) ?? { code, message, items: new Set(), count: 0 };
			finding.items.add(itemIndex);
			finding.count += 1;
			this.findings.set(code, finding);
		}
	}

	/** Hands the hints to n8n; to be called once, after the last item. */
	show(ctx: IExecuteFunctions): void {
		const hints = [...this.findings.values()].map(toHint);
		if (hints.length > 0) ctx.addExecutionHints(...hints);
	}
}

function toHint({ code, message, items, count }: Finding): NodeExecutionHint {
	const [first] = items;
	const others = count > 1 ? ` (and ${count - 1} more like this, in ${countOf(items.size, 'item')} in all)` : '';
	return {
		message: `${message} [item ${first}]${others}`,
		type: INFORMATIVE.has(code) ? 'info' : 'warning',
		location: 'outputPane',
	};
}

function countOf(count: number, noun: string): string {
	return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
