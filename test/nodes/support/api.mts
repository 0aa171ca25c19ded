/** The nodes against the stand-in server: real HTTP through n8n's own request helper. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { ICredentialDataDecryptedObject, INodeParameters } from 'n8n-workflow';
import type { HarnessItem, RunOptions, RunResult } from '../../../tools/n8n/harness.mts';
import { startServer } from '../../speech-platform/support/harness.mts';
import type { StandIn, StandInOptions } from '../../speech-platform/server/server.mts';
import { fileItem, harness } from './node.mts';

export { canned, SPEAKERS, SPEECH, VOICEPRINT } from '../../speech-platform/support/harness.mts';

export const DETECT = 'voiceActivityDetection';
export const EXTRACT = 'extractVoiceprint';
export const DIARIZE = 'speakerDiarization';

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
	const run: Api['run'] = async (...args) => {
		const options = optionsOf(...args);
		const result = await harness.run(options);
		assertNoLogin(options.credentials!.speechPlatformApi, result);
		return result;
	};
	return { server, optionsOf, run };
}

/** Characters of a value that is in no text by chance. */
const SURELY_SECRET = 6;

/** Whatever a test is about: no value of the login is in anything that n8n records of the run. */
function assertNoLogin(credential: ICredentialDataDecryptedObject, { run, output, hints }: RunResult): void {
	const record = JSON.stringify([run.data.resultData, output, hints]);
	for (const name of ['token', 'password', 'headerValue']) {
		const value = credential[name];
		if (typeof value === 'string' && value.length >= SURELY_SECRET) assert.ok(!record.includes(value), `the ${name} came out`);
	}
}
