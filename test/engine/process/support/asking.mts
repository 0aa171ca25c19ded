/** A process with a thread. Argument: what the thread is asked; nothing: it is left alone. */
import { join } from 'node:path';
import { Thread } from '../../../../dist/engine/process/thread.js';

const thread = new Thread<string, string>(join(import.meta.dirname, 'answering.mts'), undefined);
const [deed] = process.argv.slice(2);
if (deed) console.log(await thread.ask(deed));
