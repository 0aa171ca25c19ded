import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nativeObstacle, thisPlatform } from '../../../../dist/engine/process/runtime/platform.js';

const linux = (glibc: string | undefined, arch = 'x64') => nativeObstacle({ platform: 'linux', arch, glibc });

test('Linux with the GNU C library 2.28 or newer may run native', () => {
	for (const version of ['2.28', '2.36', '3.0']) assert.equal(linux(version), undefined, version);
	assert.equal(linux('2.41', 'arm64'), undefined);
});

test('musl, an old C library and unsupported processors are named', () => {
	assert.match(linux(undefined)!, /Alpine/);
	assert.match(linux('2.17')!, /2\.28 or newer.*2\.17/);
	assert.match(linux('2.36', 'riscv64')!, /linux on riscv64/);
});

test('macOS runs native on Apple processors only, Windows on both', () => {
	assert.match(nativeObstacle({ platform: 'darwin', arch: 'x64', glibc: undefined })!, /darwin on x64/);
	assert.equal(nativeObstacle({ platform: 'darwin', arch: 'arm64', glibc: undefined }), undefined);
	assert.equal(nativeObstacle({ platform: 'win32', arch: 'x64', glibc: undefined }), undefined);
});

test('the probe of this machine leaves the diagnostic report as it was', () => {
	const before = (process.report as { excludeNetwork?: boolean }).excludeNetwork;
	const { platform, arch } = thisPlatform();
	assert.deepEqual([platform, arch], [process.platform, process.arch]);
	assert.equal((process.report as { excludeNetwork?: boolean }).excludeNetwork, before);
});
