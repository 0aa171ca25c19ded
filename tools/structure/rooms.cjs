'use strict';
/**
 * The rooms of the source and which may import which: the one list, from which ESLint, `structure.cjs` and the table in
 * CONTRIBUTING.md are made. Arrows go down only, so a room may import those that are listed here and no others.
 */

/** The files of the ground floor, which everyone may import. */
const GROUND_FILES = ['errors.ts', 'once.ts', 'hostFiles.ts', 'systemFaults.ts', 'search.ts'];

/** Folders of the source. */
const SOURCE_FOLDERS = ['nodes', 'credentials', 'items', 'speech-platform', 'voiceprints', 'models', 'engine'];

/**
 * An entry of `mayImport` is a room, a single file of a room (without its ending), or `types of …`, where an import has
 * to vanish when it is compiled. `engine/process/*` are all rooms of that folder. `packages` are those from npm; Node's
 * own modules are everyone's.
 */
const ROOMS = [
	{
		room: 'nodes/<Name>',
		process: 'n8n',
		what: 'description, a thin `execute`, parameters, icons; `drivers/`: how an item is computed here or on a server',
		mayImport: [
			'nodes/common', 'items', 'speech-platform', 'engine/client', 'voiceprints', 'models', 'ground',
		],
		packages: ['n8n-workflow'],
	},
	{
		room: 'nodes/common',
		process: 'n8n',
		what: 'the shell of nodes that take media, the item loop, errors, common parameters, binary data, tasks and HTTP',
		mayImport: [
			'credentials', 'items', 'speech-platform', 'engine/client', 'voiceprints', 'models', 'ground',
		],
		packages: ['n8n-workflow'],
	},
	{
		room: 'credentials',
		process: 'n8n',
		what: 'the Speech Platform API credential',
		mayImport: [],
		packages: ['n8n-workflow'],
	},
	{
		room: 'items',
		process: 'n8n',
		what: 'a result as n8n items',
		mayImport: ['types of engine/client/protocol', 'ground'],
	},
	{
		room: 'speech-platform',
		process: 'n8n',
		what: 'the REST API: tasks, polling, errors; knows neither n8n nor us',
		mayImport: [],
		packages: ['form-data'],
	},
	{
		room: 'engine/client',
		process: 'n8n',
		what: "starts, feeds, cancels and ends the engine's processes; all that n8n's side may know of the engine",
		mayImport: ['ground'],
	},
	{
		room: 'engine/process/host',
		process: 'engine',
		what: 'entry of the engine process, guard, one pipeline per kind of job',
		mayImport: ['engine/process/*', 'engine/client', 'voiceprints', 'models', 'ground'],
	},
	{
		room: 'engine/process/artefacts',
		process: 'engine',
		what: 'what is made of a recording beside its result: the timeline picture, speech only audio, clips',
		mayImport: ['engine/process/media', 'engine/process', 'engine/client/protocol', 'models/packageFiles', 'ground'],
		packages: ['@resvg/resvg-wasm'],
	},
	{
		room: 'engine/process/speakers',
		process: 'engine',
		what: 'who spoke when: local speakers, tracks, pieces, clusters, segments',
		mayImport: [
			'engine/process/embedding', 'engine/process/runtime', 'engine/process', 'engine/client/talk', 'voiceprints', 'models',
			'ground',
		],
	},
	{
		room: 'engine/process/extraction',
		process: 'engine',
		what: "a channel's speech → windows → one voiceprint and its quality",
		mayImport: [
			'engine/process/embedding', 'engine/process', 'engine/client/protocol', 'voiceprints', 'models', 'ground',
		],
	},
	{
		room: 'engine/process/embedding',
		process: 'engine',
		what: "speech → vector: the bundled model, models of one's own, the fbank front end",
		mayImport: [
			'engine/process/runtime', 'engine/process', 'engine/client/protocol', 'voiceprints', 'models', 'ground',
		],
	},
	{
		room: 'engine/process/vad',
		process: 'engine',
		what: 'probabilities, level, segments',
		mayImport: [
			'engine/process/runtime', 'engine/process', 'engine/client/protocol', 'engine/client/presets', 'models', 'ground',
		],
	},
	{
		room: 'engine/process/echo',
		process: 'engine',
		what: "speech in a channel that is another channel's, heard again",
		mayImport: ['engine/process', 'ground'],
	},
	{
		room: 'engine/process/media',
		process: 'engine',
		what: "any file → float32 blocks at 16 kHz on the media's own timeline",
		mayImport: ['engine/process', 'engine/client/protocol', 'models/packageFiles', 'ground'],
		packages: ['@ffmpeg/core'],
	},
	{
		room: 'engine/process/runtime',
		process: 'engine',
		what: 'ONNX Runtime, native or WASM, decided once',
		mayImport: ['engine/process', 'engine/client/protocol', 'models/packageFiles', 'ground'],
		packages: ['onnxruntime-node'],
	},
	{
		room: 'engine/process',
		process: 'engine',
		what: 'what audio is between these rooms, and threads beside the main one',
		mayImport: ['ground'],
	},
	{
		room: 'models',
		process: 'either',
		what: 'model cards, our own model with its calibration',
		mayImport: ['voiceprints', 'ground'],
	},
	{
		room: 'voiceprints',
		process: 'either',
		what: 'a voiceprint as text and as numbers, scores, calibration, search, merging, grouping; plain arithmetic',
		mayImport: ['ground'],
	},
	{
		room: 'ground',
		process: 'either',
		what: 'the one error type, loading once, which files of the machine may be read, searching in what is sorted',
		mayImport: [],
	},
];

const TYPES_OF = 'types of ';

/**
 * The room of a file; undefined where the table has none for it.
 * @param {string} file its path from the repository's root, with slashes
 * @returns {string | undefined} for a node the node's own folder: nodes do not import one another
 */
function roomOf(file) {
	if (GROUND_FILES.includes(file)) return 'ground';
	const folders = file.split('/').slice(0, -1);
	if (folders[0] === 'nodes' && folders.length > 1) return folders.slice(0, 2).join('/');
	for (let length = folders.length; length > 0; length--) {
		const name = folders.slice(0, length).join('/');
		if (isRoom(name)) return folders.length > length && isHall(name) ? undefined : name;
	}
	return undefined;
}

function isRoom(name) {
	return ROOMS.some(({ room }) => room === name);
}

/** Whether a room has others inside: then a folder in it is not the room's own. */
function isHall(name) {
	return ROOMS.some(({ room }) => room.startsWith(`${name}/`));
}

/** What the table says of a room. */
function entryOf(room) {
	const name = room.startsWith('nodes/') && room !== 'nodes/common' ? 'nodes/<Name>' : room;
	return ROOMS.find((entry) => entry.room === name);
}

/**
 * The floor of a room as the table has it: above all that it may import.
 * @throws where the table itself goes round in a circle
 */
function tableFloor(room, above = []) {
	const { room: name, mayImport: entries } = entryOf(room);
	if (above.includes(name)) throw new Error(`The table of rooms has a circle: ${[...above, name].join(' → ')}`);
	const below = ROOMS.filter(({ room: other }) => other !== name && entries.some((entry) => means(entry, other)));
	return Math.max(0, ...below.map(({ room: other }) => tableFloor(other, [...above, name]) + 1));
}

/** Whether an entry means the room, or a file of it. */
function means(entry, room) {
	const allowed = entry.replace(TYPES_OF, '');
	if (allowed.endsWith('/*')) return `${room}/`.startsWith(allowed.slice(0, -1));
	return allowed === room || (isFile(entry) && allowed.startsWith(`${room}/`));
}

function isFile(entry) {
	return !entry.endsWith('/*') && !isRoom(entry.replace(TYPES_OF, ''));
}

/** Whether the table lets one file import another. */
function mayImport(from, to, isType) {
	const [fromRoom, toRoom] = [roomOf(from), roomOf(to)];
	if (fromRoom === undefined || toRoom === undefined) return false;
	if (fromRoom === toRoom) return true;
	const target = to.replace(/\.ts$/, '');
	return entryOf(fromRoom).mayImport.some((entry) => {
		if (entry.startsWith(TYPES_OF) && !isType) return false;
		return means(entry, toRoom) && (!isFile(entry) || entry.replace(TYPES_OF, '') === target);
	});
}

/** Whether the table lets a file use a package from npm. */
function mayUsePackage(from, name) {
	const room = roomOf(from);
	return room !== undefined && (entryOf(room).packages ?? []).includes(name);
}

/** The rooms as the table of CONTRIBUTING.md, in Markdown. */
function toTable() {
	const rows = ROOMS.map(({ room, process, what, mayImport: entries }) => {
		const allowed = entries.map((entry) => entry.replace(/[^ ]+$/, (name) => `\`${name}\``)).join(', ');
		const name = room === 'ground' ? `${room}: ${GROUND_FILES.map((file) => `\`${file}\``).join(', ')}` : `\`${room}/\``;
		return `| ${name} | ${process} | ${what} | ${allowed || '–'} |`;
	});
	return ['| room | process | what | may import |', '|---|---|---|---|', ...rows, ''].join('\n');
}

module.exports = { GROUND_FILES, ROOMS, SOURCE_FOLDERS, mayImport, mayUsePackage, roomOf, tableFloor, toTable };
