'use strict';
/**
 * The house as it stands: `node tools/structure/structure.cjs [--table | --quiet] [FOLDER]` prints the rooms of the
 * source by floor, the arrows between them and the circles, and ends with 1 where something is not as `rooms.cjs` and
 * `measure.cjs` want it. `--quiet` prints the faults alone, `--table` the rooms as CONTRIBUTING.md shows them.
 */
const { join } = require('node:path');
const { readSource } = require('./imports.cjs');
const { engineArrows, measure } = require('./measure.cjs');
const { toTable } = require('./rooms.cjs');

const REPOSITORY = join(__dirname, '..', '..');

function describe({ rooms, arrows, circles }) {
	const files = rooms.reduce((sum, room) => sum + room.files, 0);
	return [
		`${rooms.length} rooms, ${files} files`,
		...rooms.map((room) => `  floor ${room.floor}  ${room.room} (${room.files})`),
		`${arrows.length} arrows, ${engineArrows(arrows).length} of them inside engine/`,
		...arrows.map(({ from, to, imports }) => `  ${from} → ${to} (${imports})`),
		`${circles.length} circles of files`,
	].join('\n');
}

function main(args) {
	if (args.includes('--table')) {
		process.stdout.write(toTable());
		return 0;
	}
	const measured = measure(readSource(args.find((arg) => !arg.startsWith('--')) ?? REPOSITORY));
	if (!args.includes('--quiet')) console.log(describe(measured));
	for (const fault of measured.faults) console.error(`✖ ${fault}`);
	return measured.faults.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
