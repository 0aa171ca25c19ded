/** n8n is killed while it has jobs running and waiting: nothing of the engine lives on, and no recording stays. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { temporaryFolder } from '../process/media/support/encode.mts';
import { writeSparseWav } from '../process/media/support/wav.mts';
import { until } from '../../support/engine.mts';
import { NO_PROC } from '../../support/processes.mts';
import { TELEPHONE } from '../../support/recordings.mts';

/** Milliseconds after the first job got its folder. */
const MOMENTS = [0, 150, 400, 800, 1500, 3000];

/** Milliseconds after which nothing may run any more. */
const GRACE = 3000;

const EXECUTIONS = 3;
const ITEMS = 3;

const folder = temporaryFolder();
const recording = join(folder, 'half-an-hour.wav');
const parents = new Set<ChildProcess>();

before(() => writeSparseWav(recording, 1800, { format: 7, rate: 8000, bits: 8 }));

after(() => parents.forEach((parent) => parent.kill('SIGKILL')));

function startParent(temporary: string, ...args: string[]): ChildProcess {
	const parent = spawn(process.execPath, [join(import.meta.dirname, 'support', 'parent.mts'), ...args], {
		env: { ...process.env, TMPDIR: temporary },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	parents.add(parent);
	parent.once('exit', () => parents.delete(parent));
	return parent;
}

/** Engine processes whose temporary folder it is, whoever started them. */
function enginesOf(temporary: string): string[] {
	return readdirSync('/proc').filter((pid) => {
		try {
			if (!/^\d+$/.test(pid)) return false;
			if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine/process/host/main.js')) return false;
			if (/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return false;
			return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`TMPDIR=${temporary}`);
		} catch {
			return false; // gone in the meantime
		}
	});
}

function filesIn(path: string): string[] {
	try {
		const entries = readdirSync(path, { recursive: true, withFileTypes: true });
		return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
	} catch {
		return []; // gone in the meantime
	}
}

/** Files in the engine's folders; n8n's own storage of binary data lies elsewhere. */
function recordingsIn(temporary: string): string[] {
	const folders = readdirSync(temporary).filter((name) => name.startsWith('n8n-voiceprint'));
	return folders.flatMap((name) => filesIn(join(temporary, name)));
}

describe('n8n is killed while jobs run and wait', { concurrency: 3, skip: NO_PROC }, () => {
	for (const moment of MOMENTS) {
		test(`${moment} ms after the first one began`, async (t) => {
			const temporary = join(folder, String(moment));
			mkdirSync(temporary);
			const parent = startParent(temporary, recording, String(EXECUTIONS), String(ITEMS));
			await until(() => recordingsIn(temporary).length > 0, 'the first job to begin', 60_000);
			await sleep(moment);
			const before = enginesOf(temporary).length;
			assert.equal(parent.exitCode, null, 'the jobs were over before');
			parent.kill('SIGKILL');
			await once(parent, 'exit');
			await until(() => enginesOf(temporary).length === 0, 'the engines to end', GRACE);
			// One that was just being started looked like its parent.
			await sleep(500);
			assert.deepEqual(enginesOf(temporary), []);

			const left = recordingsIn(temporary).length;
			const next = startParent(temporary, TELEPHONE, '1', '1');
			const [answer] = (await once(next.stdout!, 'data')) as [Buffer];
			await once(next, 'exit');
			t.diagnostic(`${before} engines were running, ${left} recordings stayed until the next start`);
			assert.equal(answer.toString().trim(), 'success');
			assert.deepEqual(recordingsIn(temporary), []);
			rmSync(temporary, { recursive: true });
		});
	}
});
