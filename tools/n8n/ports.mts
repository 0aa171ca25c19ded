import { randomInt } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';

/**
 * The ports that n8n servers for tests get, below those that the system gives to outgoing connections and to servers
 * without a wish (Linux: from 32768 on, others: from 49152 on). n8n opens its ports only after its database is set up,
 * so one of those would be lost to another process now and then.
 */
const OWN_PORTS = { from: 20_000, below: 32_000 };

interface HeldPort {
	port: number;
	release(): Promise<void>;
}

/** Undefined where the port is taken. */
async function hold(port: number): Promise<HeldPort | undefined> {
	const server = createServer();
	return await new Promise((resolve) => {
		server.once('error', () => resolve(undefined));
		server.listen(port, '127.0.0.1', () =>
			resolve({
				port: (server.address() as AddressInfo).port,
				release: async () => await new Promise((done) => server.close(() => done())),
			}),
		);
	});
}

/** As many different free ports, any of n8n's for tests. */
export async function freePorts(count: number): Promise<number[]> {
	const held: HeldPort[] = [];
	while (held.length < count) {
		const found = await hold(randomInt(OWN_PORTS.from, OWN_PORTS.below));
		if (found !== undefined) held.push(found);
	}
	await Promise.all(held.map(async ({ release }) => await release()));
	return held.map(({ port }) => port);
}

/** The given port, or the next one above it that is free. */
export async function freePortFrom(port: number): Promise<number> {
	const found = await hold(port);
	if (found === undefined) return await freePortFrom(port + 1);
	await found.release();
	return port;
}
