/** Stands for an engine process that takes ever more memory, outside of the JavaScript heap. Argument: MiB it may use. */
import { startWatchdog } from '../../../../../dist/engine/process/host/watchdog.js';

startWatchdog(Number(process.argv[2]) * 2 ** 20);
const taken: Buffer[] = [];
while (taken.length < 4096) taken.push(Buffer.alloc(2 ** 20, 1));
process.stderr.write('never stopped');
