/** No value of a login comes out, whatever a server repeats and wherever: outputs, errors, all that n8n records, logs. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import { redactor } from '../../dist/speech-platform/index.js';
import { authenticationHeaders, secretsOf } from '../../dist/credentials/authentication.js';
import type * as faults from '../speech-platform/server/faults.mts';
import * as misbehaviour from '../speech-platform/server/misbehaviour.mts';
import { SPEECH } from '../speech-platform/support/harness.mts';
import { DETECT, startApi } from './support/api.mts';
import { fileItem } from './support/node.mts';

/** With characters that JSON, addresses, web pages and patterns write in other ways. */
const LOGINS: Record<string, { credential: ICredentialDataDecryptedObject; values: string[] }> = {
	bearer: { credential: { authentication: 'bearer', token: 'tok/en"1&2+3.4' }, values: ['tok/en"1&2+3.4'] },
	'bearer, pasted with its word': { credential: { authentication: 'bearer', token: 'Bearer eyJhbGciOi' }, values: ['eyJhbGciOi'] },
	basic: { credential: { authentication: 'basic', user: 'operator7', password: 'pass wörd?' }, values: ['operator7', 'pass wörd?', Buffer.from('operator7:pass wörd?').toString('base64')] },
	'a header of its own': { credential: { authentication: 'header', headerName: 'X-API-Key', headerValue: 'k3y(value)$' }, values: ['k3y(value)$'] },
	'a header with a scheme': { credential: { authentication: 'header', headerName: 'Authorization', headerValue: 'Token abcdef123456' }, values: ['abcdef123456'] },
	'a short one': { credential: { authentication: 'bearer', token: 'a7' }, values: ['a7'] },
};

/** Values as texts carry them. */
const spellings = (value: string) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1), value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')];

function assertNone(values: string[], ...where: unknown[]): void {
	const text = where.map((one) => JSON.stringify(one)).join('\n');
	for (const value of values) {
		for (const spelling of spellings(value)) {
			// In JSON, what is escaped is escaped once more.
			const written = JSON.stringify(spelling).slice(1, -1);
			const pattern = new RegExp(`(?<![\\w-])${written.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`);
			assert.doesNotMatch(text, pattern);
		}
	}
}

const repeats = (request: Parameters<faults.Fault['act']>[0]['request']) => String(request.headers.authorization ?? request.headers['x-api-key']);

const page = (status: number, more: (sent: string) => Record<string, string> = () => ({})): faults.Fault => ({
	name: `page that repeats ${status}`,
	outside: true,
	act: async (exchange) => {
		const sent = repeats(exchange.request);
		await exchange.send(status, `<html><title>No entry for ${sent.replaceAll('&', '&amp;')}</title></html>`, { 'content-type': 'text/html', ...more(sent) });
		return true;
	},
});

const ANSWERS: Record<string, ['GET' | 'POST', faults.Fault]> = {
	...Object.fromEntries([400, 401, 403, 413, 418, 422, 429, 500].map((status) => [`${status} of the API`, ['POST', misbehaviour.echo(status)]])),
	'400 to a question': ['GET', misbehaviour.echo(400)],
	'a page': ['POST', page(403)],
	'a login page': ['POST', page(200)],
	'a redirect': ['POST', page(302, (sent) => ({ location: `/login/${encodeURIComponent(sent)}?to=${encodeURIComponent(sent)}` }))],
	'the error of a rejected task': ['GET', misbehaviour.echo(200, (sent) => ({
		task: { state: 'rejected' },
		error: { type: sent, message: sent, detail: [{ location: [sent], message: sent }] },
	}))],
	'the state of a task': ['GET', misbehaviour.echo(200, (sent) => ({ task: { state: sent } }))],
};

const ON = { onError: 'continueRegularOutput' } as const;

for (const [login, { credential, values }] of Object.entries(LOGINS)) {
	// The last ones wait for most of their time, each for a server of its own.
	describe(`a login by ${login}`, { concurrency: 4 }, () => {
		for (const [name, [method, fault]] of Object.entries(ANSWERS)) {
			it(`does not come out with ${name}`, async (t) => {
				const { server, run } = await startApi(t);
				server.inject(method, ...Array.from({ length: 60 }, () => fault));
				const { output, run: recorded, hints } = await run(DETECT, { options: { timeout: 1 } }, [fileItem()], { ...ON, credential });
				const error = output[0].json.error as { description: string };
				assert.ok(error.description);
				const { data } = recorded;
				assertNone(values, output, hints, data.resultData.runData, data.resultData.error);
				assert.match(JSON.stringify(output), /login removed|password|Last state/, 'the text is there, without it');
			});
		}
	});
}

describe('what a login is taken out of', () => {
	it('is no result in which such letters stand by chance', async (t) => {
		const { run } = await startApi(t);
		const { output } = await run(DETECT, {}, [fileItem()], { credential: { authentication: 'bearer', token: 'voice' } });
		assert.deepEqual(output[0].json.channels, SPEECH.channels);
	});

	it('is every text in which a long one stands, a result too', async (t) => {
		const token = 'a-long-secret-token';
		const result = { channels: [{ ...SPEECH.channels[0], segments: [{ segment_type: `voice ${token}`, start_time: 1, end_time: 2 }] }] };
		const { run } = await startApi(t, { compute: async () => ({ state: 'done', result }) });
		const { output } = await run(DETECT, {}, [fileItem()], { credential: { authentication: 'bearer', token } });
		assertNone([token], output);
	});

	it('is not the word in which a short one stands', () => {
		const redact = redactor(['al']);
		assert.equal(redact('Not al, but also alpha.'), 'Not [login removed], but also alpha.');
	});
});

describe('a token', () => {
	for (const token of ['t0ken', ' t0ken ', 'Bearer t0ken', 'bearer  t0ken', 'Authorization: Bearer t0ken', 'Bearer Bearer t0ken']) {
		it(`pasted as ${JSON.stringify(token)} is sent once, as it should be`, () => {
			assert.deepEqual(authenticationHeaders({ authentication: 'bearer', token }), { Authorization: 'Bearer t0ken' });
			assert.ok(secretsOf({ authentication: 'bearer', token }).includes('t0ken'));
		});
	}

	it('that is the word alone is refused', async (t) => {
		const { server, run } = await startApi(t);
		const { error } = await run(DETECT, {}, [fileItem()], { credential: { authentication: 'bearer', token: 'Bearer ' } });
		assert.equal(error!.context.code, 'INVALID_CREDENTIAL');
		assert.equal(server.requests.length, 0);
	});
});
