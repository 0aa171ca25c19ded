/** Run as a child process: decodes a file and prints the process's state before the decoder was loaded and after. */
import { readdirSync } from 'node:fs';

const state = () => ({
	globals: Object.getOwnPropertyNames(globalThis).sort(),
	uncaught: process.listenerCount('uncaughtException'),
	unhandled: process.listenerCount('unhandledRejection'),
	openFiles: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
});

const before = state();
const { decodeMedia } = await import('../../../../../dist/engine/process/media/decode.js');
const path = process.argv[2];
await decodeMedia({ path, channelMode: 'split' }, { onBlock: () => {} });
await decodeMedia({ path, channelMode: 'split', channels: [7] }, { onBlock: () => {} }).catch(() => {});
console.log(JSON.stringify({ before, after: state() }));
