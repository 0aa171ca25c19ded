/** Scores by the Speech Platform: as many comparisons as needed, each within the server's limits. */
import type { IExecuteFunctions } from 'n8n-workflow';
import { SpeechPlatformError, type VoiceprintComparisonResult } from '../../../speech-platform';
import { Servers } from '../../common/platform';
import { number, readCollection } from '../../common/read';
import { POLLING_INTERVAL, TIMEOUT } from '../../common/taskParameters';
import { OPTIONS } from '../parameters';

/** Scores of one comparison; the documented default limit. */
export const MOST_SCORES = 1_000_000;

/** Voiceprints in a list. The documented limit is five times that, but some of these lists weigh a kilobyte an entry. */
export const LONGEST_LIST = 10_000;

/** Voiceprints of the first list, where the second one is long. */
const SIDE = 1000;

/** Takes the score of `a[i]` with `b[j]`. */
export type TakeScore = (i: number, j: number, score: number) => void;

export interface Server {
	correlationId: string;
	/** @throws SpeechPlatformError */
	compare(a: string[], b: string[], take: TakeScore): Promise<void>;
}

/** Everything is read and checked before anything is sent. */
export async function connectToServer(ctx: IExecuteFunctions, itemIndex: number): Promise<Server> {
	const { pollingInterval, timeout } = readCollection(ctx, itemIndex, OPTIONS);
	const pollingIntervalMs = number(POLLING_INTERVAL, pollingInterval) * 1000;
	const timeoutMs = number(TIMEOUT, timeout) * 1000 || Infinity;
	const { platform, correlationId } = await new Servers(ctx).connect(itemIndex);
	return {
		correlationId,
		async compare(a, b, take) {
			for (const block of blocks(a.length, b.length)) {
				const columns = a.slice(block.a, block.a + block.columns);
				const rows = b.slice(block.b, block.b + block.rows);
				const budget = platform.budget(timeoutMs);
				const handle = await platform.startVoiceprintComparison(columns, rows, budget);
				const { scores } = await platform.waitForTask(handle, { pollingIntervalMs, budget });
				check(scores, columns.length, rows.length, { taskId: handle.taskId, correlationId });
				// A makes the columns, B the rows, and the values come row by row.
				scores.values.forEach((score, at) => {
					take(block.a + (at % columns.length), block.b + Math.floor(at / columns.length), score);
				});
			}
		},
	};
}

interface Block {
	/** Where it begins in both lists. */
	a: number;
	b: number;
	columns: number;
	rows: number;
}

/** Cuts a comparison into ones that a server takes. */
export function blocks(a: number, b: number): Block[] {
	const columns = Math.min(a, LONGEST_LIST, Math.max(SIDE, Math.floor(MOST_SCORES / Math.max(1, b))));
	const rows = Math.min(b, LONGEST_LIST, Math.floor(MOST_SCORES / Math.max(1, columns)));
	const list: Block[] = [];
	for (let i = 0; i < a; i += columns) {
		for (let j = 0; j < b; j += rows) {
			list.push({ a: i, b: j, columns: Math.min(columns, a - i), rows: Math.min(rows, b - j) });
		}
	}
	return list;
}

/** By which the server's administrator finds the comparison. */
interface Ids {
	taskId: string;
	correlationId: string;
}

/** A score that is given to the wrong pair is worse than none. */
function check(scores: VoiceprintComparisonResult['scores'], columns: number, rows: number, ids: Ids): void {
	const { columns_count, rows_count, values } = scores;
	const fits = columns_count === columns && rows_count === rows && values.length === columns * rows;
	if (fits && values.every(Number.isFinite)) return;
	throw new SpeechPlatformError(
		'INVALID_ANSWER',
		fits
			? 'The server answered with scores that are no numbers'
			: `The server answered with ${values.length} scores, ${columns_count} by ${rows_count}, where ${columns} by ${rows} were asked for`,
		[
			'Something between n8n and the Speech Platform may have changed the answer, or the server is of a version that this node does not know.',
			`Task ID: ${ids.taskId}.`,
			`Correlation ID: ${ids.correlationId}.`,
		].join('\n'),
		{ ...ids },
	);
}
