/** This package packed and installed as its users get it: once for all test files of a run, as both take their time. */
import { copyFileSync, linkSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPackage, packPackage } from '../../tools/n8n/package.mts';
import { oncePerRun } from '../../tools/testing/run-folder.mts';

const REPOSITORY = join(import.meta.dirname, '..', '..');

/** n8n's list of what it installed, beside the packages. */
const LEDGER = 'package.json';

/** Path of the tarball. */
export async function packOnce(): Promise<string> {
	const folder = await oncePerRun('packed', async (made) => {
		const { tarball, dispose } = await packPackage();
		copyFileSync(tarball, join(made, 'package.tgz'));
		dispose();
	});
	return join(folder, 'package.tgz');
}

/**
 * Installs it into a folder for community nodes, and gives the package's folder. Its files are the same on the disk for all
 * test files: nothing may write into them.
 */
export async function installOnce(nodesFolder: string): Promise<string> {
	const installed = await oncePerRun('installed', async (made) => {
		await installPackage(await packOnce(), made);
	});
	linkTree(join(installed, 'node_modules'), join(nodesFolder, 'node_modules'));
	copyFileSync(join(installed, LEDGER), join(nodesFolder, LEDGER));
	const { name } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { name: string };
	return join(nodesFolder, 'node_modules', name);
}

function linkTree(from: string, to: string): void {
	for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const folder = join(to, entry.parentPath.slice(from.length));
		mkdirSync(folder, { recursive: true });
		linkSync(join(entry.parentPath, entry.name), join(folder, entry.name));
	}
}
