/** Who says what, in a real n8n and without a Code node: a meeting as a dialogue, a call as rows of a table, known callers, a server. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { IDataObject, INode, INodeParameters } from 'n8n-workflow';
import type { Execution } from '../../tools/n8n/client.mts';
import { packageNode, START_NAME } from '../../tools/n8n/workflows.mts';
import { CALL_TRUTH } from '../support/recordings.mts';
import { credentialFor, useServer } from './api-support.mts';
import { base, extract, graph, jsonOf, setField, succeeded, type Wire } from './graph.mts';
import { CALL, useN8n } from './support.mts';

const n8n = useN8n();

const read = () => {
	const path = join(n8n().filesFolder, 'call.ogg');
	writeFileSync(path, CALL.content);
	return base('Read', 'readWriteFile', 1.1, { operation: 'read', fileSelector: path, options: {} });
};

const diarize = (name: string, parameters: INodeParameters = {}, more: Partial<INode> = {}) =>
	packageNode(name, 'speakerDiarization', { channelMode: 'mix', ...parameters }, more);

async function run(nodes: INode[], wires: Array<Wire | string>): Promise<Execution> {
	const { client } = n8n();
	return succeeded(await client.runManually(await client.createWorkflow(graph(nodes, wires)), START_NAME));
}

/** What a transcription service answers to a recording: a word at the beginning of each stretch of speech, whoever it is. */
const TRANSCRIPT = {
	text: '…',
	words: CALL_TRUTH.channels
		.flatMap(({ channel_number: number, speech }) => speech.map(([start, end]) => ({ word: number === 0 ? 'Desk.' : 'Caller.', start, end })))
		.sort((one, other) => one.start - other.start),
};

describe('a meeting', () => {
	let service: Server;
	let received = 0;

	before(async () => {
		service = createServer((request, response) => {
			request.on('data', (chunk: Buffer) => (received += chunk.length));
			request.on('end', () => response.setHeader('content-type', 'application/json').end(JSON.stringify(TRANSCRIPT)));
		});
		await new Promise<void>((resolve) => void service.listen(0, '127.0.0.1', resolve));
	});
	after(() => service.close());

	it('becomes a dialogue, with a transcription service between both nodes', async () => {
		const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/`;
		const transcribe = base('Transcribe', 'httpRequest', 4.2, { method: 'POST', url, sendBody: true, contentType: 'binaryData', inputDataFieldName: 'data', options: {} });
		const add = diarize('Add', { operation: 'addToTranscript', speakersOfFile: "={{ $('Find').item.json }}" });
		const execution = await run([read(), diarize('Find'), transcribe, add], ['Start > Read > Find > Transcribe > Add']);
		const [{ dialogue, blocks, warnings }] = jsonOf(execution, 'Add');
		assert.equal(received, CALL.content.length);
		const lines = (dialogue as string).split('\n');
		assert.deepEqual(lines.slice(0, 2).map((line) => line.split(' ', 2).join(' ')), ['SPEAKER_00: Desk.', 'SPEAKER_01: Caller.']);
		for (const line of lines) assert.match(line, /^(SPEAKER_00: Desk\.( Desk\.)*|SPEAKER_01: Caller\.( Caller\.)*)$/);
		assert.equal((blocks as object[]).length, lines.length);
		assert.deepEqual(warnings, []);
	});
});

describe('a call in one channel', () => {
	it('becomes rows of a table, one per speaker, by automatic mapping', async () => {
		const { client } = n8n();
		const { id: project } = await client.call<{ id: string }>('GET', '/rest/projects/personal');
		const numbers = ['file_index', 'duration', 'speakers_count', 'channel_number', 'name_score', 'talk_time', 'share', 'turns', 'longest_turn', 'first_time', 'last_time', 'speech_length'];
		const columns = [
			...['file_name', 'engine', 'model', 'runtime', 'method', 'speaker', 'name', 'voiceprint', 'warnings'].map((name) => ({ name, type: 'string' })),
			...numbers.map((name) => ({ name, type: 'number' })),
			...['identified', 'reliable', 'has_speech'].map((name) => ({ name, type: 'boolean' })),
		];
		const { id } = await client.call<{ id: string }>('POST', `/rest/projects/${project}/data-tables`, { name: 'talk', columns });
		const insert = base('Insert', 'dataTable', 1.1, {
			resource: 'row',
			operation: 'insert',
			dataTableId: { __rl: true, mode: 'id', value: id },
			columns: { mappingMode: 'autoMapInputData', value: null, matchingColumns: [], schema: [] },
			options: {},
		});
		const rows = jsonOf(await run([read(), diarize('Find', { output: 'speaker' }), insert], ['Start > Read > Find > Insert']), 'Insert');
		assert.deepEqual(rows.map(({ speaker, turns, reliable }) => [speaker, turns, reliable]), [['SPEAKER_00', 3, true], ['SPEAKER_01', 3, true]]);
		for (const { voiceprint } of rows) assert.match(voiceprint as string, /^TjhWUA/);
	});

	it('names the callers it knows, enrolled by the nodes before', async () => {
		const enrol = extract('Enrol', { channelMode: 'split' });
		const name = setField('Name', 'name', "={{ $json.channel_number === 0 ? 'Anna' : 'Ben' }}");
		const find = diarize('Find', { knownSpeakers: 'input', output: 'speaker' });
		const wires: Array<Wire | string> = ['Start > Read > Enrol > Name', ['Read', 'Find', 0], ['Name', 'Find', 1]];
		const found = jsonOf(await run([read(), enrol, name, find], wires), 'Find');
		assert.deepEqual(found.map(({ speaker, name: who, identified }) => [speaker, who, identified]), [['SPEAKER_00', 'Anna', true], ['SPEAKER_01', 'Ben', true]]);
	});
});

describe('by a server', () => {
	const server = useServer({});

	it('it is the same, and the task may be fetched by another node', async () => {
		const credential = await credentialFor(n8n(), server().url);
		const api = { engine: 'api', options: { pollingInterval: 0.2 } };
		const start = diarize('Begin', { ...api, waitForCompletion: false, speakerCount: 'atMost', maximumSpeakers: 3 }, credential);
		const fetch = diarize('Fetch', { ...api, operation: 'getResult', waitUntilDone: true, output: 'segment' }, credential);
		const segments: IDataObject[] = jsonOf(await run([read(), start, fetch], ['Start > Read > Begin > Fetch']), 'Fetch');
		assert.deepEqual(segments.map(({ speaker }) => speaker), [0, 1, 0, 1, 0, 1].map((number) => `SPEAKER_0${number}`));
		assert.equal(server().posts.length, 1);
		assert.match(server().posts[0].url, /max_speakers=3/);
	});
});
