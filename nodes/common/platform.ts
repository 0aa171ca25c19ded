/** The Speech Platform client of an item, and the test of its credential. */
import type {
	ICredentialDataDecryptedObject,
	ICredentialsDecrypted,
	ICredentialTestFunctions,
	IExecuteFunctions,
	INodeCredentialTestResult,
} from 'n8n-workflow';
import { randomUUID } from 'node:crypto';
import { authenticationHeaders, secretsOf } from '../../credentials/authentication';
import { VoiceprintError, textOf } from '../../errors';
import { pacesFor, redactor, SpeechPlatform, type Paces, type SpeechPlatformOptions } from '../../speech-platform';
import { correlationIdOf } from './correlation';
import { CredentialTestTransport, NodeTransport } from './transport';

export const CREDENTIAL = 'speechPlatformApi';

export interface Connection {
	platform: SpeechPlatform;
	/** Sent with every request. */
	correlationId: string;
}

/** The servers of one run of a node: all items share what is known of a server's rate limit. */
export class Servers {
	/** By base URL; a credential may be chosen by an expression. */
	private readonly paces = new Map<unknown, Paces>();

	/** Tasks that a server has accepted, by item: they go on there, and are charged, whatever becomes of this run. */
	readonly accepted = new Map<number, string>();

	/** Made once, as without an execution it is a random one. */
	private readonly correlationId: string;

	/** @param ending Ends what is under way where the node ends by an error. */
	constructor(
		private readonly ctx: IExecuteFunctions,
		private readonly ending?: AbortSignal,
	) {
		this.correlationId = correlationIdOf(ctx);
	}

	/** @throws VoiceprintError INVALID_CREDENTIAL, SpeechPlatformError INVALID_BASE_URL */
	async connect(itemIndex: number): Promise<Connection> {
		const { ctx, correlationId, ending } = this;
		const signal = ctx.getExecutionCancelSignal();
		const credential = await ctx.getCredentials(CREDENTIAL, itemIndex);
		const transport = new NodeTransport(ctx.helpers, credential);
		const { baseUrl } = credential;
		const paces = this.paces.get(baseUrl) ?? pacesFor();
		this.paces.set(baseUrl, paces);
		return { platform: client(credential, { transport, correlationId, signal, ending, paces }), correlationId };
	}
}

/** n8n calls this from the credential's dialog: whether the API answers there and lets us in. */
export async function speechPlatformApiTest(
	this: ICredentialTestFunctions,
	{ data: credential = {} }: ICredentialsDecrypted,
): Promise<INodeCredentialTestResult> {
	try {
		const transport = new CredentialTestTransport(this.helpers, credential);
		const result = await client(credential, { transport, correlationId: randomUUID() }).probe();
		if (result.ok) return { status: 'OK', message: successText(result.missing) };
		return { status: 'Error', message: result.message };
	} catch (error) {
		return { status: 'Error', message: textOf(error) };
	}
}

function successText(missing: string[]): string {
	const answers = 'The Speech Platform API answers at this address';
	return missing.length === 0 ? answers : `${answers}. It does not offer ${missing.join(' and ')}.`;
}

function client(
	credential: ICredentialDataDecryptedObject,
	options: Omit<SpeechPlatformOptions, 'baseUrl' | 'redact'>,
): SpeechPlatform {
	check(credential);
	const baseUrl = typeof credential.baseUrl === 'string' ? credential.baseUrl : '';
	const secrets = secretsOf(credential);
	return new SpeechPlatform({ ...options, baseUrl, ...(secrets.length > 0 ? { redact: redactor(secrets) } : {}) });
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
	// Without the word that may be pasted with it.
	if (authentication === 'bearer') checkValue('Token', token && authenticationHeaders(credential).Authorization?.replace(/^Bearer /, ''));
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
