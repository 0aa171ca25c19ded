/** HTTP through n8n's own request helper, where servers and networks behave badly. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import FormData from 'form-data';
import type { HttpRequest } from '../../dist/speech-platform/index.js';
import { until } from '../support/engine.mts';
import { n8nTransport } from './support/n8nTransport.mts';

// The copy that the nodes use: `import` would load another one.
const require = createRequire(import.meta.url);
const { transportError } = require('../../dist/nodes/common/transportErrors.js') as typeof import('../../dist/nodes/common/transportErrors.js');

const transport = n8nTransport({});

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
	const server = createServer(listener).listen(0, '127.0.0.1');
	t.after(() => {
		server.closeAllConnections();
		server.close();
	});
	await new Promise((resolve) => server.once('listening', resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const get = (url: string, rest: Partial<HttpRequest> = {}): HttpRequest => ({ method: 'GET', url, headers: {}, ...rest });

function upload(url: string, content: Readable, length: number): HttpRequest {
	const body = new FormData();
	body.append('file', content, { filename: 'a.wav', knownLength: length });
	return { method: 'POST', url, headers: { ...body.getHeaders(), 'content-length': `${body.getLengthSync()}` }, body };
}

function zeros(bytes: number): Readable {
	let left = bytes;
	return new Readable({
		read(size) {
			const chunk = Math.min(size, left);
			left -= chunk;
			setImmediate(() => this.push(chunk > 0 ? Buffer.alloc(chunk) : null));
		},
	});
}

describe('an answer', () => {
	it('comes as text for every status, with its headers, whatever it is', async (t) => {
		const url = await serve(t, (_, response) => response.writeHead(503, { 'retry-after': '7' }).end('{ not JSON'));
		const { status, headers, body } = await transport.send(get(url));
		assert.deepEqual([status, headers['retry-after'], body], [503, '7', '{ not JSON']);
	});

	it('that points elsewhere is not followed', async (t) => {
		let asked = 0;
		const url = await serve(t, (_, response) => {
			asked += 1;
			response.writeHead(302, { location: '/elsewhere' }).end();
		});
		assert.equal((await transport.send(get(url))).status, 302);
		assert.equal(asked, 1);
	});

	it('that never ends is not read to the end of memory', async (t) => {
		let closed = false;
		const block = Buffer.alloc(2 ** 20, 'x');
		const url = await serve(t, (_, response) => {
			response.once('close', () => (closed = true));
			const more = () => {
				while (!response.destroyed && response.write(block));
				response.once('drain', more);
			};
			more();
		});
		await assert.rejects(transport.send(get(url)), { kind: 'tooLarge', message: /67108864 bytes/ });
		await until(() => closed, 'the connection to go', 1000);
	});

	it('that breaks off is no answer', async (t) => {
		const url = await serve(t, (_, response) => {
			response.writeHead(200, { 'content-length': 100 }).write('half');
			setTimeout(() => response.destroy(), 50);
		});
		await assert.rejects(transport.send(get(url)), { kind: 'reset', requestSent: true });
	});

	for (const half of [false, true]) {
		it(`is not waited for where nobody wants it any more${half ? ', half-way' : ''}`, async (t) => {
			const abort = new AbortController();
			let closed = false;
			const url = await serve(t, (_, response) => {
				response.once('close', () => (closed = true));
				if (half) response.writeHead(200, { 'content-length': 100 }).write('half');
				setTimeout(() => abort.abort(), 100);
			});
			await assert.rejects(transport.send(get(url, { signal: abort.signal })), { kind: 'aborted' });
			await until(() => closed, 'the connection to go', 1000);
		});
	}
});

describe('an upload that is refused before it is through', () => {
	const REFUSAL = JSON.stringify({ type: 'request.size-limit-exceeded', message: 'Too large.' });

	it('ends with the answer, although the connection is closed under it', async (t) => {
		let requests = 0;
		const url = await serve(t, (request, response) => {
			requests += 1;
			response.writeHead(413, { connection: 'close' });
			response.end(REFUSAL, () => request.socket.destroy());
		});
		for (let i = 0; i < 5; i++) {
			const { status, body } = await transport.send(upload(url, zeros(50 * 2 ** 20), 50 * 2 ** 20));
			assert.deepEqual([status, body], [413, REFUSAL]);
		}
		assert.ok(requests <= 10, 'asked for its reason once at most');
	});

	it('ends with the fault where the server gives no reason', async (t) => {
		let bytes = 0;
		const url = await serve(t, (request) => {
			request.on('data', (chunk: Buffer) => {
				bytes += chunk.length;
				request.socket.resetAndDestroy();
			});
			request.on('error', () => {});
		});
		await assert.rejects(transport.send(upload(url, zeros(50 * 2 ** 20), 50 * 2 ** 20)), { kind: 'reset', requestSent: true });
		assert.ok(bytes < 2 ** 20);
	});

	it('is not asked about where all of it was sent: it may have been accepted', async (t) => {
		let requests = 0;
		const url = await serve(t, (request) => {
			requests += 1;
			request.resume().on('end', () => request.socket.resetAndDestroy());
		});
		await assert.rejects(transport.send(upload(url, zeros(1000), 1000)), { kind: 'reset', requestSent: true });
		assert.equal(requests, 1);
	});
});

describe('a fault', () => {
	const coded = (code: string, message = '', more: object = {}) => Object.assign(new Error(message), { code, ...more });
	const cases: Array<[name: string, thrown: unknown, kind: string, requestSent: boolean]> = [
		['a refused connection', coded('ECONNREFUSED', '', { syscall: 'connect' }), 'refused', false],
		['one at each address of a host', new AggregateError([coded('ECONNREFUSED')], ''), 'refused', false],
		['an unknown name', coded('ENOTFOUND'), 'dns', false],
		['a name server that is away', coded('EAI_AGAIN'), 'dns', false],
		['a self-signed certificate', coded('DEPTH_ZERO_SELF_SIGNED_CERT'), 'tls', false],
		['a certificate for another host', coded('ERR_TLS_CERT_ALTNAME_INVALID'), 'tls', false],
		['a server that does not encrypt', coded('EPROTO', 'wrong version number'), 'tls', false],
		['one that hangs up on encryption', coded('ECONNRESET', 'Client network socket disconnected before secure TLS connection was established'), 'tls', false],
		["n8n's guard", Object.assign(new Error('x'), { name: 'SsrfBlockedIpError' }), 'blocked', false],
		["n8n's guard, at the connection", new Error('x', { cause: Object.assign(new Error('x'), { name: 'SsrfBlockedHostnameError' }) }), 'blocked', false],
		['a connection that is not made in time', coded('ETIMEDOUT', '', { syscall: 'connect' }), 'timeout', false],
		['a timeout', coded('ECONNABORTED', 'timeout of 300ms exceeded'), 'timeout', true],
		['a reset', coded('ECONNRESET', 'read', { syscall: 'read' }), 'reset', true],
		['a broken pipe', coded('EPIPE', 'write', { syscall: 'write' }), 'reset', true],
		['a host that cannot be reached', coded('EHOSTUNREACH', '', { syscall: 'connect' }), 'other', false],
		['an answer that is no HTTP', coded('HPE_INVALID_CONSTANT', 'Parse Error: Expected HTTP/'), 'notHttp', true],
		['a cancellation', coded('ERR_CANCELED'), 'aborted', true],
		['anything else', 'text', 'other', true],
	];
	for (const [name, thrown, kind, requestSent] of cases) {
		it(`is told from others: ${name}`, () => {
			const fault = transportError(thrown);
			assert.deepEqual([fault.kind, fault.requestSent], [kind, requestSent]);
		});
	}

	it('leaves the request, and its secret, behind', () => {
		const thrown = coded('ECONNRESET', 'read ECONNRESET', { config: { headers: { Authorization: 'Bearer s3cret' } } });
		assert.equal(transportError(thrown).cause, undefined);
	});
});
