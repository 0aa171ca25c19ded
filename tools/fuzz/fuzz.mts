/**
 * Gives damaged files to the engine: `npm run fuzz -- [--seed N] [--files 5000] [--only INDEX] [--keep FOLDER]`.
 * Files of one seed and number are always the same; what failed is kept in the folder, to be looked at.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stopEngine } from '../../dist/engine/client/client.js';
import { campaign, type Report } from '../../test/fuzz/support/campaign.mts';

const { values } = parseArgs({
	options: {
		seed: { type: 'string', default: '1' },
		files: { type: 'string', default: '5000' },
		only: { type: 'string' },
		keep: { type: 'string', default: join(tmpdir(), 'voiceprint-fuzz') },
	},
});

/** Files between two lines of progress. */
const PROGRESS = 250;

function summary({ files, outcomes, peakMemory, peakDisk, slowest, goodFiles, failures }: Report): string {
	return [
		`${files} files: ${JSON.stringify(outcomes)}`,
		`${goodFiles} good files in between, ${failures.length} failures`,
		`peak memory ${Math.round(peakMemory)} MiB, peak disk ${Math.round(peakDisk)} MiB, slowest ${Math.round(slowest)} ms`,
	].join('; ');
}

const folder = mkdtempSync(join(tmpdir(), 'voiceprint-fuzz-'));
try {
	const report = await campaign({
		seed: Number(values.seed),
		files: values.only === undefined ? Number(values.files) : 1,
		from: Number(values.only ?? 0),
		goodPath: join(folder, 'good.wav'),
		onFailure: ({ index, what }, file) => {
			mkdirSync(values.keep, { recursive: true });
			const path = join(values.keep, file.name);
			writeFileSync(path, file.bytes);
			console.log(`FAILED --seed ${values.seed} --only ${index}: ${what}\n       ${path}`);
		},
		onProgress: (report) => {
			if (report.files % PROGRESS === 0) console.log(summary(report));
		},
	});
	console.log(summary(report));
	process.exitCode = report.failures.length > 0 ? 1 : 0;
} finally {
	stopEngine();
	rmSync(folder, { recursive: true, force: true });
}
