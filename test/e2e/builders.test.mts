/** Workflows as builders wrote them and reported them in public, rebuilt: each with its right answer in a real n8n. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { INode, INodeParameters } from 'n8n-workflow';
import type { Execution } from '../../tools/n8n/client.mts';
import { provideRecordings } from '../../tools/n8n/examples.mts';
import { START_NAME } from '../../tools/n8n/workflows.mts';
import { rejection } from '../speech-platform/server/results.mts';
import { SPEECH } from '../speech-platform/support/harness.mts';
import { writeSilentWav } from '../support/engine.mts';
import { credentialFor, useServer } from './api-support.mts';
import { SHORT_SHUTDOWN, stoppedAtWork } from './ends.mts';
import { base, compare, detect, errorOf, extract, graph, itemsOf, jsonOf, loop, nothing, runsOf, setField, succeeded, type Wire } from './graph.mts';
import { CALL, PAGE, useN8n } from './support.mts';
import { uploads } from './uploads.mts';

const n8n = useN8n({ binaryMode: 'database', env: SHORT_SHUTDOWN });

const readFiles = (name: string, files: string, options: INodeParameters = {}) =>
	base(name, 'readWriteFile', 1.1, { operation: 'read', fileSelector: join(n8n().filesFolder, files), options });

/** Runs a workflow that begins at Start. */
async function run(nodes: INode[], wires: Array<Wire | string>): Promise<Execution> {
	prepare();
	const { client } = n8n();
	return await client.runManually(await client.createWorkflow(graph(nodes, wires)), START_NAME);
}

/** All columns of a segment that are numbers: n8n's Data Table refuses an item with a field that it has no column for. */
const NUMBERS_OF_SEGMENT = [
	...['file_index', 'channel_number', 'segment_index', 'start_time', 'end_time', 'duration', 'echo_of_channel', 'file_duration'],
	...['speech_length', 'speech_share', 'talk_time_0', 'talk_time_1', 'overlap', 'longest_pause', 'interruptions', 'first_speech'],
];

let isPrepared = false;

/** The recordings of all workflows, below the folder from which n8n may read. */
function prepare(): void {
	if (isPrepared) return;
	isPrepared = true;
	const { filesFolder } = n8n();
	provideRecordings(filesFolder); // calls/call.ogg, known-speakers/Robin.wav
	for (const folder of ['mail/monday', 'mail/tuesday', 'three', 'refs']) mkdirSync(join(filesFolder, folder), { recursive: true });
	const known = join(filesFolder, 'known-speakers', 'Robin.wav');
	copyFileSync(known, join(filesFolder, 'mail/monday/voice.wav'));
	writeFileSync(join(filesFolder, 'mail/tuesday/voice.wav'), CALL.content);
	for (const name of ['1.ogg', '3.ogg']) writeFileSync(join(filesFolder, 'three', name), CALL.content);
	writeSilentWav(join(filesFolder, 'three', '2.wav'), 5);
	for (const name of ['1.wav', '2.wav', '3.wav']) copyFileSync(known, join(filesFolder, 'refs', name));
	writeFileSync(join(filesFolder, 'refs', '1.wav'), PAGE.content);
}

uploads(n8n, 'database');

describe('a parameter whose expression gives nothing', () => {
	it('is named, and is not the default', async () => {
		const nodes = [readFiles('Read', 'calls/call.ogg'), detect({ rangeFrom: '={{ $json.begin }}', rangeTo: '={{ $json.finish }}' })];
		const { code, message } = errorOf(await run(nodes, ['Start > Read > VAD']));
		assert.equal(code, 'INVALID_PARAMETER');
		assert.match(message, /^'Range From' has no value/);
	});
});

describe('what is no file', () => {
	const toText = () => base('To Text', 'extractFromFile', 1, { operation: 'binaryToPropery', options: {} });

	it('is a data URI that was decoded with its beginning, and is named', async () => {
		const nodes = [
			readFiles('Read', 'calls/call.ogg'),
			toText(),
			setField('App Answer', 'audio', '={{ "data:audio/ogg;base64," + $json.data }}'),
			base('Convert', 'convertToFile', 1.1, { operation: 'toBinary', sourceProperty: 'audio', options: { fileName: 'voice.ogg' } }),
			detect(),
		];
		const { code, message, description } = errorOf(await run(nodes, ['Start > Read > To Text > App Answer > Convert > VAD']));
		assert.equal(code, 'NOT_MEDIA');
		assert.match(message, /"voice\.ogg" was made of a data URI/);
		assert.match(description, /split\(','\)/);
	});

	it('is the content in place of the name, which is not repeated', async () => {
		const nodes = [readFiles('Read', 'calls/call.ogg'), toText(), detect({ binaryPropertyName: '={{ $json.data }}' })];
		const { code, message, description } = errorOf(await run(nodes, ['Start > Read > To Text > VAD']));
		assert.equal(code, 'BINARY_FIELD_MISSING');
		assert.match(message, /is the content of a file itself/);
		assert.ok(message.length + description.length < 600);
	});
});

describe('files of an item', () => {
	it('go on under their own names, whichever was processed', async () => {
		const nodes = [
			readFiles('Agent', 'calls/call.ogg'),
			readFiles('Customer', 'known-speakers/Robin.wav', { dataPropertyName: 'customer' }),
			base('Merge', 'merge', 3.2, { mode: 'combine', combineBy: 'combineByPosition', options: {} }),
			detect({ binaryPropertyName: '={{ $binary.customer }}' }),
			extract('Of Agent'),
		];
		const wires: Array<Wire | string> = ['Start > Agent > Merge > VAD > Of Agent', 'Start > Customer', ['Customer', 'Merge', 1]];
		const execution = succeeded(await run(nodes, wires));
		const [{ binary, json }] = itemsOf(execution, 'VAD');
		assert.equal(json.file_name, 'Robin.wav');
		assert.deepEqual(Object.entries(binary!).map(([name, { fileName }]) => [name, fileName]).sort(), [['customer', 'Robin.wav'], ['data', 'call.ogg']]);
		assert.equal(jsonOf(execution, 'Of Agent')[0].file_name, 'call.ogg');
	});
});

describe('a condition on the default output', () => {
	it('finds the speech length of the file', async () => {
		const conditions = {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
			conditions: [{ id: '1', leftValue: '={{ $json.speech_length }}', rightValue: 3, operator: { type: 'number', operation: 'gt' } }],
			combinator: 'and',
		};
		const nodes = [readFiles('Read', 'three/*'), detect(), base('If', 'if', 2.2, { conditions, options: {} })];
		const execution = succeeded(await run(nodes, ['Start > Read > VAD > If']));
		const names = (output: number) => itemsOf(execution, 'If', output).map(({ json }) => json.file_name).sort();
		assert.deepEqual([names(0), names(1)], [['1.ogg', '3.ogg'], ['2.wav']]);
	});
});

describe('a loop', () => {
	it('goes on after a silent file', async () => {
		const nodes = [readFiles('Read', 'three/*'), loop(), detect({ output: 'segment' }), nothing('Done')];
		const execution = succeeded(await run(nodes, ['Start > Read > Loop', ['Loop', 'VAD', 0, 1], 'VAD > Loop > Done']));
		assert.equal(runsOf(execution, 'VAD').length, 3);
		const done = jsonOf(execution, 'Done');
		assert.deepEqual([...new Set(done.map(({ file_name }) => file_name))].sort(), ['1.ogg', '2.wav', '3.ogg']);
		const silent = done.filter(({ file_name }) => file_name === '2.wav');
		assert.deepEqual(silent.map(({ segment_type, start_time, duration }) => [segment_type, start_time, duration]), [['none', null, null]]);
	});

	it('identifies in every round by a gallery that comes once', async () => {
		const nodes = [
			readFiles('Read', 'three/*.ogg'),
			loop(),
			extract('Calls', { channels: '1' }),
			readFiles('Read Staff', 'known-speakers/Robin.wav'),
			extract('Staff', { channelMode: 'mix' }),
			compare({ operation: 'identify', galleryNameField: 'file_name' }),
		];
		const wires: Array<Wire | string> = ['Start > Read > Loop', ['Loop', 'Calls', 0, 1], 'Calls > Compare > Loop', 'Start > Read Staff > Staff', ['Staff', 'Compare', 1]];
		const execution = succeeded(await run(nodes, wires));
		assert.deepEqual(jsonOf(execution, 'Compare').map(({ identified, speaker }) => [identified, speaker]), [[true, 'Robin.wav'], [true, 'Robin.wav']]);
	});
});

describe('a gallery', () => {
	const calls = () => [readFiles('Read', 'calls/call.ogg'), extract('Calls')];
	const staff = () => [readFiles('Read Staff', 'known-speakers/Robin.wav'), extract('Staff', { channelMode: 'mix' })];
	const identify = (parameters: INodeParameters = {}) => compare({ operation: 'identify', ...parameters });
	const byName = { galleryNameField: 'file_name' };

	it('of two wires is refused, with what to do', async () => {
		const nodes = [...calls(), ...staff(), readFiles('Read Customers', 'calls/call.ogg'), extract('Customers', { channelMode: 'mix' }), identify(byName)];
		const wires: Array<Wire | string> = ['Start > Read > Calls > Compare', 'Start > Read Customers > Customers', ['Customers', 'Compare', 1], 'Start > Read Staff > Staff', ['Staff', 'Compare', 1]];
		const { code, message, description } = errorOf(await run(nodes, wires));
		assert.equal(code, 'INPUT_IN_PARTS');
		assert.match(message, /'Customers', 'Staff'/);
		assert.match(description, /Merge node \(Append\)/);
	});

	it('with an entry named unknown does no harm', async () => {
		const nodes = [...calls(), ...staff(), setField('Row', 'name', 'unknown'), identify()];
		const execution = succeeded(await run(nodes, ['Start > Read > Calls > Compare', 'Start > Read Staff > Staff > Row', ['Row', 'Compare', 1]]));
		assert.deepEqual(jsonOf(execution, 'Compare').map(({ identified, speaker }) => [identified, speaker]), [[false, 'unknown'], [true, 'unknown']]);
	});

	it('that has the recording itself says so', async () => {
		const nodes = [...calls(), setField('Row', 'name', '=channel {{ $json.channel_number }}'), identify()];
		const execution = succeeded(await run(nodes, ['Start > Read > Calls > Compare', 'Calls > Row', ['Row', 'Compare', 1]]));
		for (const { warnings } of jsonOf(execution, 'Compare')) assert.match(warnings as string, /SAME_VOICEPRINT/);
	});

	it('from a CSV file with a byte order mark names the field', async () => {
		const columns = base('Columns', 'set', 3.4, {
			assignments: {
				assignments: [
					{ id: '1', name: 'voiceprint', type: 'string', value: '={{ $json.voiceprint }}' },
					{ id: '2', name: 'name', type: 'string', value: 'Robin' },
				],
			},
			options: {},
		});
		const toCsv = base('To CSV', 'convertToFile', 1.1, { operation: 'csv', options: {} });
		const fromCsv = base('From CSV', 'extractFromFile', 1, { operation: 'csv', options: {} });
		const nodes = [...calls(), ...staff(), columns, toCsv, fromCsv, identify()];
		const wires: Array<Wire | string> = ['Start > Read > Calls > Compare', 'Start > Read Staff > Staff > Columns > To CSV > From CSV', ['From CSV', 'Compare', 1]];
		const { message, description } = errorOf(await run(nodes, wires));
		assert.match(message, /U\+FEFF, byte order mark/);
		assert.match(description, /Byte Order Mark/);
	});

	it('of an empty table makes everybody unknown; segments go into a table, silent files too', async () => {
		const { client } = n8n();
		const { id: project } = await client.call<{ id: string }>('GET', '/rest/projects/personal');
		const table = async (columns: Record<string, string>) => {
			const body = { name: randomUUID().slice(0, 8), columns: Object.entries(columns).map(([name, type]) => ({ name, type })) };
			const { id } = await client.call<{ id: string }>('POST', `/rest/projects/${project}/data-tables`, body);
			return { __rl: true, mode: 'id', value: id };
		};
		const empty = await table({ name: 'string', voiceprint: 'string' });
		const known = base('Known', 'dataTable', 1.1, { resource: 'row', operation: 'get', dataTableId: empty, returnAll: true });
		const execution = succeeded(await run([...calls(), known, identify()], ['Start > Read > Calls > Compare', 'Start > Known', ['Known', 'Compare', 1]]));
		assert.deepEqual(jsonOf(execution, 'Compare').map(({ identified, gallery_size }) => [identified, gallery_size]), [[false, 0], [false, 0]]);

		const segments = await table({
			...Object.fromEntries(['file_name', 'segment_type', 'warnings'].map((name) => [name, 'string'])),
			...Object.fromEntries(NUMBERS_OF_SEGMENT.map((name) => [name, 'number'])),
			has_speech: 'boolean',
		});
		const insert = base('Insert', 'dataTable', 1.1, {
			resource: 'row',
			operation: 'insert',
			dataTableId: segments,
			columns: { mappingMode: 'autoMapInputData', value: null, matchingColumns: [], schema: [] },
			options: {},
		});
		const stored = succeeded(await run([readFiles('Read', 'three/*'), detect({ output: 'segment' }), insert], ['Start > Read > VAD > Insert']));
		const rows = jsonOf(stored, 'Insert');
		assert.equal(rows.length, jsonOf(stored, 'VAD').length);
		assert.deepEqual([...new Set(rows.map(({ file_name }) => file_name))].sort(), ['1.ogg', '2.wav', '3.ogg']);
		assert.match(rows.find(({ file_name }) => file_name === '2.wav')!.warnings as string, /^(SILENT_CHANNEL|NO_SPEECH): /);
	});
});

describe('pairs and groups', () => {
	for (const [what, calls, message] of [
		['fewer than the calls', 'three/*', /^The inputs have 3 and 2 items/],
		['as many as the calls, but others', 'three/*.ogg', /^An item was lost before one of the inputs/],
	] as const) {
		it(`by position are refused where a reference was no recording: ${what} are left`, async () => {
			const nodes = [
				readFiles('Read', calls),
				extract('Calls', { channelMode: 'mix' }),
				readFiles('Read References', 'refs/*'),
				base('Sort', 'sort', 1, { sortFieldsUi: { sortField: [{ fieldName: 'fileName' }] }, options: {} }),
				extract('References', { channelMode: 'mix' }, { onError: 'continueErrorOutput' }),
				compare({ operation: 'verify', compareWith: 'input' }),
			];
			const wires: Array<Wire | string> = ['Start > Read > Calls > Compare', 'Start > Read References > Sort > References', ['References', 'Compare', 1]];
			const execution = await run(nodes, wires);
			assert.deepEqual([0, 1].map((output) => itemsOf(execution, 'References', output).length), [2, 1]);
			const { code, message: said, description } = errorOf(execution);
			assert.equal(code, 'PAIRS_UNCLEAR');
			assert.match(said, message);
			assert.match(description, /'Match By Field'/);
		});
	}

	it('with one file name in two folders are no conversation', async () => {
		const nodes = [readFiles('Read', 'mail/**/*.wav'), extract('Voices', { channels: '0' }), compare({ operation: 'group', output: 'speaker' })];
		const execution = succeeded(await run(nodes, ['Start > Read > Voices > Compare']));
		assert.deepEqual(jsonOf(execution, 'Compare').map(({ members, together_with }) => [/^\d \(voice\.wav, channel 0\)$/.test(members as string), together_with]), [[true, ''], [true, '']]);
	});
});

describe('with the Speech Platform API', () => {
	let broken = 2;
	const brokenBytes = PAGE.content.length;
	const server = useServer({
		compute: async (technology, { file }) => {
			if (technology !== 'voice-activity-detection') {
				const channel = { channel_number: 0, speech_length: 0, model: 'sid-xl5', voiceprint: 'c2lsZW5jZQ==' };
				return { state: 'done', result: { channels: [channel] } };
			}
			if (file.bytes === brokenBytes && broken-- > 0) return rejection('It cannot be read');
			return { state: 'done', result: SPEECH };
		},
	});

	it('a node that n8n repeats sends no good file twice', async () => {
		const { filesFolder } = n8n();
		mkdirSync(join(filesFolder, 'retry'), { recursive: true });
		for (const [name, content] of [['1.ogg', CALL.content], ['2.mp3', PAGE.content]] as const) writeFileSync(join(filesFolder, 'retry', name), content);
		const credential = await credentialFor(n8n(), server().url);
		const settings = { ...credential, retryOnFail: true, maxTries: 3, waitBetweenTries: 100 };
		const nodes = [readFiles('Read', 'retry/*'), detect({ engine: 'api', options: { pollingInterval: 0.2 } }, settings)];
		succeeded(await run(nodes, ['Start > Read > VAD']));
		const sizes = server().posts.map(({ parts }) => parts[0].bytes);
		assert.equal(sizes.filter((bytes) => bytes === CALL.content.length).length, 1);
		assert.equal(sizes.filter((bytes) => bytes === brokenBytes).length, 3);
	});

	it('silent recordings are no speaker, though the sheet between has lost their lengths', async () => {
		const credential = await credentialFor(n8n(), server().url);
		const nodes = [
			readFiles('Read', 'three/*'),
			extract('EV', { engine: 'api', channelMode: 'mix', options: { pollingInterval: 0.2 } }, credential),
			setField('Stored', 'speech_length', '={{ $json.speech_length || null }}', 'number'),
			compare({ engine: 'api', operation: 'group' }, credential),
		];
		const execution = succeeded(await run(nodes, ['Start > Read > EV > Stored > Compare']));
		assert.deepEqual(jsonOf(execution, 'Compare').map(({ speaker }) => speaker), [null, null, null]);
	});
});

stoppedAtWork(n8n);
