/** Whatever goes wrong on the way to a result is a typed error of its item, and no secret leaves the house. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { IExecuteFunctions, INodeType } from 'n8n-workflow';
import * as faults from '../speech-platform/server/faults.mts';
import type { Fault } from '../speech-platform/server/faults.mts';
import { startServer } from '../speech-platform/support/harness.mts';
import { until } from '../support/engine.mts';
import { apiOptions, DETECT, EXTRACT, startApi } from './support/api.mts';
import { fileItem, harness, nodeOf, SYSTEM_TEXT } from './support/node.mts';

const SECRET = 's3cret-token';
const BEARER = { authentication: 'bearer', token: SECRET };

interface Failure {
	message: string;
	code: string;
	description: string;
	type?: string;
	http_status?: number;
	detail?: Array<{ type: string }>;
	correlation_id?: string;
	request_id?: string;
	task_id?: string;
}

const ON = { onError: 'continueRegularOutput', credential: BEARER } as const;

/** By method, code and what the message says. */
const CASES: Array<[name: string, method: 'GET' | 'POST', fault: Fault, code: string, message: RegExp, status?: number]> = [
	['400', 'POST', faults.invalidRequest(), 'REQUEST_INVALID', /request/i, 400],
	['401 of a proxy', 'POST', faults.unauthorized(), 'UNAUTHORIZED', /./, 401],
	['403, license exhausted', 'POST', faults.licenseExhausted(), 'LICENSE_EXHAUSTED', /licen[sc]e/i, 403],
	['403', 'POST', faults.forbidden(), 'FORBIDDEN', /./, 403],
	['404 of an expired task', 'GET', faults.expired(), 'TASK_NOT_FOUND', /expired/, 404],
	['404 of a proxy', 'POST', faults.page(404, '404 Not Found'), 'API_NOT_FOUND', /./, 404],
	['405', 'POST', faults.methodNotAllowed(), 'METHOD_NOT_ALLOWED', /./, 405],
	['413', 'POST', faults.tooLarge(), 'UPLOAD_TOO_LARGE', /1048\.6 MB.*524\.3 MB/, 413],
	['422', 'POST', faults.notValid(), 'REQUEST_REFUSED', /./, 422],
	['500', 'POST', faults.serverError(), 'SERVER_ERROR', /./, 500],
	['a redirect', 'POST', faults.redirect('http://127.0.0.1:9/'), 'REDIRECTED', /./, 302],
	['a login page', 'POST', faults.loginPage(), 'NOT_THE_API', /./],
	['invalid JSON', 'POST', faults.invalidJson(), 'INVALID_ANSWER', /./],
	['a rejected task', 'POST', faults.rejected(), 'TASK_REJECTED', /could not be decoded/],
	['a failed task', 'POST', faults.failed(), 'TASK_FAILED', /./],
	['an answer that never comes', 'POST', faults.resetAfterAccepting(), 'CONNECTION_LOST', /broke off/],
];

// They wait for most of their time, each for a server of its own.
describe('an item whose request meets', { concurrency: 4 }, () => {
	for (const [name, method, fault, code, message, status] of CASES) {
		it(`${name} says so, and the others go on`, async (t) => {
			const { server, run } = await startApi(t);
			const clean = Array.from({ length: method === 'POST' ? 1 : 3 }, () => undefined);
			server.inject(method, ...clean, fault);
			// One after the other, so that the fault meets the second.
			const parameters = { options: { filesAtOnce: 1 } };
			const { output, status: ended } = await run(DETECT, parameters, [fileItem(), fileItem(), fileItem()], ON);
			assert.equal(ended, 'success');
			assert.deepEqual(
				output.map(({ json, pairedItem }) => [(json.error as Failure | undefined)?.code ?? json.state, pairedItem]),
				[
					['done', { item: 0 }],
					[code, { item: 1 }],
					['done', { item: 2 }],
				],
			);
			const error = output[1].json.error as Failure;
			assert.match(error.message, message);
			assert.match(error.message, / \[item 1\]$/);
			assert.doesNotMatch(error.message, SYSTEM_TEXT);
			assert.ok(error.description.length > 20, 'says what to do');
			assert.equal(error.http_status, status ?? error.http_status);
			assert.equal(error.correlation_id, output[0].json.correlation_id);
			assert.doesNotMatch(JSON.stringify(output), new RegExp(SECRET));
			// Nothing is sent twice where it might have been accepted.
			assert.equal(server.posts.length, 3);
		});
	}
});

describe('an error', () => {
	it('keeps what the API said, as fields of the item', async (t) => {
		const { server, run } = await startApi(t);
		server.inject('POST', faults.notValid());
		const { output } = await run(EXTRACT, {}, [fileItem()], ON);
		const error = output[0].json.error as Failure;
		assert.equal(error.type, 'request.validation-error');
		assert.deepEqual(error.detail!.map(({ type }) => type), ['enum', 'range']);
		assert.equal(error.http_status, 422);
		assert.equal(error.request_id, server.posts[0].headers['x-request-id']);
		assert.match(error.description, new RegExp(error.correlation_id!));
		assert.match(error.description, /request\.validation-error/);
		assert.deepEqual(Object.keys(output[0].json), ['error']);
	});

	it('of a task names the task', async (t) => {
		const { server, run } = await startApi(t);
		server.inject('POST', faults.rejected());
		const { output } = await run(DETECT, {}, [fileItem()], ON);
		assert.equal((output[0].json.error as Failure).task_id, server.posts[0].taskId);
	});

	it("is n8n's error of an API where the workflow stops, with our words", async (t) => {
		const { server, run } = await startApi(t);
		server.inject('POST', faults.licenseExhausted());
		const { error, status, run: recorded } = await run(DETECT, {}, [fileItem()], { credential: BEARER });
		assert.equal(status, 'error');
		assert.equal(error!.name, 'NodeApiError');
		assert.match(error!.message, /licen[sc]e.*\[item 0\]$/i);
		assert.doesNotMatch(error!.message, /perhaps check your credentials/);
		assert.equal(error!.itemIndex, 0);
		assert.equal(error!.context.http_status, 403);
		assert.equal((recorded.data.resultData.error as unknown as { httpCode: string }).httpCode, '403');
		assert.doesNotMatch(JSON.stringify(recorded), new RegExp(SECRET));
	});

	it('goes to the error output with its fields', async (t) => {
		const { server, run } = await startApi(t);
		server.inject('POST', faults.licenseExhausted());
		const { outputs } = await run(DETECT, {}, [fileItem('one'), fileItem('two')], { onError: 'continueErrorOutput' });
		assert.deepEqual(outputs.map((items) => items.length), [1, 1]);
		assert.equal((outputs[1][0].json.error as Failure).code, 'LICENSE_EXHAUSTED');
		assert.equal(outputs[1][0].json.id, 'call.wav');
	});
});

describe('a fault that passes', () => {
	it('of a request for a task is waited out', async (t) => {
		const { server, run } = await startApi(t);
		server.inject('GET', faults.serverError(), faults.resetAtOnce(), faults.cutAnswer(), faults.rateLimited({ 'retry-after': 0.2 }));
		const { output, error } = await run(DETECT);
		assert.equal(error?.message, undefined);
		assert.equal(output[0].json.state, 'done');
		assert.equal(server.posts.length, 1);
	});

	it('of an upload is repeated where the server did not take the file, with all of its bytes', async (t) => {
		const { server, run } = await startApi(t);
		server.inject('POST', faults.rateLimited({ 'retry-after': 0.2 }), faults.unavailable({ 'retry-after': 0.2 }));
		const { error } = await run(DETECT, {}, [fileItem('x '.repeat(150_000))]);
		assert.equal(error?.message, undefined);
		assert.deepEqual(server.posts.map(({ status }) => status), [429, 503, 202]);
		assert.equal(server.posts[2].parts[0].bytes, 300_000);
	});
});

describe('a server that cannot be reached', () => {
	const failureAt = async (baseUrl: string, credential = {}) => {
		const { error } = await harness.run(apiOptions(baseUrl, DETECT, {}, [fileItem()], { credential }));
		assert.doesNotMatch(error!.message, SYSTEM_TEXT);
		assert.ok(error!.description!.length > 20);
		return error!.context.code;
	};

	it('because nothing listens there', { timeout: 30_000 }, async () => {
		assert.equal(await failureAt('http://127.0.0.1:1'), 'CONNECTION_REFUSED');
	});

	it('because nobody knows its name', { timeout: 30_000 }, async () => {
		assert.equal(await failureAt('http://speech-platform.invalid'), 'HOST_NOT_FOUND');
	});

	it('because the base URL is none', async () => {
		for (const baseUrl of ['', 'appliance:8000', 'ftp://appliance', 'http://user:secret@appliance']) {
			assert.equal(await failureAt(baseUrl), 'INVALID_BASE_URL');
		}
	});

	it('because the login in the credential cannot be sent', async () => {
		for (const credential of [
			{ authentication: 'bearer', token: ' ' },
			{ authentication: 'bearer', token: 'line\nbreak' },
			{ authentication: 'header', headerName: 'not a name', headerValue: 'x' },
			{ authentication: 'header', headerName: 'X-Key', headerValue: '\u{1F600}' },
			{ authentication: 'kerberos' },
		]) {
			assert.equal(await failureAt('http://127.0.0.1:1', credential), 'INVALID_CREDENTIAL');
		}
	});
});

describe('the login of the credential', () => {
	for (const [credential, authorization] of [
		[BEARER, `Bearer ${SECRET}`],
		[{ authentication: 'basic', user: 'ann', password: 'p:ä ' }, `Basic ${Buffer.from('ann:p:ä ').toString('base64')}`],
		[{ authentication: 'header', headerName: 'Authorization', headerValue: 'Key 1' }, 'Key 1'],
	] as const) {
		it(`goes along with every request: ${credential.authentication}`, async (t) => {
			const { run } = await startApi(t, { authorization });
			assert.equal((await run(DETECT, {}, [fileItem()], { credential })).error?.message, undefined);
		});
	}

	it('is not sent where the credential has none', async (t) => {
		const { server, run } = await startApi(t);
		await run(DETECT, {}, [fileItem()], { credential: { token: SECRET, user: 'ann', password: 'p' } });
		for (const { headers } of server.requests) assert.equal(headers.authorization, undefined);
	});

	it('stays home where the server points elsewhere', async (t) => {
		const elsewhere = await startServer(t);
		const { server, run } = await startApi(t, { foreignOrigin: elsewhere.origin });
		const { output } = await run(DETECT, {}, [fileItem()], { credential: BEARER });
		assert.equal(output[0].json.state, 'done');
		server.inject('POST', faults.redirect(`${elsewhere.origin}/api/technology/voice-activity-detection`));
		assert.equal((await run(DETECT, {}, [fileItem()], { credential: BEARER })).error!.context.code, 'REDIRECTED');
		assert.equal(elsewhere.requests.length, 0);
	});
});

describe("n8n's storage", () => {
	/** Runs with another helper of n8n's in the node's hands. */
	async function withHelper(t: TestContext, helper: Partial<IExecuteFunctions['helpers']>) {
		const { server, run } = await startApi(t);
		const tested = nodeOf(DETECT);
		const { execute } = Object.getPrototypeOf(tested) as INodeType;
		tested.execute = async function () {
			Object.assign(this.helpers, helper);
			return await execute!.call(this);
		};
		t.after(() => delete (tested as Partial<INodeType>).execute);
		const { error } = await run(DETECT, {}, [fileItem('x'.repeat(500_000))]);
		return { server, error: error! };
	}

	async function* broken() {
		yield Buffer.alloc(100_000);
		await sleep(50);
		throw new Error('connection to the bucket lost');
	}

	it('that loses a file half-way is the cause, and not the connection', async (t) => {
		const { server, error } = await withHelper(t, { getBinaryStream: async () => Readable.from(broken()) });
		assert.equal(error.context.code, 'BINARY_NOT_READABLE');
		assert.match(error.description!, /bucket lost/);
		await until(() => server.posts[0].aborted, 'the connection to go', 1000);
		assert.equal(server.tasks.size, 0);
	});

	it('that has lost a file is asked before anything is sent', async (t) => {
		const missing = () => Promise.reject(new Error('ENOENT: no such file'));
		const { server, error } = await withHelper(t, { getBinaryMetadata: missing });
		assert.equal(error.context.code, 'BINARY_NOT_READABLE');
		assert.equal(server.requests.length, 0);
	});
});

it('a base URL with a path and a slash at its end works, with compressed answers', async (t) => {
	const server = await startServer(t, { prefix: '/speech', gzip: true });
	const { error, output } = await harness.run(apiOptions(`${server.url}/`, DETECT));
	assert.equal(error?.message, undefined);
	assert.equal(output[0].json.state, 'done');
});
