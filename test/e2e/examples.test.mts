/** The workflows in `examples/`, fetched by n8n's own import from an address, do in a real n8n what their notes say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Execution, StoredWorkflow } from '../../tools/n8n/client.mts';
import { EXAMPLES, exampleNames, provideRecordings, withFolder } from '../../tools/n8n/examples.mts';
import { hasPostgres, startPostgres } from '../../tools/n8n/postgres.mts';
import type { WorkflowData } from '../../tools/n8n/workflows.mts';
import { floatWav } from '../engine/process/media/support/encode.mts';
import { writeSilentWav } from '../support/engine.mts';
import { CALL_TRUTH, CALL as CALL_PATH, decodeChannels, SAMPLE_RATE, TELEPHONE } from '../support/recordings.mts';
import { credentialFor, CREDENTIAL, useServer } from './api-support.mts';
import { flacSeconds, formOf, qdrant, startService, transcribed, type Service } from './example-services.mts';
import { itemsOf, jsonOf, runsOf, succeeded } from './graph.mts';
import { CALL, useN8n } from './support.mts';

const n8n = useN8n();

/** Serves the examples. */
let library: Service | undefined;

let project: string | undefined;

async function prepare(): Promise<void> {
	const { client, filesFolder } = n8n();
	library ??= await startService(({ path }) => ({ body: readFileSync(join(EXAMPLES, path.slice(1)), 'utf8') }));
	if (project !== undefined) return;
	provideRecordings(filesFolder);
	({ id: project } = await client.call<{ id: string }>('GET', '/rest/projects/personal'));
}

after(() => library?.close());

/** What a user changes in a workflow: parameters and settings of nodes, by their names. */
type Changes = Record<string, INodeParameters>;

/** An example as n8n itself fetches it from an address, with the changes that its note asks for. */
async function fetched(name: string, changes: Changes = {}): Promise<WorkflowData> {
	const { client, filesFolder } = n8n();
	await prepare();
	const query = new URLSearchParams({ url: `${library!.url}/${name}.json`, projectId: project! });
	const workflow = await client.call<WorkflowData>('GET', `/rest/workflows/from-url?${query.toString()}`);
	for (const [node, parameters] of Object.entries(changes)) {
		const found = workflow.nodes.find((each) => each.name === node);
		assert.ok(found, `${name} has no node ${node}`);
		Object.assign(found.parameters, parameters);
	}
	return withFolder(workflow, filesFolder);
}

const stored = async (workflow: WorkflowData): Promise<StoredWorkflow> => await n8n().client.createWorkflow(workflow);

async function run(name: string, changes: Changes = {}): Promise<Execution> {
	return succeeded(await n8n().client.runManually(await stored(await fetched(name, changes)), 'Start'));
}

/** Seconds of speech in a channel of the sample call, by its script. */
const spoken = (channel: number) => CALL_TRUTH.channels[channel].speech.reduce((sum, [start, end]) => sum + end - start, 0);

const near = (actual: unknown, expected: number, within: number, what: string) =>
	assert.ok(Math.abs(Number(actual) - expected) <= within, `${what}: ${String(actual)} is not ${expected} ± ${within}`);

const names = (execution: Execution, node: string, output = 0) =>
	itemsOf(execution, node, output).map(({ json }) => json.file_name);

it('n8n takes each one from its address as it is', async () => {
	for (const name of exampleNames()) {
		const { nodes, connections } = await fetched(name);
		const file = JSON.parse(readFileSync(join(EXAMPLES, `${name}.json`), 'utf8')) as WorkflowData;
		assert.deepEqual([nodes.length, connections], [file.nodes.length, file.connections], name);
	}
});

describe('an upload', () => {
	it('is answered with segments', async () => {
		const { client } = n8n();
		await client.publishWebhook(await stored(await fetched('upload-to-segments')), 'speech-segments');
		const { status, body } = await client.upload('speech-segments', CALL);
		assert.equal(status, 200);
		const first = (body as IDataObject[]).find(({ channel_number }) => channel_number === 1)!;
		near(first.start_time, CALL_TRUTH.channels[1].speech[0][0], 0.1, 'start of the first segment');
	});

	it('is answered with a decision', async () => {
		const { client, filesFolder } = n8n();
		await client.publishWebhook(await stored(await fetched('upload-to-decision')), 'speech-decision');
		const silence = join(filesFolder, 'silence.wav');
		writeSilentWav(silence, 5);
		const silent = { content: new Uint8Array(readFileSync(silence)), fileName: 'silence.wav', mimeType: 'audio/wav' };
		const [call, nothing] = [await client.upload('speech-decision', CALL), await client.upload('speech-decision', silent)];
		const { speech_length, ...answer } = call.body as IDataObject;
		assert.deepEqual(answer, { decision: 'transcribe', duration: CALL_TRUTH.duration, file_name: 'call.ogg' });
		near(speech_length, spoken(0) + spoken(1), 1.5, 'speech');
		assert.deepEqual(nothing.body, { decision: 'skip', speech_length: 0, duration: 5, file_name: 'silence.wav' });
	});
});

describe('recordings', () => {
	it('sort-by-speech sends one without speech the other way', async () => {
		const execution = await run('sort-by-speech');
		assert.deepEqual(names(execution, 'Leave Out'), ['pocket-call.wav']);
		assert.deepEqual(names(execution, 'Transcribe').sort(), ['call.ogg', 'telephone.wav']);
	});

	it('skip-voicemail lets through those in which somebody speaks, with the file', async () => {
		const execution = await run('skip-voicemail');
		assert.equal(itemsOf(execution, 'Voice Activity Detection').length, 3);
		const passed = itemsOf(execution, 'Transcribe').map(({ json, binary }) => [json.file_name, binary?.data.fileName]);
		assert.deepEqual(passed.sort(), [['call.ogg', 'call.ogg'], ['telephone.wav', 'telephone.wav']]);
	});
});

describe('cut audio', () => {
	it('remove-silence sends speech alone, and gives the times of the recording', async () => {
		const service = await startService(transcribed);
		try {
			const execution = await run('remove-silence', { Transcribe: { url: `${service.url}/v1/audio/transcriptions` } });
			const cut = itemsOf(execution, 'Somebody Speaks?').map(({ json }) => json);
			const mapped = jsonOf(execution, 'Map Times Back').map(({ transcript }) => transcript as unknown as Transcript);
			assert.equal(cut.length, 2, 'without the silent file');
			assert.equal(mapped.length, 2);
			for (const [index, { channels, removed_length }] of cut.entries()) {
				const segments = (channels as unknown as Channels).flatMap((channel) => channel.segments);
				const [begin, end] = [Math.min(...segments.map(({ start_time }) => start_time)), Math.max(...segments.map(({ end_time }) => end_time))];
				const [first, last] = mapped[index].words;
				for (const [time, expected] of [[first.start, begin + 0.1], [first.end, begin + 0.3], [last.start, end - 0.3], [last.end, end - 0.1]])
					near(time, expected, 0.005, first.word);
				assert.ok(Number(removed_length) > 1, 'something was cut');
			}
		} finally {
			await service.close();
		}
	});

	it('clip-per-utterance writes a file for each, as long as it is', async () => {
		const execution = await run('clip-per-utterance');
		const clips = jsonOf(execution, 'Has Clip?');
		const written = jsonOf(execution, 'Write Clips').map(({ fileName }) => fileName as string);
		assert.equal(new Set(written).size, clips.length);
		for (const [index, { start_time, end_time }] of clips.entries())
			near(flacSeconds(readFileSync(written[index])), Number(end_time) - Number(start_time), 0.005, written[index]);
		const spokenIn = (channel: number) =>
			clips.filter(({ file_name, channel_number }) => file_name === 'call.ogg' && channel_number === channel)
				.reduce((sum, { duration }) => sum + Number(duration), 0);
		for (const channel of [0, 1]) near(spokenIn(channel), spoken(channel), 0.8, `clips of channel ${channel}`);
	});
});

interface Transcript {
	words: Array<{ word: string; start: number; end: number }>;
}

type Channels = Array<{ channel_number: number; segments: Array<{ start_time: number; end_time: number }> }>;

/** Segments of the call as a node found them, channel by channel. */
const segmentsOf = (execution: Execution, node: string) =>
	(jsonOf(execution, node)[0].channels as unknown as Channels).flatMap(
		({ channel_number, segments }) => segments.map(({ start_time, end_time }) => ({ channel_number, start_time, end_time })),
	);

describe('what is made of a call', () => {
	it('talk-time keeps one row of figures for each call', async () => {
		const { client } = n8n();
		for (let i = 0; i < 2; i++) await run('talk-time');
		const tables = `/rest/projects/${project}/data-tables`;
		const { data: list } = await client.call<{ data: Array<{ id: string; name: string }> }>('GET', tables);
		const { id } = list.find(({ name }) => name === 'call figures')!;
		const { data: rows } = await client.call<{ data: IDataObject[] }>('GET', `${tables}/${id}/rows`);
		assert.equal(rows.length, 1, 'a call that comes again replaces its row');
		const [row] = rows;
		assert.deepEqual([row.file_name, row.duration, row.interruptions], ['call.ogg', CALL_TRUTH.duration, 1]);
		const [desk, caller] = CALL_TRUTH.channels.map(({ speech }) => speech);
		near(row.talk_time_0, spoken(0), 0.5, 'talk time of the desk');
		near(row.talk_time_1, spoken(1), 0.5, 'talk time of the caller');
		near(row.overlap, desk[2][1] - caller[2][0], 0.2, 'overlap');
		near(row.longest_pause, desk[1][0] - caller[0][1], 0.2, 'longest pause');
		near(row.first_speech, desk[0][0], 0.1, 'first speech');
	});

	it('picture-in-message sends the picture with its figures', async () => {
		const service = await startService(() => ({ body: { ok: true } }));
		try {
			await run('picture-in-message', { Send: { url: `${service.url}/botTOKEN/sendPhoto` } });
			const form = await formOf(service.received[0]);
			assert.equal(form.get('caption'), 'call.ogg: 20 s of speech in 25 s');
			const photo = form.get('photo') as File;
			const bytes = Buffer.from(await photo.arrayBuffer());
			assert.deepEqual([photo.type, bytes.subarray(1, 4).toString(), bytes.readUInt32BE(16)], ['image/png', 'PNG', 800]);
		} finally {
			await service.close();
		}
	});

	it('label-files writes files that say what was found', async () => {
		const execution = await run('label-files');
		const segments = segmentsOf(execution, 'Labels');
		const text = (ending: string) => readFileSync(join(n8n().filesFolder, 'results', `call.ogg.${ending}`), 'utf8');
		const rttm = text('rttm').trim().split('\n').map((line) => line.split(' '));
		assert.equal(rttm.length, segments.length);
		for (const [type, , , start, length] of rttm) {
			assert.equal(type, 'SPEAKER');
			const fits = segments.some(({ start_time, end_time }) => Math.abs(start_time - +start) < 0.002 && Math.abs(end_time - start_time - +length) < 0.002);
			assert.ok(fits, `${start} + ${length} s`);
		}
		assert.match(text('vtt'), /^WEBVTT\n/);
		assert.equal(text('vtt').match(/-->/g)!.length, segments.length);
		assert.equal(text('csv').trim().split(/\r?\n/).length, segments.length + 1);
	});
});

/** A channel of the sample call as a recording of its own. */
async function channelOfCall(channel: number): Promise<Uint8Array<ArrayBuffer>> {
	return new Uint8Array(floatWav({ channels: [(await decodeChannels(CALL_PATH))[channel]], rate: SAMPLE_RATE }));
}

/** The model that takes a fifth of the time; identify-callers runs with the one that is chosen without a word. */
const FAST = { model: 'fast' };

describe('known speakers', () => {
	const verdicts = (execution: Execution, node: string) => jsonOf(execution, node).map(({ verdict }) => verdict);

	it('identify-callers knows the one caller that it has a recording of', async () => {
		const execution = await run('identify-callers');
		assert.deepEqual(verdicts(execution, 'Caller Known'), ['call.ogg, channel 1: Robin.wav']);
		assert.deepEqual(verdicts(execution, 'Caller Unknown'), ['call.ogg, channel 0: nobody we know']);
	});

	/** Sends a recording of somebody with a name, as the note of enrol-speakers says. */
	async function enrol(name: string, content: Uint8Array<ArrayBuffer>): Promise<IDataObject> {
		const form = new FormData();
		form.append('name', name);
		form.append('data', new Blob([content], { type: 'audio/wav' }), 'recording.wav');
		const response = await fetch(`${n8n().url}/webhook/enrol-speaker`, { method: 'POST', body: form, headers: { connection: 'close' } });
		return (await response.json()) as IDataObject;
	}

	it('enrol-speakers merges recordings of one name, refuses one of somebody else, and known-caller knows them', async () => {
		const { client } = n8n();
		const fast = { 'Voiceprints of Calls': FAST };
		const nobody = await run('known-caller', fast);
		assert.deepEqual(verdicts(nobody, 'Caller Unknown'), [0, 1].map((channel) => `call.ogg, channel ${channel}: nobody we know`));

		const workflow = await stored(await fetched('enrol-speakers', { Voiceprint: FAST }));
		succeeded(await client.runManually(workflow, 'Set Up'));
		await client.publishWebhook(workflow, 'enrol-speaker');
		const first = await enrol('Robin', new Uint8Array(readFileSync(TELEPHONE)));
		assert.equal(first.enrolled, 'Robin');
		const second = await enrol('Robin', await channelOfCall(1));
		near(second.speech_length, Number(first.speech_length) + spoken(1), 2.5, 'speech of both recordings');
		const other = await enrol('Robin', await channelOfCall(0));
		assert.equal(other.refused, 'Robin');
		assert.match(other.reason as string, /VOICEPRINT_DOES_NOT_FIT/);
		assert.equal((await enrol('Kim', await channelOfCall(0))).enrolled, 'Kim');

		const known = await run('known-caller', fast);
		const rows = jsonOf(known, 'Known Speakers').map(({ name, speech_length }) => [name, speech_length]);
		assert.deepEqual(rows.map(([name]) => name).sort(), ['Kim', 'Robin']);
		assert.equal(rows.find(([name]) => name === 'Robin')![1], second.speech_length);
		assert.deepEqual(verdicts(known, 'Caller Known').sort(), ['call.ogg, channel 0: Kim', 'call.ogg, channel 1: Robin']);
	});
});

describe('a vector database', () => {
	const fast = { 'Voiceprints of Known Speakers': FAST, 'Voiceprints of Calls': FAST };

	/** Of each channel of the call: the nearest in the database, and whether that is the same person. */
	function assertFound(execution: Execution): void {
		const found = jsonOf(execution, 'Same Speaker?').map(({ channel_number, name, same_speaker }) => [channel_number, name, same_speaker]);
		assert.deepEqual(found, [[0, 'Robin.wav', false], [1, 'Robin.wav', true]]);
	}

	it('Qdrant finds the nearest, and Compare Voiceprints says whether it is the same', async () => {
		const { answer, points } = qdrant();
		const service = await startService(answer);
		const url = (path: string) => ({ url: `${service.url}/collections/voices${path}` });
		const changes = { ...fast, Collection: url(''), Points: url('/points?wait=true'), Nearest: url('/points/query') };
		try {
			// Once more: what is there already stays one point.
			for (let i = 0; i < 2; i++) assertFound(await run('voiceprints-to-qdrant', changes));
			assert.deepEqual([...points.values()].map(({ payload }) => payload.name), ['Robin.wav']);
		} finally {
			await service.close();
		}
	});

	const noPostgres = hasPostgres() ? false : 'needs Postgres: apt-get install postgresql';
	it('Postgres finds the nearest by pgvector', { skip: noPostgres }, async () => {
		const { client } = n8n();
		const postgres = await startPostgres();
		try {
			const data = { host: '127.0.0.1', port: postgres.port, database: 'postgres', user: postgres.user, password: 'any', ssl: 'disable', sshTunnel: false };
			const { id, name } = await client.call<{ id: string; name: string }>('POST', '/rest/credentials', { name: 'Voices', type: 'postgres', data });
			const workflow = await fetched('voiceprints-to-pgvector', fast);
			for (const node of workflow.nodes) if (node.type.endsWith('.postgres')) node.credentials = { postgres: { id, name } };
			const table = workflow.nodes.find((node) => node.name === 'Table')!;
			if (!postgres.hasExtension('vector')) table.parameters.query = PGVECTOR + (table.parameters.query as string).replace(/^CREATE EXTENSION.*;\n/, '');
			const kept = await stored(workflow);
			succeeded(await client.runManually(kept, 'Set Up'));
			for (let i = 0; i < 2; i++) assertFound(succeeded(await client.runManually(kept, 'Start')));
		} finally {
			await postgres.stop();
		}
	});
});

/** In place of pgvector, where it is not installed: its type as text, and its operator for the cosine distance. */
const PGVECTOR = `
CREATE DOMAIN vector AS text CHECK (value ~ '^\\[.*\\]$');
CREATE FUNCTION cosine_distance(a text, b text) RETURNS float8 LANGUAGE sql AS $$
	SELECT 1 - sum(x::float8 * y::float8) / sqrt(sum(x::float8 ^ 2) * sum(y::float8 ^ 2))
	FROM json_array_elements_text(a::json) WITH ORDINALITY p(x, i) JOIN json_array_elements_text(b::json) WITH ORDINALITY q(y, i) USING (i) $$;
CREATE OPERATOR <=> (LEFTARG = text, RIGHTARG = text, FUNCTION = cosine_distance);
`;

describe('long recordings', () => {
	const server = useServer({ runningPolls: 3 });

	it('submit-wait-get-result goes round until the task is done', async () => {
		const { client } = n8n();
		const workflow = await fetched('submit-wait-get-result', { Wait: { amount: 1 } });
		const credentials = await credentialFor(n8n(), server().url);
		for (const node of workflow.nodes) if (['Submit', 'Get Result'].includes(node.name)) Object.assign(node, credentials);
		const execution = succeeded(await client.runManually(await stored(workflow), 'Start'));
		assert.ok(CREDENTIAL in credentials.credentials!);
		assert.ok(runsOf(execution, 'Get Result').length > 1);
		const lengths = Object.fromEntries(jsonOf(execution, 'Results').map(({ file_name, speech_length }) => [file_name, speech_length]));
		assert.deepEqual(Object.keys(lengths).sort(), ['call.ogg', 'pocket-call.wav', 'telephone.wav']);
		near((lengths['call.ogg'] as number[])[1], spoken(1), 0.8, 'speech of the caller');
		assert.deepEqual(lengths['pocket-call.wav'], [0]);
	});
});
