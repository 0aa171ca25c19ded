/**
 * `npm run demo`: the real node on n8n's real execution engine, from the command line. Without arguments it runs on
 * the sample call and shows segments as a table with a small timeline; `--json` prints one JSON document per file.
 * Results go to stdout and what is wrong to stderr. It ends with 1 where a file failed, and with 2 where the command
 * line makes no sense.
 */
import { createHarness, type Harness } from '../n8n/harness.mts';
import { runDemo } from './runDemo.mts';

let harness: Harness | undefined;
// The harness holds copies of the recordings.
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
	process.once(signal, () => {
		harness?.dispose();
		process.exit(code);
	});
}
try {
	process.exitCode = await runDemo(process.argv.slice(2), {
		env: process.env,
		out: console.log,
		err: console.error,
		// On the command line whoever names a file may read it.
		harness: async () => (harness = await createHarness({ readableFolder: '' })),
	});
} finally {
	harness?.dispose();
}
