/** The Speech Platform client of an item, and the test of its credential. */
import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	IExecuteFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { randomUUID } from 'node:crypto';
import { VoiceprintError, textOf } from '../../errors';
import { SpeechPlatform, type Transport } from '../../speech-platform';
import { correlationIdOf } from './correlation';
import { CredentialTestTransport, NodeTransport } from './transport';

export const CREDENTIAL = 'speechPlatformApi';

export interface Connection {
	platform: SpeechPlatform;
	/** Sent with every request. */
	correlationId: string;
}

/** @throws VoiceprintError INVALID_CREDENTIAL, SpeechPlatformError INVALID_BASE_URL */
export async function connect(ctx: IExecuteFunctions, itemIndex: number): Promise<Connection> {
	const credential = await ctx.getCredentials(CREDENTIAL, itemIndex);
	const correlationId = correlationIdOf(ctx);
	const transport = new NodeTransport(ctx.helpers, credential);
	return { platform: client(credential, transport, correlationId, ctx.getExecutionCancelSignal()), correlationId };
}

/** n8n calls this from the credential's dialog: whether the API answers there and lets us in. */
export async function speechPlatformApiTest(
	this: ICredentialTestFunctions,
	{ data: credential = {} }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const transport = new CredentialTestTransport(this.helpers, credential);
		const result = await client(credential, transport, randomUUID()).probe();
		if (result.ok) return { status: 'OK', message: 'The Speech Platform API answers at this address' };
		return { status: 'Error', message: result.message };
	} catch (error) {
		return { status: 'Error', message: textOf(error) };
	}
}

function client(
	credential: ICredentialDataDecryptedObject,
	transport: Transport,
	correlationId: string,
	signal?: AbortSignal,
): SpeechPlatform {
	check(credential);
	const baseUrl = typeof credential.baseUrl === 'string' ? credential.baseUrl : '';
	return new SpeechPlatform({ baseUrl, transport, correlationId, signal });
}

const AUTHENTICATIONS: ReadonlySet<unknown> = new Set(['none', 'basic', 'bearer', 'header']);

/** HTTP's characters for the name of a header. */
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** What a header cannot carry; found here, it can be named without being shown. */
// eslint-disable-next-line no-control-regex -- these are what must not get through
const NOT_IN_HEADERS = /[\u0000-\u001f\u007f]|[^\u0000-\u00ff]/;

function check(credential: ICredentialDataDecryptedObject): void {
	const { authentication = 'none', token, headerName, headerValue } = credential;
	if (!AUTHENTICATIONS.has(authentication)) throw invalidCredential("'Authentication' is none of those it can be");
	if (authentication === 'bearer') checkValue('Token', token);
	if (authentication !== 'header') return;
	if (typeof headerName !== 'string' || !HEADER_NAME.test(headerName.trim())) {
		throw invalidCredential("'Header Name' is empty or has characters that a header's name cannot have");
	}
	checkValue('Header Value', headerValue);
}

function checkValue(label: string, value: unknown): void {
	if (typeof value !== 'string' || value.trim() === '') throw invalidCredential(`'${label}' is empty`);
	if (NOT_IN_HEADERS.test(value.trim())) throw invalidCredential(`'${label}' has characters that a header cannot have`);
}

function invalidCredential(what: string): VoiceprintError {
	return new VoiceprintError(
		'INVALID_CREDENTIAL',
		`${what} in the credential for the Speech Platform API`,
		"Open the credential and correct it, or set 'Authentication' to None where the server asks for none.",
	);
}
