'use strict';
/**
 * Cancels a job, and kills a process with jobs; prints as JSON what is left of the engine: `life.cjs PACKAGE LONG SHORT`.
 * With `victim` at the end it is the process to be killed.
 */
const { spawn } = require('node:child_process');
const { readdirSync, readFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');

const { AbortController } = globalThis;

const [packageFolder, long, short, role] = process.argv.slice(2);
const { runJob, withWorkFolder } = require(join(packageFolder, 'dist', 'engine', 'client', 'client.js'));

async function detect(path, signal) {
	const job = { type: 'vad', media: { path, channelMode: 'split' }, vad: { preset: 'balanced' }, runtime: 'auto' };
	return await withWorkFolder(async (workFolder) => await runJob({ ...job, workFolder }, { signal }));
}

/** Engine processes, whoever started them. */
function engines() {
	return readdirSync('/proc').filter((pid) => {
		try {
			if (!/^\d+$/.test(pid)) return false;
			if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine/process/host/main.js')) return false;
			return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
		} catch {
			return false;
		}
	});
}

/** What the engine wrote for a job: it is at work. */
const works = () =>
	readdirSync(tmpdir(), { recursive: true }).some((name) => /^n8n-voiceprint.*\/(?!input)[^/]+$/.test(name));

async function until(condition) {
	for (let tries = 0; !condition(); tries++) {
		if (tries > 600) throw new Error('waited in vain');
		await sleep(50);
	}
}

async function cancel() {
	const controller = new AbortController();
	const job = detect(long, controller.signal).then(
		() => 'result',
		({ code }) => code,
	);
	await until(works);
	const startedAt = performance.now();
	controller.abort();
	const code = await job;
	const milliseconds = performance.now() - startedAt;
	const left = engines().length;
	const { channels } = await detect(short);
	return { code, milliseconds, left, next: channels.length };
}

async function kill() {
	const before = engines().length;
	const victim = spawn(process.execPath, [...process.argv.slice(1, 5), 'victim'], { stdio: 'ignore' });
	await until(() => engines().length > before && works());
	const running = engines().length - before;
	victim.kill('SIGKILL');
	await sleep(3000);
	return { running, left: engines().length - before };
}

async function main() {
	if (role === 'victim') await Promise.all([detect(long), detect(long)]);
	else console.log(JSON.stringify({ cancel: await cancel(), kill: await kill() }));
}

void main();
