/** A long recording is streamed: it is never in memory as a whole, whether its length is known or not. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { startServer } from './support/harness.mts';

const SIZE = 200_000_000;

/** Bytes that buffers on the way and the garbage of the moment may take. */
const ALLOWED = 64 * 1024 * 1024;

describe('uploading 200 MB adds little to the memory', () => {
	for (const length of ['known', 'unknown']) {
		test(`of ${length} length`, async (t) => {
			const server = await startServer(t);
			const script = join(import.meta.dirname, 'support', 'upload.mts');
			const { stdout } = await promisify(execFile)(process.execPath, [script, server.url, `${SIZE}`, length]);
			const { addedBytes } = JSON.parse(stdout) as { addedBytes: number };
			const { parts, headers } = server.posts[1];
			assert.equal(parts[0].bytes, SIZE);
			assert.equal(headers['content-length'] !== undefined, length === 'known');
			t.diagnostic(`${(addedBytes / 2 ** 20).toFixed(1)} MiB`);
			assert.ok(addedBytes < ALLOWED, `${(addedBytes / 2 ** 20).toFixed(1)} MiB`);
		});
	}
});
