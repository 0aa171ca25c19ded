/** The spool keeps every sample of every channel, privately, and says plainly when the disk is full. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { VoiceprintError } from '../../../../dist/errors.js';
import { Spool } from '../../../../dist/engine/process/media/spool.js';
import { temporaryFolder } from './support/encode.mts';

/** Sample `index` of a channel: exact in 32-bit float. */
const value = (channel: number, index: number) => channel * 2 ** 20 + index;

function fill(spool: Spool, channels: number, samples: number, block: number): void {
	for (let start = 0; start < samples; start += block) {
		const length = Math.min(block, samples - start);
		spool.append(
			Array.from({ length: channels }, (_, channel) =>
				Float32Array.from({ length }, (__, index) => value(channel, start + index)),
			),
		);
	}
	spool.finish();
}

test('what was appended is read from any place', () => {
	const spool = new Spool(temporaryFolder());
	fill(spool, 3, 200_003, 16_384);
	assert.equal(spool.length, 200_003);
	const target = new Float32Array(70_000);
	assert.equal(spool.read(2, 65_000, target), 70_000);
	target.forEach((sample, index) => assert.equal(sample, value(2, 65_000 + index)));
	assert.equal(spool.read(0, 200_000, target), 3);
	assert.equal(target[2], value(0, 200_002));
	assert.equal(spool.read(1, 300_000, target), 0);
	spool.dispose();
});

test('silence takes no room on the disk and is read as zeros, wherever reading starts', () => {
	const folder = temporaryFolder();
	const spool = new Spool(folder);
	const hours = 20 * 3600 * 16_000;
	const block = (first: number) => [Float32Array.from({ length: 100 }, (_, index) => first + index)];
	spool.append(block(1000));
	spool.appendSilence(hours);
	spool.append(block(2000));
	spool.appendSilence(50);
	spool.append(block(3000));
	spool.finish();
	assert.equal(spool.length, hours + 350);
	assert.equal(statSync(join(folder, readdirSync(folder)[0])).size, 300 * 4);
	const expected = (at: number) => {
		if (at < 100) return 1000 + at;
		if (at < hours + 100) return 0;
		if (at < hours + 200) return 2000 + at - hours - 100;
		return at < hours + 250 ? 0 : 3000 + at - hours - 250;
	};
	for (const start of [0, 50, 99, 100, hours, hours + 99, hours + 100, hours + 150, hours + 200, hours + 249, hours + 250]) {
		const target = new Float32Array(400).fill(7);
		const read = spool.read(0, start, target);
		assert.equal(read, Math.min(400, hours + 350 - start));
		for (let i = 0; i < read; i++) assert.equal(target[i], expected(start + i), `sample ${start + i}`);
	}
	assert.equal(spool.read(0, hours + 350, new Float32Array(5)), 0);
	spool.dispose();
});

test('a disk that is nearly full is left to others', () => {
	let free = 2 ** 30;
	const spool = new Spool(temporaryFolder(), undefined, () => free);
	fill(spool, 1, 5_000_000, 16_384);
	free = 10 * 2 ** 20;
	assert.throws(() => fill(spool, 1, 5_000_000, 16_384), { code: 'NO_DISK_SPACE', description: / 10 MB free/ });
	spool.dispose();
});

test('its files are private, and gone when it is disposed of', () => {
	const folder = temporaryFolder();
	const spool = new Spool(folder);
	fill(spool, 2, 1000, 100);
	const files = readdirSync(folder);
	assert.equal(files.length, 2);
	if (process.platform !== 'win32') {
		for (const name of files) assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
	}
	spool.dispose();
	spool.dispose();
	assert.deepEqual(readdirSync(folder), []);
});

function systemError(code: string): Error {
	return Object.assign(new Error(`${code}: refused by the test, write`), { code });
}

function failing(code: string): VoiceprintError {
	const spool = new Spool(temporaryFolder(), () => {
		throw systemError(code);
	});
	try {
		fill(spool, 1, 100, 100);
	} catch (error) {
		assert.ok(error instanceof VoiceprintError);
		assert.doesNotMatch(`${error.message} ${error.description}`, /\bE[A-Z]{4,}\b/);
		return error;
	} finally {
		spool.dispose();
	}
	return assert.fail('nothing was thrown');
}

test('a full disk and other faults have their own codes, without system codes in the text', () => {
	for (const code of ['ENOSPC', 'EDQUOT']) {
		const error = failing(code);
		assert.equal(error.code, 'NO_DISK_SPACE');
		assert.equal(error.message, 'Not enough disk space for the temporary file');
		assert.match(error.description ?? '', /\d+ MB free.*TMPDIR/);
	}
	for (const code of ['EIO', 'EACCES', 'EWHATEVER']) assert.equal(failing(code).code, 'TEMPORARY_FILE');
});

test('a folder that does not exist is a fault of the temporary file', () => {
	const spool = new Spool(join(temporaryFolder(), 'none'));
	assert.throws(() => fill(spool, 1, 10, 10), { code: 'TEMPORARY_FILE' });
});

/** Mounts a small file system, which only root on Linux may; returns how to unmount it. */
function mountSmall(folder: string): (() => void) | undefined {
	try {
		execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
	} catch {
		return undefined;
	}
	return () => execFileSync('umount', [folder]);
}

test('a disk that really fills up', (context) => {
	const folder = temporaryFolder();
	const unmount = mountSmall(folder);
	if (!unmount) {
		context.skip('mounting a small file system needs root on Linux');
		return;
	}
	const spool = new Spool(folder);
	try {
		assert.throws(() => fill(spool, 2, 400_000, 16_384), { code: 'NO_DISK_SPACE' });
	} finally {
		spool.dispose();
		unmount();
	}
});
