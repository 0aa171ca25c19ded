/** The script of a thread that runs out of memory before it can be asked anything. */
const taken: string[][] = [];
for (;;) taken.push(Array.from({ length: 10_000 }, (_, i) => `${taken.length} ${i}`));
