/** The nodes against the stand-in server: real HTTP through n8n's own request helper. */
import type { TestContext } from 'node:test';
import type { ICredentialDataDecryptedObject, INodeParameters } from 'n8n-workflow';
import type { HarnessItem, RunOptions, RunResult } from '../../../tools/n8n/harness.mts';
import { startServer } from '../../speech-platform/support/harness.mts';
import type { StandIn, StandInOptions } from '../../speech-platform/server/server.mts';
import { fileItem, harness } from './node.mts';

export { canned, SPEECH, VOICEPRINT } from '../../speech-platform/support/harness.mts';

export const DETECT = 'voiceActivityDetection';
export const EXTRACT = 'extractVoiceprint';

/** Polls without delay. */
const QUICKLY = { pollingInterval: 0.1 };

export interface ApiRun extends Partial<RunOptions> {
	/** Of the credential, beside the base URL. */
	credential?: ICredentialDataDecryptedObject;
}

export interface Api {
	server: StandIn;
	run(node: string, parameters?: INodeParameters, items?: HarnessItem[], rest?: ApiRun): Promise<RunResult>;
	optionsOf(node: string, parameters?: INodeParameters, items?: HarnessItem[], rest?: ApiRun): RunOptions;
}

export function apiOptions(
	baseUrl: string,
	node: string,
	{ options, ...parameters }: INodeParameters = {},
	items: HarnessItem[] = [fileItem()],
	{ credential, ...rest }: ApiRun = {},
): RunOptions {
	return {
		node,
		parameters: { engine: 'api', ...parameters, options: { ...QUICKLY, ...(options as INodeParameters) } },
		items,
		credentials: { speechPlatformApi: { baseUrl, authentication: 'none', ...credential } },
		...rest,
	};
}

/** A server for one test, and the nodes with a credential for it. */
export async function startApi(t: TestContext, options: StandInOptions = {}): Promise<Api> {
	const server = await startServer(t, options);
	const optionsOf: Api['optionsOf'] = (node, ...rest) => apiOptions(server.url, node, ...rest);
	return { server, optionsOf, run: async (...args) => await harness.run(optionsOf(...args)) };
}
