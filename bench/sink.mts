/** A server that takes a file, keeps nothing of it, and has the result at once. Its own process, so that its memory is not n8n's. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const task = { task_id: '123e4567-e89b-12d3-a456-426614174000', state: 'pending' };
const result = { channels: [{ channel_number: 0, speech_length: 0, segments: [] }] };

/** Bytes per second that it reads. */
const RATE = Number(process.argv[2] ?? Infinity);

const server = createServer((request, response) => {
	let bytes = 0;
	const startedAt = performance.now();
	request.on('data', (chunk: Buffer) => {
		bytes += chunk.length;
		const early = startedAt + (bytes / RATE) * 1000 - performance.now();
		if (early < 5) return;
		request.pause();
		setTimeout(() => request.resume(), early);
	});
	request.on('end', () => {
		const upload = request.method === 'POST';
		if (upload) process.send!({ bytes });
		response.writeHead(upload ? 202 : 200, { 'content-type': 'application/json' });
		response.end(JSON.stringify(upload ? { task } : { task: { ...task, state: 'done' }, result }));
	});
});
// Node's own limit for a request would end a slow upload.
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());
