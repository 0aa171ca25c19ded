import type { IAuthenticate, ICredentialType, Icon, INodeProperties } from 'n8n-workflow';
import { authenticationHeaders } from './authentication';

/**
 * The server and, where a proxy in front of it asks for one, a login. The appliance itself asks for none. Both nodes
 * test it (`testedBy`): an answer of 404 in the API's own words means success here, which `test` cannot express.
 */
export class SpeechPlatformApi implements ICredentialType {
	name = 'speechPlatformApi';

	displayName = 'Speech Platform API';

	icon: Icon = { light: 'file:speechPlatformApi.svg', dark: 'file:speechPlatformApi.dark.svg' };

	// The rule is for credentials in n8n's own documentation.
	// eslint-disable-next-line n8n-nodes-base/cred-class-field-documentation-url-miscased
	documentationUrl = 'https://github.com/r-seed-7906ae40/n8n-nodes-voiceprint/blob/main/docs/speech-platform-api.md';

	properties: INodeProperties[] = [
		{
			displayName: 'Base URL',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. http://speech-platform.local:8000',
			description: 'Address of the server, without /api. A path before it, as behind a proxy, belongs here.',
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			default: 'none',
			description: 'What the server asks for. The appliance asks for nothing, a proxy in front of it may.',
			options: [
				{ name: 'Basic', value: 'basic' },
				{ name: 'Bearer', value: 'bearer' },
				{ name: 'Header', value: 'header' },
				{ name: 'None', value: 'none' },
			],
		},
		{
			displayName: 'User',
			name: 'user',
			type: 'string',
			default: '',
			displayOptions: { show: { authentication: ['basic'] } },
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			displayOptions: { show: { authentication: ['basic'] } },
		},
		{
			displayName: 'Token',
			name: 'token',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			displayOptions: { show: { authentication: ['bearer'] } },
		},
		{
			displayName: 'Header Name',
			name: 'headerName',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. X-API-Key',
			displayOptions: { show: { authentication: ['header'] } },
		},
		// It is a secret, whatever it is called.
		// eslint-disable-next-line @n8n/community-nodes/credential-unnecessary-password
		{
			displayName: 'Header Value',
			name: 'headerValue',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			displayOptions: { show: { authentication: ['header'] } },
		},
		{
			displayName: 'Ignore SSL Issues (Insecure)',
			name: 'ignoreSslIssues',
			type: 'boolean',
			default: false,
			description: 'Whether to connect even if SSL certificate validation is not possible',
		},
	];

	/** For n8n's HTTP Request node, which can call the server's other technologies with this credential. */
	authenticate: IAuthenticate = async (credentials, options) => ({
		...options,
		headers: { ...options.headers, ...authenticationHeaders(credentials) },
		...(credentials.ignoreSslIssues === true ? { skipSslCertificateValidation: true } : {}),
	});
}
