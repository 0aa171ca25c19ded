/** The demo's options that write cut audio. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { parseDemoArguments } from '../../tools/demo/arguments.mts';
import { decodeChannels } from '../support/recordings.mts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'demo-cuts-'));
after(() => rmSync(folder, { recursive: true }));

describe('cut audio of the demo', () => {
	it('is written, and told', async () => {
		const speechOnly = join(folder, 'speech.ogg');
		const command = ['tools/demo/demo.mts', 'vad', 'examples/audio/call.ogg', '--json', '--speech-only', speechOnly, '--clips', join(folder, 'new', 'clips')];
		const answer = JSON.parse(execFileSync(process.execPath, command, { cwd: REPOSITORY, encoding: 'utf8' })) as {
			speech_only_file: string;
			speech_only_length: number;
			channels: Array<{ segments: object[] }>;
			clips: Array<{ clip_file: string }>;
		};
		assert.equal(answer.speech_only_file, speechOnly);
		const [samples] = await decodeChannels(speechOnly);
		assert.ok(Math.abs(samples.length / 16_000 - answer.speech_only_length) < 0.001);
		assert.equal(answer.clips.length, answer.channels.reduce((sum, { segments }) => sum + segments.length, 0));
		assert.deepEqual(readdirSync(join(folder, 'new', 'clips')).sort(), answer.clips.map(({ clip_file }) => clip_file.split('/').at(-1)).sort());
		assert.ok(answer.clips.every(({ clip_file }) => statSync(clip_file).size > 1000));
	});

	it('is refused where it cannot be', () => {
		const refused = (...args: string[]) => {
			assert.throws(() => parseDemoArguments(args), (error: Error) => (refusal = error.message) !== '');
			return refusal;
		};
		let refusal = '';
		writeFileSync(join(folder, 'file'), 'x');
		assert.match(refused('vad', 'a.wav', '--speech-only', 'x.aac'), /needs a file that ends with \.wav, \.flac, \.mp3 or \.opus, not 'x\.aac'/);
		assert.match(refused('vad', 'a.wav', 'b.wav', '--speech-only', 'x.wav'), /goes with one recording, not 2/);
		assert.match(refused('vad', 'a.wav', '--clips', join(folder, 'file')), /needs a folder/);
	});
});
