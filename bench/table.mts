/** Plain tables for the terminal. */

export function printTable(title: string, header: string[], rows: Array<Array<string | number>>): void {
	const lines = [header, ...rows.map((row) => row.map(String))];
	const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
	const line = (cells: string[]) =>
		cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
	console.log(`\n${title}`);
	for (const cells of lines) console.log(line(cells));
}

export const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
