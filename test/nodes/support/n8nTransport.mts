/** The nodes' transport over n8n's own request helper, without a node. */
import { createRequire } from 'node:module';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

// The copies that the nodes use: `import` would load other ones.
const require = createRequire(import.meta.url);
const { NodeTransport } = require('../../../dist/nodes/common/transport.js') as typeof import('../../../dist/nodes/common/transport.js');

/** n8n's helper itself, as it gives it to nodes. */
function n8nHelpers() {
	const core = createRequire(require.resolve('n8n-core'));
	core('reflect-metadata');
	const { OutboundHttp, configureGlobalAxiosDefaults } = core('@n8n/backend-network');
	configureGlobalAxiosDefaults();
	return core('@n8n/di').Container.get(OutboundHttp).requests();
}

const client = n8nHelpers();

export const n8nTransport = (credential: ICredentialDataDecryptedObject) =>
	new NodeTransport({ httpRequest: async (options: object) => await client.request(options) }, credential);
