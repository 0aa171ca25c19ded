/** The header that a Speech Platform API credential stands for. */
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

type Authentication = 'none' | 'bearer' | 'basic' | 'header';

const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');

type Header = [name: string, value: string];

const HEADERS: Record<Authentication, (credential: ICredentialDataDecryptedObject) => Header[]> = {
	none: () => [],
	bearer: ({ token }) => [['Authorization', `Bearer ${text(token)}`]],
	// A password may begin or end with a space.
	basic: ({ user, password }) => {
		const login = `${text(user)}:${typeof password === 'string' ? password : ''}`;
		return [['Authorization', `Basic ${Buffer.from(login).toString('base64')}`]];
	},
	header: ({ headerName, headerValue }) => [[text(headerName), text(headerValue)]],
};

/** Empty where the credential asks for no authentication. */
export function authenticationHeaders(credential: ICredentialDataDecryptedObject): Record<string, string> {
	const headers = HEADERS[credential.authentication as Authentication] ?? HEADERS.none;
	return Object.fromEntries(headers(credential));
}
