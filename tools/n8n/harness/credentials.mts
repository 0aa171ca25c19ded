import type { ICredentialDataDecryptedObject, ICredentialsHelper, INodeProperties } from 'n8n-workflow';

export type CredentialValues = Record<string, ICredentialDataDecryptedObject>;

/**
 * Hands out the values given to a run, by credential type. The base class comes in as an argument, since n8n-workflow
 * must be the very copy that n8n-core loaded.
 */
export function credentialsHelper(
	Base: typeof ICredentialsHelper,
	values: CredentialValues,
	properties: Map<string, INodeProperties[]>,
): ICredentialsHelper {
	class Credentials extends Base {
		getParentTypes() {
			return [];
		}

		async authenticate(_credentials: unknown, _type: string, options: never) {
			return options;
		}

		async preAuthentication() {
			return undefined;
		}

		async runPreAuthentication() {
			return undefined;
		}

		async getCredentials(): Promise<never> {
			throw new Error('The harness holds decrypted credentials only');
		}

		async getDecrypted(_additionalData: unknown, _node: unknown, type: string) {
			const value = values[type];
			if (!value) throw new Error(`The run was given no credential of the type ${type}`);
			return value;
		}

		async updateCredentials() {}

		async updateCredentialsOauthTokenData() {}

		getCredentialsProperties(type: string) {
			return properties.get(type) ?? [];
		}

		isCredentialUsableByNode() {
			return true;
		}
	}
	return new Credentials();
}
