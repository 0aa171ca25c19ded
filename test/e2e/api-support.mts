/** A stand-in for the Speech Platform, and a credential for it in a real n8n. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import type { INode } from 'n8n-workflow';
import type { RunningN8n } from '../../tools/n8n/server.mts';
import { StandIn, type StandInOptions } from '../speech-platform/server/server.mts';

export const CREDENTIAL = 'speechPlatformApi';

/** Starts a server for the tests around it; the function gives it once they run. */
export function useServer(options: StandInOptions): () => StandIn {
	let server: StandIn | undefined;
	before(async () => {
		server = await new StandIn(options).start();
	});
	after(async () => {
		await server?.close();
		assert.deepEqual(server?.violations, []);
	});
	return () => server!;
}

/** A stored credential, as a node refers to it. */
export async function credentialFor({ client }: RunningN8n, baseUrl: string): Promise<Pick<INode, 'credentials'>> {
	const data = { baseUrl, authentication: 'none' };
	const body = { name: baseUrl, type: CREDENTIAL, data };
	const { id, name } = await client.call<{ id: string; name: string }>('POST', '/rest/credentials', body);
	return { credentials: { [CREDENTIAL]: { id, name } } };
}
