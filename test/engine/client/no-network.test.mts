/** What the engine asks of the system, call by call: no socket, and no file written outside of its own folders. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { EnginePool } from '../../../dist/engine/client/pool.js';
import type { RuntimeChoice, VoiceprintJob } from '../../../dist/engine/client/protocol.js';
import { CALL } from '../../support/recordings.mts';
import { voiceprintJob } from '../../support/voices.mts';

const REPOSITORY = join(import.meta.dirname, '..', '..', '..');
const HOST = join(REPOSITORY, 'dist', 'engine', 'process', 'host', 'main.js');
const CALLS = 'socket,connect,sendto,sendmsg,bind,open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,link,symlink';

const canTrace = process.platform === 'linux' && spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** Runs a job in an engine whose system calls are written down. */
async function traced(runtime: RuntimeChoice, environment: Record<string, string> = {}): Promise<{ calls: string[]; workFolder: string }> {
	const folder = mkdtempSync(join(tmpdir(), 'trace-'));
	const [log, wrapper, node] = [join(folder, 'calls'), join(folder, 'node'), process.execPath];
	const variables = Object.entries(environment).map(([name, value]) => `${name}='${value}'`).join(' ');
	writeFileSync(wrapper, `#!/bin/sh\n${variables} exec strace -f -qq -s 200 -o '${log}' -e trace=${CALLS} '${node}' "$@"\n`);
	chmodSync(wrapper, 0o755);
	process.execPath = wrapper; // what the client forks
	const pool = new EnginePool({ host: HOST, size: 1, idleMs: 60_000, startMs: 60_000, heapMiB: 512, retireAbove: Infinity });
	let workFolder = '';
	try {
		await pool.runInWorkFolder<VoiceprintJob>(async (own) => {
			workFolder = own;
			return voiceprintJob(CALL, own, { runtime });
		});
		return { calls: readFileSync(log, 'utf8').split('\n'), workFolder };
	} finally {
		process.execPath = node;
		pool.stop();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Device files, and what the kernel is told about the process itself. */
const HARMLESS = /"(\/dev\/|\/proc\/(self|\d+)\/)/;

const isSocket = (call: string) => /\b(socket|connect|sendto|bind)\(/.test(call) && !/= -1/.test(call);

const isChange = (call: string) =>
	(/\bopen(at2?)?\(.*O_(WRONLY|RDWR|CREAT)/.test(call) || /\b(creat|mkdir(at)?|rename(at2?)?|unlink|link|symlink)\(/.test(call)) &&
	!HARMLESS.test(call);

if (!canTrace) {
	it('what the engine asks of the system', { skip: 'needs strace on Linux, allowed to trace: apt-get install strace' }, () => {});
} else {
	describe('the engine', () => {
		for (const runtime of ['native', 'wasm'] as const) {
			it(`with ${runtime} ONNX Runtime opens no socket, and writes into its own folders alone`, async () => {
				const { calls, workFolder } = await traced(runtime);
				assert.ok(calls.some((call) => call.includes('silero-vad')), 'the trace saw the models');
				assert.ok(calls.some((call) => call.includes(`${workFolder}/channel-0`)), 'the trace saw the spool');
				assert.deepEqual(calls.filter(isSocket), []);
				const own = [workFolder, realpathSync(tmpdir()) + '/n8n-voiceprint.'];
				assert.deepEqual(calls.filter((call) => isChange(call) && !own.some((folder) => call.includes(folder))), []);
			});
		}

		it('would be seen if ONNX Runtime reported to its maker', { skip: reportsNothing() }, async () => {
			const { calls } = await traced('native', { ORT_DISABLE_TELEMETRY: '' });
			assert.ok(calls.some((call) => isSocket(call) || isChange(call)));
		});
	});
}

/** Only its builds for Linux on x64 have that in them. */
function reportsNothing(): string | false {
	return process.arch === 'x64' ? false : 'only the builds for x64 are known to report';
}
