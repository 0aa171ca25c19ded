/** Stands for an engine process whose main thread never comes back. Argument: the folder of its job. */
import { startWatchdog } from '../../../../../dist/engine/process/host/watchdog.js';

startWatchdog(2 ** 30).jobIn(process.argv[2]);
process.send!('looping', () => {
	for (;;);
});
