/** n8n's protection against forged requests, which blocks private addresses: where most servers of this kind are. */
import assert from 'node:assert/strict';
import { it } from 'node:test';

// n8n reads it once, when it is loaded.
process.env.N8N_SSRF_PROTECTION_ENABLED = 'true';
process.env.N8N_SSRF_ALLOWED_IP_RANGES = '127.0.0.2/32';

const { apiOptions, DETECT, startApi } = await import('./support/api.mts');
const { harness } = await import('./support/node.mts');

it('names the settings that allow an address, and sends nothing', async (t) => {
	const { server, run } = await startApi(t);
	const { error } = await run(DETECT);
	assert.equal(error!.context.code, 'ADDRESS_BLOCKED');
	assert.match(error!.message, /N8N_SSRF_ALLOWED_HOSTNAMES or N8N_SSRF_ALLOWED_IP_RANGES/);
	assert.equal(server.requests.length, 0);
});

it('does so for a name as well', async () => {
	const { error } = await harness.run(apiOptions('http://localhost:8000', DETECT));
	assert.equal(error!.context.code, 'ADDRESS_BLOCKED');
});

it('leaves an allowed address alone', async () => {
	const { error } = await harness.run(apiOptions('http://127.0.0.2:1', DETECT));
	assert.equal(error!.context.code, 'CONNECTION_REFUSED');
});
