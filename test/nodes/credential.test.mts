/** The credential: its fields, the header it stands for, and the test in its dialog. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { ICredentialDataDecryptedObject, ICredentialTestFunctions, INodeCredentialTestResult } from 'n8n-workflow';
import { SpeechPlatformApi } from '../../dist/credentials/SpeechPlatformApi.credentials.js';
import * as faults from '../speech-platform/server/faults.mts';
import { NO_OPENSSL, selfSigned } from '../support/certificate.mts';
import { TECHNOLOGY_COUNT } from '../speech-platform/support/harness.mts';
import { DETECT, DIARIZE, EXTRACT, startApi } from './support/api.mts';
import { fileItem, nodeOf } from './support/node.mts';

const FOLDER = join(import.meta.dirname, '..', '..', 'dist', 'credentials');
const credential = new SpeechPlatformApi();

const DEFAULTS = Object.fromEntries(
	credential.properties.map((property) => [property.name, property.default as string | boolean]),
);

/** What n8n's dialog does: it calls the test that a node names, with a helper for requests and nothing else. */
async function testCredential(data: ICredentialDataDecryptedObject, node = DETECT): Promise<INodeCredentialTestResult> {
	const require = createRequire(import.meta.url);
	const { CredentialTestContext } = require('n8n-core') as { CredentialTestContext: new (data: object) => ICredentialTestFunctions };
	const { description, methods } = nodeOf(node);
	const { testedBy } = description.credentials!.find(({ name }) => name === credential.name)!;
	const test = methods!.credentialTest![testedBy as string];
	return await test.call(new CredentialTestContext({}), { id: '1', name: 'x', type: credential.name, data: { ...DEFAULTS, ...data } });
}

describe('the credential', () => {
	it('has the fields that are stored', () => {
		assert.deepEqual(DEFAULTS, {
			baseUrl: '',
			authentication: 'none',
			user: '',
			password: '',
			token: '',
			headerName: '',
			headerValue: '',
			ignoreSslIssues: false,
		});
		assert.equal(credential.name, 'speechPlatformApi');
	});

	it('hides secrets, and shows fields with the authentication that needs them', () => {
		const field = (name: string) => credential.properties.find((property) => property.name === name)!;
		for (const name of ['password', 'token', 'headerValue']) assert.equal(field(name).typeOptions?.password, true);
		const shownWith = (name: string) => field(name).displayOptions?.show?.authentication;
		assert.deepEqual(['user', 'password', 'token', 'headerName', 'headerValue'].map(shownWith), [
			['basic'],
			['basic'],
			['bearer'],
			['header'],
			['header'],
		]);
	});

	it('has icons for both themes', () => {
		const { light, dark } = credential.icon as { light: string; dark: string };
		for (const icon of [light, dark]) assert.ok(existsSync(join(FOLDER, icon.replace('file:', ''))));
	});

	it("works in n8n's HTTP Request node too", async () => {
		const authenticate = credential.authenticate as (data: object, options: object) => Promise<object>;
		const request = { url: 'http://x', headers: { accept: 'text/plain' } };
		assert.deepEqual(await authenticate({ authentication: 'bearer', token: ' t ', ignoreSslIssues: true }, request), {
			url: 'http://x',
			headers: { accept: 'text/plain', Authorization: 'Bearer t' },
			skipSslCertificateValidation: true,
		});
		assert.deepEqual(await authenticate({ authentication: 'none' }, request), request);
	});

	it('is needed by the nodes that take media where the engine is the API, and only there', () => {
		for (const node of [DETECT, EXTRACT, DIARIZE]) {
			const [entry, ...more] = nodeOf(node).description.credentials!;
			assert.equal(more.length, 0);
			assert.equal(entry.required, true);
			assert.deepEqual(entry.displayOptions, { show: { engine: ['api'] } });
		}
	});
});

describe('the test of the credential', () => {
	for (const node of [DETECT, EXTRACT, DIARIZE]) {
		it(`succeeds where the API answers, without an upload (${node})`, async (t) => {
			const { server } = await startApi(t, { prefix: '/speech' });
			const result = await testCredential({ baseUrl: `${server.url}/` }, node);
			assert.equal(result.status, 'OK');
			assert.deepEqual(server.requests.map(({ method, bytes }) => [method, bytes]), Array(TECHNOLOGY_COUNT).fill(['GET', 0]));
		});
	}

	it('sends the login', async (t) => {
		const { server } = await startApi(t, { authorization: 'Bearer right' });
		const attempt = async (token: string) => await testCredential({ baseUrl: server.url, authentication: 'bearer', token });
		assert.equal((await attempt('right')).status, 'OK');
		const { status, message } = await attempt('wrong');
		assert.equal(status, 'Error');
		assert.doesNotMatch(message, /wrong/);
	});

	const cases: Array<[name: string, fault: faults.Fault]> = [
		["a proxy's login page", faults.loginPage()],
		["a proxy's 401", faults.unauthorized()],
		['a redirect to a login', faults.redirect('/login')],
		['a page that is not there', faults.page(404, '404 Not Found')],
		['another API that knows no such path', faults.answer({ detail: 'Not Found' }, 404)],
		['JSON that is not of the API', faults.answer({ hello: 'world' })],
		['a server error', faults.serverError()],
		['no JSON', faults.invalidJson()],
		['a connection that breaks', faults.resetAtOnce()],
	];
	for (const [name, fault] of cases) {
		it(`fails with a reason for ${name}`, async (t) => {
			const { server } = await startApi(t);
			server.inject('GET', ...Array<faults.Fault>(TECHNOLOGY_COUNT).fill(fault));
			const { status, message } = await testCredential({ baseUrl: server.url });
			assert.equal(status, 'Error');
			assert.ok(message.length > 15, message);
		});
	}

	for (const baseUrl of ['http://127.0.0.1:1', 'http://nobody.invalid', '', 'appliance:8000']) {
		it(`fails with a reason for the base URL '${baseUrl}'`, async () => {
			const { status, message } = await testCredential({ baseUrl });
			assert.equal(status, 'Error');
			assert.ok(message.length > 15, message);
		});
	}

	it('fails with a reason for a login that cannot be sent', async () => {
		const { status, message } = await testCredential({ baseUrl: 'http://127.0.0.1:1', authentication: 'bearer', token: '' });
		assert.equal(status, 'Error');
		assert.match(message, /'Token' is empty/);
	});
});

describe('a certificate that nobody trusts', { skip: NO_OPENSSL }, () => {
	it('fails the test, and is no matter with Ignore SSL Issues', async (t) => {
		const { server } = await startApi(t, { tls: selfSigned() });
		const { status, message } = await testCredential({ baseUrl: server.url });
		assert.equal(status, 'Error');
		assert.match(message, /encrypted connection.*'Ignore SSL Issues'/);
		assert.equal((await testCredential({ baseUrl: server.url, ignoreSslIssues: true })).status, 'OK');
	});

	it('fails the item, and is no matter with Ignore SSL Issues', async (t) => {
		const { server, run } = await startApi(t, { tls: selfSigned() });
		const { error } = await run(DETECT);
		assert.equal(error!.context.code, 'TLS_FAULT');
		assert.match(error!.description!, /Ignore SSL Issues/);
		assert.equal(server.requests.length, 0);
		const trusting = await run(DETECT, {}, [fileItem()], { credential: { ignoreSslIssues: true } });
		assert.equal(trusting.output[0].json.state, 'done');
	});
});
