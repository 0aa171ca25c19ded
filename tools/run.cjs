'use strict';
/**
 * The one entry of the npm scripts: `node tools/run.cjs <command> [arguments]`. It sets up Node 24, builds where the
 * command needs that, and runs the command with Node 24, so that the scripts work on a machine with any Node.
 * Stdout belongs to the command: `npm run --silent demo -- vad FILE --json` prints JSON and nothing else.
 */
const { spawn } = require('node:child_process');
const { constants } = require('node:os');
const { delimiter, dirname, join } = require('node:path');
const { isBuilt, markBuilt } = require('./build/check.cjs');
const { ensureNode, REPOSITORY } = require('./setup.cjs');

const GULP = 'node_modules/gulp/bin/gulp.js';
const ESLINT = 'node_modules/eslint/bin/eslint.js';
const STRUCTURE = ['tools/structure/structure.cjs', '--quiet'];
const TYPECHECK = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json'];

/** `steps` run one after another until one fails; the arguments of the command line go to the last one. */
const COMMANDS = {
	build: { steps: [] },
	demo: { needsBuild: true, steps: [['tools/demo/demo.mts']] },
	start: { needsBuild: true, steps: [['tools/n8n/start.mts']] },
	bench: { needsBuild: true, steps: [['bench/bench.mts']] },
	fuzz: { needsBuild: true, steps: [['tools/fuzz/fuzz.mts']] },
	test: { needsBuild: true, steps: [['tools/test.mts']] },
	'test:fast': { needsBuild: true, steps: [['tools/test.mts', '--fast']] },
	typecheck: { steps: [TYPECHECK] },
	lint: { steps: [STRUCTURE, [ESLINT, '.'], TYPECHECK] },
	'lint:fix': { steps: [[ESLINT, '.', '--fix']] },
};

/**
 * Runs a script to its end and passes signals on to it.
 * @param {string} node
 * @param {string[]} script
 * @param {import('node:child_process').StdioOptions} stdio
 * @returns {Promise<number>} the exit code; for a death by signal 128 + its number, as shells report it
 */
function runScript(node, script, stdio) {
	const path = [dirname(node), process.env.PATH].filter(Boolean).join(delimiter);
	const child = spawn(node, script, { cwd: REPOSITORY, stdio, env: { ...process.env, PATH: path } });
	const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
	const passOn = (signal) => child.kill(signal);
	for (const signal of signals) process.on(signal, passOn);
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code, signal) => {
			for (const name of signals) process.off(name, passOn);
			resolve(code ?? 128 + constants.signals[signal]);
		});
	});
}

async function build(node) {
	const startedAt = new Date();
	// The build's report goes to stderr.
	const code = await runScript(node, [GULP, '--silent', 'build'], ['ignore', 2, 2]);
	if (code === 0) markBuilt(startedAt);
	return code;
}

async function main([name, ...rest]) {
	const command = COMMANDS[name];
	if (!command) throw new Error(`Unknown command "${name}". Known: ${Object.keys(COMMANDS).join(', ')}`);
	const node = ensureNode();
	const mustBuild = name === 'build' || (command.needsBuild && !isBuilt());
	let code = mustBuild ? await build(node) : 0;
	for (const [index, step] of command.steps.entries()) {
		if (code !== 0) return code;
		const last = index === command.steps.length - 1;
		const [script, ...args] = step;
		code = await runScript(node, [join(REPOSITORY, script), ...args, ...(last ? rest : [])], 'inherit');
	}
	return code;
}

main(process.argv.slice(2)).then(
	(code) => {
		process.exitCode = code;
	},
	(error) => {
		console.error(error.message);
		process.exitCode = 1;
	},
);
