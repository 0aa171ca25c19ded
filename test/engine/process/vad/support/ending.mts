/** Stands for an engine process that ends while the thread of the 8 kHz model is at work. */
import { allowThreads } from '../../../../../dist/engine/process/threads.js';
import { NarrowBeside } from '../../../../../dist/engine/process/vad/narrowBeside.js';

allowThreads(2);
const beside = new NarrowBeside(() => Promise.reject(new Error('not here')), 'native');
const block = Float32Array.from({ length: 131_200 }, (_, i) => Math.sin(i / 9) / 10);
beside.expect(3600 * 16_000);
beside.reset();
await beside.run(block, 256);
void beside.run(block, 256);
const { unfinished } = (beside as unknown as { thread: { unfinished: Int32Array } }).thread;
process.on('exit', () => console.log(Atomics.load(unfinished, 0)));
console.log(Atomics.load(unfinished, 0));
process.exit(0);
