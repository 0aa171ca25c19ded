import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { freePortFrom, freePorts } from '../../tools/n8n/ports.mts';

const LINUX_GIVES_FROM = '/proc/sys/net/ipv4/ip_local_port_range';

async function listening(port: number) {
	const server = createServer().listen(port, '127.0.0.1');
	await once(server, 'listening');
	return server;
}

describe('ports for an n8n', () => {
	it('are different and free', async () => {
		const ports = await freePorts(40);
		assert.equal(new Set(ports).size, 40);
		for (const server of await Promise.all(ports.map(listening))) server.close();
	});

	it('are none that the system may give to another process meanwhile', async (test) => {
		if (!existsSync(LINUX_GIVES_FROM)) return test.skip('this system does not tell which ones it gives');
		const [from, to] = readFileSync(LINUX_GIVES_FROM, 'utf8').trim().split(/\s+/).map(Number) as [number, number];
		for (const port of await freePorts(40)) assert.ok(port < from || port > to, `${port} is in ${from} to ${to}`);
	});

	it('are the next ones above a taken one', async () => {
		const [port] = (await freePorts(1)) as [number];
		const server = await listening(port);
		assert.ok((await freePortFrom((server.address() as AddressInfo).port)) > port);
		server.close();
		await once(server, 'close');
		assert.equal(await freePortFrom(port), port);
	});
});
