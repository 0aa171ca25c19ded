import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { until } from './engine.mts';
import { ofPosix, processes } from './processes.mts';

/** By `ps`, too, which macOS has: on Linux nothing else would try it. */
const WAYS = { 'of this system': processes, ...(process.platform === 'win32' ? {} : { 'by ps': ofPosix }) };

describe('the list of processes', () => {
	for (const [name, list] of Object.entries(WAYS)) {
		it(`${name} has a child with its parent and its command line, until it ends`, async () => {
			const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)', 'a mark']);
			const found = () => list().find(({ pid }) => pid === child.pid);
			try {
				await until(() => found()?.command.includes('a mark') ?? false, 'the child to be listed', 5000);
				assert.equal(found()!.parent, process.pid);
			} finally {
				child.kill('SIGKILL');
			}
			await until(() => found() === undefined, 'the child to go', 5000);
		});
	}
});
