/** What ends the engine where its main thread cannot: too much memory, and the death of the process that started it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { isOutOfMemory } from '../../../../dist/errors.js';
import { memoryLimit } from '../../../../dist/engine/process/host/watchdog.js';
import { isRunning, until } from '../../../support/engine.mts';

const script = (name: string) => join(import.meta.dirname, 'support', `${name}.mts`);

test('an endless loop ends within 2 s after the death of its parent, and takes the recording with it', async () => {
	const folder = mkdtempSync(join(tmpdir(), 'voiceprint-test-'));
	writeFileSync(join(folder, 'recording.wav'), 'secret');
	const parent = spawn(process.execPath, [script('parent'), script('looping'), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
	const [said] = (await once(parent.stdout, 'data')) as [Buffer];
	const looping = Number(said);
	assert.ok(isRunning(looping));
	assert.ok(existsSync(folder), 'the folder went before its time');
	parent.kill('SIGKILL');
	try {
		await until(() => !isRunning(looping), 'the loop to end', 2000);
	} finally {
		if (isRunning(looping)) process.kill(looping, 'SIGKILL');
	}
	assert.equal(existsSync(folder), false);
});

describe('memory', () => {
	test('a process beyond its limit is ended at once and says why', async () => {
		const child = spawn(process.execPath, [script('greedy'), '300'], { stdio: ['ignore', 'ignore', 'pipe'] });
		const [words, [, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
		assert.equal(signal, 'SIGKILL');
		assert.ok(isOutOfMemory(words), words);
		assert.match(words, /300 MiB.*N8N_VOICEPRINT_MEMORY/);
	});

	test('the limit is 1 GiB, or what the environment says in MiB', () => {
		assert.equal(memoryLimit({}), 2 ** 30);
		assert.equal(memoryLimit({ N8N_VOICEPRINT_MEMORY: '' }), 2 ** 30);
		assert.equal(memoryLimit({ N8N_VOICEPRINT_MEMORY: ' 2048 ' }), 2 ** 31);
		for (const wrong of ['767', '2 GB', '-1', '1e3', '99999999']) {
			assert.throws(() => memoryLimit({ N8N_VOICEPRINT_MEMORY: wrong }), /N8N_VOICEPRINT_MEMORY/, wrong);
		}
	});
});
