/** This package as its users get it: packed by npm, and installed by the very steps of n8n's own installer. */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { npmCommand } from '../npm.cjs';

const run = promisify(execFile);
const REPOSITORY = join(import.meta.dirname, '..', '..');

export interface PackedPackage {
	/** Path of the .tgz file. */
	tarball: string;
	/** Bytes of the .tgz file. */
	size: number;
	/** Bytes of what is in it. */
	unpackedSize: number;
	/** Paths of the files in it. */
	files: string[];
	/** Removes the tarball. */
	dispose(): void;
}

/** `npm pack`, into a temporary folder. */
export async function packPackage(): Promise<PackedPackage> {
	const folder = mkdtempSync(join(tmpdir(), 'package-'));
	const { stdout } = await run(...npmCommand(['pack', '--json', '--ignore-scripts', `--pack-destination=${folder}`]), {
		cwd: REPOSITORY,
		maxBuffer: 2 ** 26,
	});
	const [report] = JSON.parse(stdout);
	return {
		tarball: join(folder, report.filename),
		size: report.size,
		unpackedSize: report.unpackedSize,
		files: report.files.map(({ path }: { path: string }) => path),
		dispose: () => rmSync(folder, { recursive: true, force: true }),
	};
}

/** What n8n passes to `npm install` (community-packages.service.js of n8n 2.41.1). */
const INSTALL_FLAGS = [
	'--audit=false',
	'--fund=false',
	'--bin-links=false',
	'--install-strategy=shallow',
	'--ignore-scripts=true',
	'--package-lock=false',
];

/** Notes the package in the list that n8n keeps of what it installed. */
function noteInLedger(nodesFolder: string, name: string, version: string): void {
	const file = join(nodesFolder, 'package.json');
	const ledger = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { name: 'installed-nodes', private: true };
	ledger.dependencies = { ...ledger.dependencies, [name]: version };
	writeFileSync(file, JSON.stringify(ledger, null, 2));
}

/**
 * Installs a tarball into n8n's folder for community nodes (`.n8n/nodes`) and returns the package's folder: unpacked,
 * dev, peer and optional dependencies dropped, and `npm install` in the package's own folder, without scripts.
 */
export async function installPackage(tarball: string, nodesFolder: string): Promise<string> {
	const name = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')).name;
	const folder = join(nodesFolder, 'node_modules', name);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	await run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1']);
	const file = join(folder, 'package.json');
	const {
		devDependencies: _dev,
		peerDependencies: _peer,
		optionalDependencies: _optional,
		...kept
	} = JSON.parse(readFileSync(file, 'utf8'));
	writeFileSync(file, JSON.stringify(kept, null, 2));
	await run(...npmCommand(['install', ...INSTALL_FLAGS]), { cwd: folder });
	noteInLedger(nodesFolder, name, kept.version);
	return folder;
}
