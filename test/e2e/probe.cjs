'use strict';
/**
 * Loaded into n8n's process (`NODE_OPTIONS=--require`), where it measures from the inside how long the event loop is
 * held and how much memory the process has, and answers on a socket (`PROBE_SOCKET`): `/start` begins a measurement,
 * `/watch` begins that of the event loop alone anew, `/read` tells what came since.
 */
const { createServer } = require('node:http');

/** Milliseconds between two looks. */
const INTERVAL = 5;

function probe(socket) {
	let memory = 0;
	let held = 0;
	let late = 0;
	let lastTime = performance.now();
	let lastWork = process.threadCpuUsage();
	function look() {
		const time = performance.now();
		// Of the main thread alone: time in which the system gave the processor to others is not in it.
		const work = process.threadCpuUsage();
		held = Math.max(held, (work.user - lastWork.user + work.system - lastWork.system) / 1000);
		late = Math.max(late, time - lastTime - INTERVAL);
		memory = Math.max(memory, process.memoryUsage.rss());
		lastTime = time;
		lastWork = work;
	}
	setInterval(look, INTERVAL).unref();
	const answers = {
		'/start': () => {
			global.gc();
			look();
			memory = held = late = 0;
			look();
			return { memory, held, late };
		},
		'/watch': () => {
			look();
			held = late = 0;
			return { memory, held, late };
		},
		'/read': () => ({ memory, held, late }),
	};
	const server = createServer((request, response) => response.end(JSON.stringify(answers[request.url]())));
	server.listen(socket).unref();
}

// Not in the processes that n8n starts.
if (/[\\/]bin[\\/]n8n$/.test(process.argv[1] ?? '')) probe(process.env.PROBE_SOCKET);
