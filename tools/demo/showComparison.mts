/** A comparison of two files for people: a line per pair of channels, and what speaks against trusting it. */
import type { PairAnswer } from './compareFiles.mts';

interface Pair extends PairAnswer {
	same_speaker: boolean;
	score: number;
	score_type: string;
	probability: number | null;
	threshold: number;
	operating_point: string;
	expected_false_accept_rate: number | null;
	expected_false_reject_rate: number | null;
	/** `CODE: message | CODE: message` */
	warnings: string;
}

interface Comparison {
	file: string;
	pairs: Pair[];
	warnings: Array<{ file: string; message: string }>;
}

const percent = (share: number | null | undefined) => (share == null ? 'not known' : `${Number((share * 100).toPrecision(2))} %`);

/** Beyond a hundredth, the figure would promise more than anybody knows. */
function likely(probability: number | null): string {
	if (probability === null) return 'not known';
	if (probability > 0.99) return 'above 99 %';
	return probability < 0.01 ? 'below 1 %' : `${Math.round(probability * 100)} %`;
}

const one = ({ file, channel_number }: Pair) => `${file}, channel ${channel_number}`;

const other = ({ second_file, second_channel_number }: Pair) => `${second_file}, channel ${second_channel_number}`;

function pairText(pair: Pair): string {
	const { same_speaker, score, probability, warnings } = pair;
	const notes = warnings === '' ? [] : warnings.split(' | ').map((text) => `    note: ${text.replace(/^[A-Z_]+: /, '')}`);
	return [
		`  ${one(pair)} and ${other(pair)}: ${same_speaker ? 'the same speaker' : 'different speakers'}`,
		`    score ${score.toFixed(2)}, probability ${likely(probability)}; errors to expect: ` +
			`false accepts ${percent(pair.expected_false_accept_rate)}, false rejects ${percent(pair.expected_false_reject_rate)}`,
		...notes,
	].join('\n');
}

/** @param answer the output of Compare Voiceprints for all pairs of channels, with the files' names */
export function showComparison(answer: { file: string }): string {
	const { file, pairs, warnings } = answer as Comparison;
	const same = pairs.filter(({ same_speaker }) => same_speaker);
	const [{ threshold, operating_point, score_type }] = pairs as [Pair];
	return [
		`${file}: ${same.length > 0 ? 'the same person speaks in both' : 'nobody speaks in both'}`,
		...pairs.map(pairText),
		`  threshold ${threshold.toFixed(2)} (${operating_point}, ${score_type})`,
		...warnings.map((warning) => `  note: ${warning.file}: ${warning.message}`),
		'',
	].join('\n');
}
