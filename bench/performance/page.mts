/** The page `docs/performance.md`. */
import { cpus } from 'node:os';
import { markdown, type Table } from '../table.mts';

export interface PageContent {
	goals: Table;
	tables: Table[];
	/** Parts that could not be measured, and why. */
	failures: string[];
	/** Load of the machine before the first and after the last part. */
	loads: [before: number, after: number];
	minutes: number;
}

const missing = (failures: string[]) => (failures.length === 0 ? '' : `\n**Not measured in this run**\n\n${failures.map((failure) => `- ${failure}`).join('\n')}\n`);

export const page = ({ goals, tables, failures, loads: [before, after], minutes }: PageContent) => `# Speed and memory

Written by \`npm run bench -- performance\` in ${minutes.toFixed(0)} minutes on ${cpus().length} cores (${cpus()[0].model.trim()}), Node.js ${process.versions.node}, load
${before.toFixed(1)} before and ${after.toFixed(1)} after. **Only ratios within a table mean something elsewhere**: seconds are those of this machine. FFmpeg alone
is \`@ffmpeg/core\`, the FFmpeg that the package decodes with, from the file to 16 kHz samples that nobody takes. WASM is what
runs on Alpine Linux, n8n's official image. \`-- performance --parts sizing,starts\` measures some of it again, \`--quick\` only looks,
\`--long\` takes eight hours of sound too.

${markdown(goals)}
${missing(failures)}
## What to take from it

- **A core does what the table Sizing says.** An engine processes one file at a time. There are as many engines as half the
  cores, at least one and at most four (\`N8N_VOICEPRINT_ENGINES\`), each with a second thread where there is a core for it:
  the default gives a single file as much as there is. For throughput with many files at once, an engine per core does more.
- **Executions wait for their turn**, one file of each after the other, and can be cancelled while they do: more of them at
  once make each wait longer and none wait longer than the others.
- **Memory**: plan for what Sizing says, times the engines. It does not grow with the length of a file. While a file is
  processed, its temporary folder holds a copy of it and 230 MB per hour and channel.
- **The first file** after a start, or after a minute without work, costs more than later ones: Node.js, FFmpeg and the
  models are loaded, and code is not compiled yet.
- **Voiceprints cost more than speech segments**, and the accurate model most: choose Fast where there is much to do.
  Extract Voiceprint makes them of 30 s of speech per channel, however long the call is; Speaker Diarization of all of it.
- **n8n's own process** loads no model and no decoder.
- With WASM, kernels of our own do the work of every model that comes with the package; ONNX Runtime is loaded for models of
  your own alone.

## Measured

${tables.map(markdown).join('\n\n')}
`;
