import { createServer, type AddressInfo } from 'node:net';

/** The port itself where it is free, undefined where it is taken. Port 0 gives any free one. */
async function tryPort(port: number): Promise<number | undefined> {
	const server = createServer();
	return await new Promise((resolve) => {
		server.once('error', () => resolve(undefined));
		server.listen(port, '127.0.0.1', () => {
			const { port: found } = server.address() as AddressInfo;
			server.close(() => resolve(found));
		});
	});
}

export async function freePort(): Promise<number> {
	return (await tryPort(0))!;
}

/** The given port, or the next one above it that is free. */
export async function freePortFrom(port: number): Promise<number> {
	return (await tryPort(port)) ?? (await freePortFrom(port + 1));
}
