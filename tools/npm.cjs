'use strict';
/** npm as Node can start it without a shell, which Windows needs for `npm.cmd`. */
const { basename } = require('node:path');

/**
 * The command that runs npm with the given arguments. Within an npm script that is npm's own file (npm names it in
 * `npm_execpath`) under the Node that runs this; elsewhere `npm` of the path.
 * @param {string[]} args
 * @param {{ npm_execpath?: string }} [env]
 * @returns {[command: string, args: string[]]}
 */
function npmCommand(args, env = process.env) {
	const script = env.npm_execpath;
	// Other package managers set it too.
	if (script && basename(script) === 'npm-cli.js') return [process.execPath, [script, ...args]];
	return ['npm', args];
}

module.exports = { npmCommand };
