/** Plain tables, for the terminal and for pages. */

export interface Table {
	title: string;
	header: string[];
	rows: Array<Array<string | number>>;
}

export function printTable(title: string, header: string[], rows: Table['rows']): void {
	const lines = [header, ...rows.map((row) => row.map(String))];
	const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
	const line = (cells: string[]) =>
		cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
	console.log(`\n${title}`);
	for (const cells of lines) console.log(line(cells));
}

/** As Markdown, its title above it. */
export function markdown({ title, header, rows }: Table): string {
	const line = (cells: Array<string | number>) => `| ${cells.join(' | ')} |`;
	return [`**${title}**`, '', line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

export const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
