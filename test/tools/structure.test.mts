/** The house: what holds the arrows between its rooms sees each kind of wrong import, name and circle. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { ESLint, Linter } from 'eslint';
import tseslint from 'typescript-eslint';

const require = createRequire(import.meta.url);
const eslintArrows = require('../../tools/structure/eslintArrows.cjs');
const { readSource } = require('../../tools/structure/imports.cjs');
const { measure } = require('../../tools/structure/measure.cjs');
const { ROOMS, tableFloor, toTable } = require('../../tools/structure/rooms.cjs');

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** A repository of these files. */
function tree<R>(files: Record<string, string>, use: (root: string) => R): R {
	const root = mkdtempSync(join(tmpdir(), 'structure-'));
	try {
		for (const [file, code] of Object.entries(files)) {
			mkdirSync(dirname(join(root, file)), { recursive: true });
			writeFileSync(join(root, file), code);
		}
		return use(root);
	} finally {
		rmSync(root, { recursive: true });
	}
}

function faultsOf(files: Record<string, string>): string[] {
	return tree(files, (root) => measure(readSource(root)).faults);
}

/** Files that nothing is wrong with. */
const SOUND = {
	'errors.ts': 'export const error = 1;',
	'voiceprints/scoring.ts': "import { error } from '../errors';\nexport const score = error;",
	'engine/client/protocol.ts': "import type { error } from '../../errors';\nexport type Job = typeof error;",
	'items/fields.ts': "import type { Job } from '../engine/client/protocol';\nexport const fields = {} as { job: Job };",
	'nodes/One/One.node.ts': "import { score } from '../../voiceprints/scoring';\nimport { x } from 'n8n-workflow';\nx(score);",
	'engine/process/runtime/onnx.ts': "import { readFileSync } from 'node:fs';\nexport const onnx = readFileSync;",
};

describe('the structure of the source', () => {
	it('is as the table has it', () => {
		const { rooms, arrows, faults } = measure(readSource(REPOSITORY));
		assert.deepEqual(faults, []);
		assert.ok(rooms.length > 10 && arrows.length > 20, 'the source was read');
	});

	it('has nothing against a sound tree', () => {
		assert.deepEqual(faultsOf(SOUND), []);
	});

	it('tells floors and counts imports', () => {
		const { rooms, arrows } = tree(SOUND, (root) => measure(readSource(root)));
		const floors = Object.fromEntries(rooms.map(({ room, floor }: { room: string; floor: number }) => [room, floor]));
		assert.deepEqual(floors, {
			ground: 0,
			'engine/process/runtime': 0,
			'engine/client': 1,
			voiceprints: 1,
			items: 2,
			'nodes/One': 2,
		});
		assert.deepEqual(arrows[0], { from: 'engine/client', to: 'ground', imports: 1 });
	});

	const WRONG: Array<[what: string, files: Record<string, string>, says: RegExp]> = [
		[
			'an arrow up',
			{ 'voiceprints/up.ts': "import { fields } from '../items/fields';\nfields();" },
			/^voiceprints\/up\.ts:1: the room voiceprints may not import items\/fields\.ts, which does not go down$/,
		],
		[
			'an arrow up of types only',
			{ 'voiceprints/up.ts': "import type { fields } from '../items/fields';\nexport type F = typeof fields;" },
			/^voiceprints\/up\.ts:1: .* \(types\), which does not go down$/,
		],
		[
			'an arrow down that the table does not have',
			{ 'items/far.ts': "export * from '../voiceprints/scoring';" },
			/^items\/far\.ts:1: the room items may not import voiceprints\/scoring\.ts$/,
		],
		[
			'a value where only types are allowed',
			{ 'items/value.ts': "import { type Job, job } from '../engine/client/protocol';\njob({} as Job);" },
			/^items\/value\.ts:1: the room items may not import engine\/client\/protocol\.ts$/,
		],
		[
			'another file of a room than the one allowed',
			{
				'engine/client/pool.ts': 'export type Pool = 1;',
				'items/pool.ts': "import type { Pool } from '../engine/client/pool';\nexport type P = Pool;",
			},
			/^items\/pool\.ts:1: .* engine\/client\/pool\.ts/,
		],
		[
			'one node that imports another',
			{ 'nodes/Two/two.ts': "import { One } from '../One/One.node';\nOne();" },
			/^nodes\/Two\/two\.ts:1: the room nodes\/Two may not import nodes\/One\/One\.node\.ts/,
		],
		[
			'a node that loads the engine',
			{ 'nodes/One/load.ts': "export const load = () => require('../../engine/process/runtime/onnx');" },
			/n8n's process would load the engine's: nodes\/One\/load\.ts → engine\/process\/runtime\/onnx\.ts$/,
		],
		[
			'a node that loads the engine through a file between',
			{
				'nodes/One/load.ts': "import { between } from '../../voiceprints/between';\nbetween();",
				'voiceprints/between.ts': "export const between = async () => await import('../engine/process/runtime/onnx');",
			},
			/would load the engine's: nodes\/One\/load\.ts → voiceprints\/between\.ts → engine\/process/,
		],
		[
			'a package in a room that has no business with it',
			{ 'voiceprints/n8n.ts': "import type { INode } from 'n8n-workflow';\nexport type N = INode;" },
			/^voiceprints\/n8n\.ts:1: the room voiceprints may not use the package n8n-workflow$/,
		],
		[
			'a circle of files in one room',
			{
				'items/a.ts': "import { b } from './b';\nexport const a = b;",
				'items/b.ts': "import { c } from './c';\nexport const b = c;",
				'items/c.ts': "import type { a } from './a';\nexport const c = {} as typeof a;",
			},
			/^A circle of files: items\/a\.ts → items\/b\.ts → items\/c\.ts → items\/a\.ts$/,
		],
		[
			'a circle of rooms without one of files',
			{
				'voiceprints/one.ts': "import { one } from '../models/one';\none();",
				'models/one.ts': 'export const one = 1;',
				'models/two.ts': "import { score } from '../voiceprints/scoring';\nscore();",
			},
			/^A circle of rooms: voiceprints → models → voiceprints$|^A circle of rooms: models → voiceprints → models$/,
		],
		[
			'a name that stands three times',
			{ 'items/same.ts': '', 'voiceprints/same.ts': '', 'engine/client/same.ts': '' },
			/^The name same\.ts stands 3 times: engine\/client\/same\.ts, items\/same\.ts, voiceprints\/same\.ts$/,
		],
		['a folder that is no room', { 'engine/process/attic/old.ts': '' }, /^engine\/process\/attic\/old\.ts: in no room$/],
	];
	for (const [what, files, says] of WRONG) {
		it(`is red for ${what}`, () => {
			const faults = faultsOf({ ...SOUND, ...files });
			assert.ok(
				faults.some((fault) => says.test(fault)),
				`expected ${says} in:\n${faults.join('\n')}`,
			);
		});
	}

	it('is red for more than 30 arrows inside engine/', () => {
		const rooms = ['client', 'process/host', 'process/extraction', 'process/embedding', 'process/vad', 'process/media', 'process/speakers'];
		const file = (room: string) => `engine/${room}/${room.replaceAll('/', '-')}.ts`;
		const files = rooms.map((room) => {
			const up = '../'.repeat(room.split('/').length + 1);
			const others = rooms.filter((other) => other !== room);
			return [file(room), others.map((other) => `export * from '${up}${file(other).slice(0, -3)}';`).join('\n')];
		});
		const faults = faultsOf(Object.fromEntries(files));
		assert.ok(faults.includes('42 arrows between rooms of engine/, more than 30'), faults.join('\n'));
	});

	it('lets each node have its parameters and its drivers', () => {
		const names = ['parameters.ts', 'drivers/local.ts', 'drivers/server.ts'];
		const files = ['One', 'Two', 'Three'].flatMap((node) => names.map((name) => [`nodes/${node}/${name}`, '']));
		assert.deepEqual(faultsOf(Object.fromEntries(files)), []);
	});

	it('makes the command end with 1', () => {
		const run = (root: string) =>
			spawnSync(process.execPath, [join(REPOSITORY, 'tools/structure/structure.cjs'), root], { encoding: 'utf8' });
		const sound = tree(SOUND, run);
		assert.deepEqual({ status: sound.status, stderr: sound.stderr }, { status: 0, stderr: '' });
		assert.match(sound.stdout, /6 rooms, 6 files\n[^]*voiceprints → ground \(1\)\n0 circles of files/);
		const wrong = tree({ ...SOUND, 'items/far.ts': "export * from '../voiceprints/scoring';" }, run);
		assert.equal(wrong.status, 1);
		assert.match(wrong.stderr, /✖ items\/far\.ts:1: /);
	});
});

describe('the table of rooms', () => {
	it('goes down only', () => {
		for (const { room } of ROOMS) assert.equal(typeof tableFloor(room), 'number');
	});

	it('is the one of CONTRIBUTING.md', () => {
		const text = readFileSync(join(REPOSITORY, 'CONTRIBUTING.md'), 'utf8');
		const [, shown] = /<!-- rooms -->\n([^]*?)<!-- \/rooms -->/.exec(text) ?? [];
		assert.equal(shown, toTable(), 'run: node tools/structure/structure.cjs --table');
	});
});

describe('ESLint', () => {
	const linter = new Linter();
	const messagesOf = (file: string, code: string) =>
		linter
			.verify(
				code,
				[
					{
						files: ['**/*.ts'],
						languageOptions: { parser: tseslint.parser as Linter.Parser },
						plugins: { house: eslintArrows },
						rules: { 'house/arrows': 'error' },
					},
				],
				{ filename: join(REPOSITORY, file) },
			)
			.map(({ message }) => message.replace(' (tools/structure/rooms.cjs)', ''));

	const CODE: Array<[code: string, message?: string]> = [
		["import { seconds } from './fields';"],
		["import type { Job } from '../engine/client/protocol';"],
		["import { type Job } from '../engine/client/protocol';"],
		["export type J = import('../engine/client/protocol').Job;"],
		["import { join } from 'node:path';"],
		["import { Job } from '../engine/client/protocol';", 'The room items may not import engine/client/protocol.ts'],
		["export * from '../nodes/common/read';", 'The room items may not import nodes/common/read.ts'],
		["export { read } from '../nodes/common/read';", 'The room items may not import nodes/common/read.ts'],
		["const s = require('../nodes/common/read');", 'The room items may not import nodes/common/read.ts'],
		["const s = import('../nodes/common/read');", 'The room items may not import nodes/common/read.ts'],
		["type S = import('../nodes/common/read').S;", 'The room items may not import nodes/common/read.ts'],
		["import type { INode } from 'n8n-workflow';", 'The room items may not use the package n8n-workflow'],
		["const f = require.resolve('@ffmpeg/core/wasm');", 'The room items may not use the package @ffmpeg/core'],
	];
	for (const [code, message] of CODE) {
		it(`${message ? 'refuses' : 'allows'} ${code}`, () => {
			assert.deepEqual(messagesOf('items/example.ts', code), message ? [message] : []);
		});
	}

	it('refuses a file that is in no room', () => {
		assert.deepEqual(messagesOf('engine/example.ts', ''), ['This file is in no room of the house']);
	});

	it('holds the arrows in every room', async () => {
		const eslint = new ESLint({ cwd: REPOSITORY });
		for (const { file } of readSource(REPOSITORY)) {
			const config = await eslint.calculateConfigForFile(join(REPOSITORY, file));
			assert.deepEqual(config.rules['house/arrows'], [2], file);
		}
	});
});
