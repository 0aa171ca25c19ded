import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * The ports that n8n servers for tests get, below those that the system gives to outgoing connections and to servers
 * without a wish (Linux: from 32768 on, others: from 49152 on). n8n opens its ports only after its database is set up,
 * so one of those would be lost to another process now and then.
 */
const OWN_PORTS = { from: 20_000, below: 32_000 };

type Release = () => Promise<void>;

/** Undefined where the port is taken. */
async function hold(port: number): Promise<Release | undefined> {
	const server = createServer();
	return await new Promise((resolve) => {
		server.once('error', () => resolve(undefined));
		server.listen(port, '127.0.0.1', () =>
			resolve(async () => await new Promise((released) => server.close(() => released()))),
		);
	});
}

/** As many different free ports, any of n8n's for tests. */
export async function freePorts(count: number): Promise<number[]> {
	const held = new Map<number, Release>();
	while (held.size < count) {
		const port = randomInt(OWN_PORTS.from, OWN_PORTS.below);
		const release = await hold(port);
		if (release !== undefined) held.set(port, release);
	}
	for (const release of held.values()) await release();
	return [...held.keys()];
}

/** The given port, or the next one above it that is free. */
export async function freePortFrom(port: number): Promise<number> {
	const release = await hold(port);
	if (release === undefined) return await freePortFrom(port + 1);
	await release();
	return port;
}
