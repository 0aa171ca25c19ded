'use strict';
/** What the source looks like as a house: rooms, arrows, floors, circles, and what of it is not as it has to be. */
const { posix } = require('node:path');
const { packageOf, resolveImport } = require('./imports.cjs');
const { mayImport, mayUsePackage, roomOf, tableFloor } = require('./rooms.cjs');

/** Arrows between the rooms of `engine/`: more than this and nobody keeps them in mind. */
const MOST_ENGINE_ARROWS = 30;

/** A base name may stand twice. Not counted are names that say the same in the folder of each node. */
const MOST_OF_A_NAME = 2;
const NOT_COUNTED = [
	// n8n's convention: each node has its parameters beside its description.
	/^nodes\/[^/]+\/parameters\.ts$/,
	// One driver per engine in each node; the folders say whose.
	/^nodes\/[^/]+\/drivers\/(local|server)\.ts$/,
];

/**
 * @param {import('./imports.cjs').SourceFile[]} source
 * @returns {{ rooms: object[], arrows: object[], circles: string[][], faults: string[] }} `faults`: a line each
 */
function measure(source) {
	const edges = edgesOf(source);
	const arrows = arrowsOf(edges);
	const circles = circlesOf(
		source.map(({ file }) => file),
		edges,
	);
	const rooms = roomsOf(source, arrows);
	const faults = [
		...source.filter(({ file }) => roomOf(file) === undefined).map(({ file }) => `${file}: in no room`),
		...circles.map((files) => `A circle of files: ${[...files, files[0]].join(' → ')}`),
		...roomCircles(rooms, arrows),
		...edges.filter(({ from, to, isType }) => !mayImport(from, to, isType)).map(forbidden),
		...packageFaults(source),
		...reachFaults(source, edges),
		...engineFaults(arrows),
		...nameFaults(source),
	];
	return { rooms, arrows, circles, faults };
}

/** Every import of one file of the source by another, each pair once; a pair is of types where all its imports are. */
function edgesOf(source) {
	const known = new Set(source.map(({ file }) => file));
	const edges = new Map();
	for (const { file: from, imports } of source) {
		for (const { name, isType, line } of imports) {
			const to = resolveImport(from, name, (file) => known.has(file));
			if (to === undefined) continue;
			const edge = edges.get(`${from} ${to}`) ?? { from, to, isType, line };
			edges.set(`${from} ${to}`, { ...edge, isType: edge.isType && isType });
		}
	}
	return [...edges.values()];
}

function arrowsOf(edges) {
	const arrows = new Map();
	for (const edge of edges) {
		const [from, to] = [roomOf(edge.from), roomOf(edge.to)];
		if (from === to) continue;
		const arrow = arrows.get(`${from} ${to}`) ?? { from, to, imports: 0 };
		arrows.set(`${from} ${to}`, { ...arrow, imports: arrow.imports + 1 });
	}
	return [...arrows.values()].sort((one, other) => `${one.from} ${one.to}`.localeCompare(`${other.from} ${other.to}`));
}

/** Each room with its floor: 0 imports no other, and every other is one above the highest that it imports. */
function roomsOf(source, arrows) {
	const names = [...new Set(source.map(({ file }) => roomOf(file)))];
	const floorOf = (room, above) => {
		if (above.includes(room)) return 0; // A circle, which is reported on its own.
		const below = arrows.filter(({ from }) => from === room).map(({ to }) => floorOf(to, [...above, room]) + 1);
		return Math.max(0, ...below);
	};
	return names
		.map((room) => {
			const files = source.filter(({ file }) => roomOf(file) === room).length;
			return { room, files, floor: floorOf(room, []) };
		})
		.sort((one, other) => other.floor - one.floor || String(one.room).localeCompare(String(other.room)));
}

function roomCircles(rooms, arrows) {
	const circles = circlesOf(
		rooms.map(({ room }) => room),
		arrows,
	);
	return circles.map((circle) => `A circle of rooms: ${[...circle, circle[0]].join(' → ')}`);
}

/** The groups in which each imports each other, directly or not (Tarjan's strongly connected components). */
function circlesOf(names, edges) {
	const targets = Map.groupBy(edges, ({ from }) => from);
	const [index, low, stack, circles] = [new Map(), new Map(), [], []];
	const visit = (name) => {
		index.set(name, index.size);
		low.set(name, index.get(name));
		stack.push(name);
		for (const { to } of targets.get(name) ?? []) {
			if (!index.has(to)) visit(to);
			if (stack.includes(to)) low.set(name, Math.min(low.get(name), low.get(to)));
		}
		if (low.get(name) !== index.get(name)) return;
		const circle = stack.splice(stack.indexOf(name));
		if (circle.length > 1 || (targets.get(name) ?? []).some(({ to }) => to === name)) circles.push(circle);
	};
	for (const name of names) if (!index.has(name)) visit(name);
	return circles;
}

/** A line about an arrow that the table does not have. */
function forbidden({ from, to, isType, line }) {
	const [room, other] = [roomOf(from), roomOf(to)];
	const up = room && other && tableFloor(other) >= tableFloor(room) ? ', which does not go down' : '';
	return `${from}:${line}: the room ${room} may not import ${to}${isType ? ' (types)' : ''}${up}`;
}

function packageFaults(source) {
	return source.flatMap(({ file, imports }) =>
		imports
			.map(({ name, line }) => ({ name: packageOf(name), line }))
			.filter(({ name }) => name !== undefined && !mayUsePackage(file, name))
			.map(({ name, line }) => `${file}:${line}: the room ${roomOf(file)} may not use the package ${name}`),
	);
}

/** What n8n's process would load of the engine's, however many files lie between. */
function reachFaults(source, edges) {
	const loaded = Map.groupBy(
		edges.filter(({ isType }) => !isType),
		({ from }) => from,
	);
	const cameFrom = new Map(source.filter(({ file }) => file.startsWith('nodes/')).map(({ file }) => [file, undefined]));
	for (const file of cameFrom.keys()) {
		for (const { to } of loaded.get(file) ?? []) if (!cameFrom.has(to)) cameFrom.set(to, file);
	}
	const pathTo = (file) => (file === undefined ? [] : [...pathTo(cameFrom.get(file)), file]);
	return [...cameFrom.keys()]
		.filter((file) => file.startsWith('engine/process/'))
		.map((file) => `n8n's process would load the engine's: ${pathTo(file).join(' → ')}`);
}

function engineFaults(arrows) {
	const count = engineArrows(arrows).length;
	if (count <= MOST_ENGINE_ARROWS) return [];
	return [`${count} arrows between rooms of engine/, more than ${MOST_ENGINE_ARROWS}`];
}

function engineArrows(arrows) {
	return arrows.filter(({ from, to }) => [from, to].every((room) => String(room).startsWith('engine/')));
}

function nameFaults(source) {
	const counted = source.map(({ file }) => file).filter((file) => !NOT_COUNTED.some((pattern) => pattern.test(file)));
	return [...Map.groupBy(counted, (file) => posix.basename(file))]
		.filter(([, files]) => files.length > MOST_OF_A_NAME)
		.map(([name, files]) => `The name ${name} stands ${files.length} times: ${files.join(', ')}`);
}

module.exports = { engineArrows, measure };
