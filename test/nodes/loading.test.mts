/** What n8n's own process gets to hold: loading the node must stay free of anything native, heavy or running. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { it } from 'node:test';

const DIST = join(import.meta.dirname, '..', '..', 'dist');

/** Runs in a fresh process, as n8n's own, and reports what loading the node has brought there. */
const PROBE = `
const children = require('node:child_process');
let started = 0;
for (const name of ['fork', 'spawn', 'exec', 'execFile']) children[name] = () => { started++; };
const [[, Class]] = Object.entries(require(process.argv[1]));
const node = new Class();
const loaded = Object.keys(require.cache);
const native = process.report.getReport().sharedObjects.filter((file) => file.endsWith('.node') || file.includes('onnx'));
console.log(JSON.stringify({
	name: node.description.name, started, native, loaded,
	handles: process.getActiveResourcesInfo().filter((one) => !/^(Pipe|TTY|FS)/.test(one)),
}));
`;

for (const name of ['VoiceActivityDetection', 'ExtractVoiceprint', 'CompareVoiceprints', 'SpeakerDiarization']) {
	it(`loading ${name} loads no model runtime, no decoder and starts nothing`, () => {
		const file = join(DIST, 'nodes', name, `${name}.node.js`);
		const report = JSON.parse(execFileSync(process.execPath, ['-e', PROBE, file], { encoding: 'utf8' }));
		assert.equal(report.name, name[0].toLowerCase() + name.slice(1));
		assert.equal(report.started, 0);
		assert.deepEqual(report.native, []);
		assert.deepEqual(report.handles, []);
		const heavy = (path: string) => /onnxruntime|ffmpeg|engine.process|silero/.test(path);
		assert.deepEqual(report.loaded.filter(heavy), []);
		const ours = report.loaded.filter((path: string) => path.startsWith(DIST));
		assert.ok(ours.length > 10 && ours.length < 110, `${ours.length} files of this package`);
		const foreign = report.loaded.filter((path: string) => !path.startsWith(DIST) && !path.includes('node_modules'));
		assert.deepEqual(foreign, []);
	});
}
