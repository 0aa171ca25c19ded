/** The header that a Speech Platform API credential stands for. */
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';

type Authentication = 'none' | 'bearer' | 'basic' | 'header';

const text = (value: unknown) => (typeof value === 'string' ? value.trim() : '');

/** Documentation shows tokens with the word that goes before them, and so they are pasted. */
const tokenOf = (value: unknown) => text(value).replace(/^(authorization\s*:\s*)?(bearer(\s+|$))+/i, '');

type Header = [name: string, value: string];

const HEADERS: Record<Authentication, (credential: ICredentialDataDecryptedObject) => Header[]> = {
	none: () => [],
	bearer: ({ token }) => [['Authorization', `Bearer ${tokenOf(token)}`]],
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

/** What must not be seen by anybody who sees what a server answers. */
export function secretsOf(credential: ICredentialDataDecryptedObject): string[] {
	const { authentication, user, password, headerValue, token } = credential;
	const values: Record<Authentication, unknown[]> = {
		none: [],
		basic: [user, password],
		bearer: [token, tokenOf(token)],
		header: [headerValue],
	};
	const headers = Object.values(authenticationHeaders(credential)).map((value) => value.replace(/^(Basic|Bearer) /, ''));
	const texts = (values[authentication as Authentication] ?? []).map((value) => (typeof value === 'string' ? value : ''));
	// A custom header may hold a scheme and a token: the token alone is a secret too.
	const parts = authentication === 'header' ? text(headerValue).split(/\s+/).filter((part) => part.length >= 8) : [];
	return [...texts, ...texts.map((value) => value.trim()), ...headers, ...parts].filter((value) => value !== '');
}
