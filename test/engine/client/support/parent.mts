/**
 * An n8n with work: `parent.mts FILE EXECUTIONS ITEMS` runs that many executions at once, each with so many copies of
 * the file, and prints what became of them.
 */
import { createHarness } from '../../../../tools/n8n/harness.mts';

const [path, executions, items] = process.argv.slice(2);
const harness = await createHarness();
const runs = Array.from({ length: Number(executions) }, () =>
	harness.run({
		node: 'voiceActivityDetection',
		items: Array.from({ length: Number(items) }, () => ({ files: { data: { path } } })),
	}),
);
const results = await Promise.all(runs);
console.log(results.map(({ status }) => status).join(' '));
harness.dispose();
