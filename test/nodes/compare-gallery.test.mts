/** Compare Voiceprints: galleries and groups as people's tables, loops and sheets give them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IDataObject } from 'n8n-workflow';
import { startApi } from './support/api.mts';
import { COMPARE, compare, faultOf, itemOf, items, NOBODY, summary, voices } from './support/compare.mts';

const { anna, ben, cleo, like } = voices(48);
const IDENTIFY = { operation: 'identify' };
const GROUP = { operation: 'group' };
const known = (name: string, voiceprint: string, more: IDataObject = {}) => itemOf({ name, voiceprint, ...more });
const GALLERY = [known('Anna', like(anna)), known('Ben', like(ben))];
const speaker = (json: IDataObject) => json.speaker;

describe('an empty gallery', () => {
	for (const [name, secondItems] of [['no rows', []], ['one row without fields, by Always Output Data', [{}]]] as const) {
		it(`is a state in which everybody is unknown: ${name}`, async () => {
			const run = await compare(IDENTIFY, items(like(anna), like(ben)), { secondItems: [...secondItems] });
			assert.equal(run.error?.message, undefined);
			for (const { json } of run.output) {
				assert.deepEqual([json.identified, json.speaker, json.gallery_size, json.best_match, json.expected_false_accept_rate], [false, 'unknown', 0, null, null]);
				assert.match(json.warnings as string, /^EMPTY_GALLERY: /);
			}
			assert.match(run.hints[0].message, /^The gallery is empty/);
		});
	}

	it('fails where it shall, and names the option', async () => {
		const fault = faultOf(await compare({ ...IDENTIFY, options: { emptyGallery: 'fail' } }, items(like(anna)), { secondItems: [] }));
		assert.equal(fault.code, 'VOICEPRINT_MISSING');
		assert.match(fault.description, /'Empty Gallery'.*loop/s);
	});

	it('that is not connected is a mistake', async () => {
		const fault = faultOf(await compare(IDENTIFY, items(like(anna))));
		assert.match(fault.message, /^Nothing is connected to the input 'Gallery'/);
	});

	it('asks no server', async (t) => {
		const api = await startApi(t);
		const run = await api.run(COMPARE, IDENTIFY, items('b25l'), { secondItems: [] });
		assert.deepEqual(summary(run, ({ identified }) => identified), [false]);
		assert.equal(api.server.requests.length, 0);
	});
});

describe('who is identified', () => {
	it('is told apart from an entry named unknown', async () => {
		const gallery = [known('unknown', like(anna))];
		const { output } = await compare(IDENTIFY, items(like(anna), like(ben)), { secondItems: gallery });
		assert.deepEqual(output.map(({ json }) => [json.identified, json.speaker]), [[true, 'unknown'], [false, 'unknown']]);
	});

	it('is a recording that meets itself, and that is said', async () => {
		const own = like(anna);
		const { output } = await compare(IDENTIFY, items(own, like(anna)), { secondItems: [...GALLERY, known('caller of today', own)] });
		assert.match(output[0].json.warnings as string, /^SAME_VOICEPRINT: The voiceprint of item 2 of the gallery \('caller of today'\) is the very same/);
		assert.equal(output[1].json.warnings, '');
	});

	it('is from which recording', async () => {
		const { output } = await compare(IDENTIFY, [itemOf({ voiceprint: like(ben), file_name: 'x.wav', channel_number: 1 })], { secondItems: GALLERY });
		assert.deepEqual([output[0].json.file_name, output[0].json.channel_number], ['x.wav', 1]);
	});
});

describe('a field whose name only looks right', () => {
	for (const [name, key, message] of [
		['a byte order mark', '\uFEFFvoiceprint', /an invisible character in the name \(U\+FEFF, byte order mark\)/],
		['a zero-width space', 'voice\u200Bprint', /\(U\+200B\)/],
		['a no-break space', 'voiceprint\u00A0', /\(U\+00A0\)/],
		['other letters', 'Voiceprint', /its 'Voiceprint' is written otherwise/],
	] as const) {
		it(`is named: ${name}`, async () => {
			const gallery = [itemOf({ [key]: like(anna), name: 'Anna' })];
			const fault = faultOf(await compare(IDENTIFY, items(like(anna)), { secondItems: gallery }));
			assert.equal(fault.code, 'VOICEPRINT_MISSING');
			assert.match(fault.message, message);
			assert.doesNotMatch(fault.description, /Of the first one/);
			assert.ok(fault.description.length > 20);
			assert.match(faultOf(await compare({}, [itemOf({ [key]: like(anna) })])).message, message);
		});
	}

	it('is named also where it is the one of the name, or to merge by', async () => {
		const fault = faultOf(await compare(IDENTIFY, items(like(anna)), { secondItems: [itemOf({ '\uFEFFname': 'Anna', voiceprint: like(anna) })] }));
		assert.match(fault.message, /no name in the field 'name': .*U\+FEFF/);
		const merge = faultOf(await compare({ operation: 'merge', groupByField: 'name' }, [itemOf({ '\uFEFFname': 'A', voiceprint: like(anna) })]));
		assert.match(merge.message, /U\+FEFF/);
	});
});

describe('what comes back from a sheet', () => {
	it('has numbers as text, which are read', async () => {
		for (const [text, length] of [['9.5', 9.5], ['9,5', 9.5], [' 12 ', 12], ['', null], ['much', null]] as const) {
			const fields = { voiceprint: 'b25l', voiceprint_2: 'dHdv', speech_length: text, speech_length_2: '20' };
			const { withNeighbours } = await import('../../dist/nodes/CompareVoiceprints/voiceprints.js');
			const { parsePath } = await import('../../dist/nodes/common/path.js');
			const given = withNeighbours({ json: fields }, { voiceprint: 'b25l', parent: fields }, parsePath('voiceprint'));
			assert.equal(given.speechLength, length);
		}
	});
});

/** A voiceprint of the stand-in server. */
const print = (...vector: number[]) => Buffer.from(JSON.stringify({ made_up: vector })).toString('base64');

describe('a silent voiceprint is of nobody with either engine', () => {
	const SILENT_BESIDE: Array<[string, IDataObject]> = [
		['its speech length', { speech_length: 0 }],
		['its speech length as text', { speech_length: '0' }],
		['its speech length as text with a comma', { speech_length: '0,0' }],
		['its column has_speech', { speech_length: null, has_speech: false }],
		['its column has_speech as text', { speech_length: '', has_speech: 'FALSE' }],
		['its warnings', { speech_length: null, warnings: 'NO_SPEECH: No speech was found in channel 0' }],
		['its warnings as a list', { warnings: [{ code: 'NO_SPEECH', message: 'x' }] }],
	];
	const silence = print(0.1, 0.1, 1);

	for (const [name, fields] of [...SILENT_BESIDE, ['itself', { voiceprint: NOBODY }]] as Array<[string, IDataObject]>) {
		it(`of a server, by ${name}`, async (t) => {
			const api = await startApi(t);
			const silent = itemOf({ voiceprint: silence, ...fields });
			const speaking = [itemOf({ voiceprint: print(1, 0, 0), speech_length: 9 }), itemOf({ voiceprint: print(0.99, 0.05, 0), speech_length: 9 })];
			const grouped = await api.run(COMPARE, GROUP, [silent, ...speaking, silent]);
			assert.deepEqual(summary(grouped, speaker), [null, 'speaker_1', 'speaker_1', null]);
			const gallery = [itemOf({ ...silent.json, name: 'Nobody' }), itemOf({ ...speaking[0].json, name: 'Xaver' })];
			const found = await api.run(COMPARE, IDENTIFY, [silent, speaking[1]], { secondItems: gallery, onError: 'continueRegularOutput' });
			assert.deepEqual(summary(found, speaker), ['unknown', 'Xaver']);
			assert.match(found.output[0].json.warnings as string, /^EMPTY_VOICEPRINT: /);
			assert.equal(found.output[1].json.gallery_size, 1);
			for (const { body } of api.server.posts) assert.ok(!JSON.stringify(body).includes(silence));
		});
	}

	it('of the local engine, by itself, whatever stands beside it', async () => {
		const silent = itemOf({ voiceprint: NOBODY, speech_length: null });
		const run = await compare(GROUP, [silent, ...items(like(anna), like(anna)), silent]);
		assert.deepEqual(summary(run, speaker), [null, 'speaker_1', 'speaker_1', null]);
	});

	it('of a server may not be found out where nothing says how much speech is behind it: that is said', async (t) => {
		const api = await startApi(t);
		const { hints } = await api.run(COMPARE, GROUP, [itemOf({ voiceprint: print(1, 0, 0) }), itemOf({ voiceprint: print(0, 1, 0), speech_length: 4 })]);
		assert.match(hints[0].message, /^Nothing says how much speech is behind 1 of 2 voiceprints: .*'speech_length'/);
		const found = await api.run(COMPARE, IDENTIFY, [itemOf({ voiceprint: print(1, 0, 0), speech_length: 4 })], {
			secondItems: [itemOf({ name: 'X', voiceprint: print(1, 0.1, 0) })],
		});
		assert.match(found.hints[0].message, /behind 1 of 1 entries of the gallery/);
	});
});

describe('groups', () => {
	const BY_SPEAKER = { ...GROUP, output: 'speaker' };
	const call = (voiceprint: string, file_index: unknown, channel_number: number, more: IDataObject = {}) =>
		itemOf({ voiceprint, file_name: 'voice.wav', file_index, channel_number, duration: 60, ...more } as IDataObject);
	const together = async (...calls: ReturnType<typeof call>[]) =>
		(await compare(BY_SPEAKER, calls)).output.map(({ json }) => json.together_with);

	it('know a conversation by its recording, and not by the name of its file', async () => {
		assert.deepEqual(await together(call(like(anna, 20), 0, 0), call(like(ben, 10), 0, 1)), ['speaker_2', 'speaker_1']);
		assert.deepEqual(await together(call(like(anna, 20), 0, 0), call(like(ben, 10), 1, 0)), ['', '']);
		// Twice the first file of a loop's round, or of two nodes.
		assert.deepEqual(await together(call(like(anna, 20), 0, 0), call(like(ben, 10), 0, 1, { duration: 61 })), ['', '']);
		assert.deepEqual(await together(call(like(anna, 20), 0, 0), call(like(ben, 10), 0, 0)), ['', '']);
		assert.deepEqual(await together(call(like(anna, 20), '0', 0), call(like(ben, 10), 0, 1)), ['speaker_2', 'speaker_1']);
	});

	it('of a single voiceprint are hinted at', async () => {
		const { hints, output } = await compare(GROUP, items(like(cleo)));
		assert.match(hints[0].message, /^Only one voiceprint came to be grouped\. In a loop .*Done of Loop Over Items/);
		assert.equal(output[0].json.speaker, 'speaker_1');
	});

	it('say where a recording is there twice', async () => {
		const own = like(anna);
		const { output } = await compare(GROUP, items(own, like(anna), own));
		assert.match(output[0].json.warnings as string, /SAME_VOICEPRINT: The voiceprint of item 2 is the very same/);
		assert.equal(output[1].json.warnings, '');
		assert.match(output[2].json.warnings as string, /SAME_VOICEPRINT: The voiceprint of item 0 is the very same/);
		const merged = await compare({ operation: 'merge' }, items(own, like(anna), own));
		assert.match(merged.output[0].json.warnings as string, /SAME_VOICEPRINT: Of items 0 and 2, the voiceprint is the very same/);
		const bySpeaker = await compare(BY_SPEAKER, items(own, like(anna), own));
		assert.match(bySpeaker.output[0].json.warnings as string, /SAME_VOICEPRINT: Of items 0 and 2/);
	});
});

describe('items of Compare Voiceprints', () => {
	const file = (name: string) => ({ buffer: Buffer.from(name), fileName: `${name}.wav`, mimeType: 'audio/wav' });

	it('keep the files of theirs', async () => {
		const withFile = (voiceprint: string, name: string) => ({ json: { voiceprint, voiceprint_2: voiceprint }, files: { data: file(name) } });
		const two = [withFile(like(anna), 'a'), withFile(like(anna), 'b')];
		for (const parameters of [{}, IDENTIFY, GROUP]) {
			const { output } = await compare(parameters, two, { secondItems: GALLERY });
			assert.deepEqual(output.map(({ binary }) => binary?.data?.fileName), ['a.wav', 'b.wav']);
		}
		for (const parameters of [{ operation: 'merge' }, BY_SPEAKER()]) {
			const { output } = await compare(parameters, two);
			assert.deepEqual(Object.entries(output[0].binary!).map(([name, { fileName }]) => [name, fileName]), [['data', 'a.wav'], ['data_1', 'b.wav']]);
		}
	});

	const BY_SPEAKER = () => ({ ...GROUP, output: 'speaker' });

	it('are flat and alike, for a table', async () => {
		const probes = [...items(like(anna), like(ben, 1)), itemOf({ voiceprint: NOBODY })];
		for (const [parameters, list] of [
			[GROUP, probes],
			[BY_SPEAKER(), probes],
			[{ operation: 'merge', groupByField: 'name' }, GALLERY],
			[{}, [itemOf({ voiceprint: like(anna), voiceprint_2: like(ben, 1) }), itemOf({ voiceprint: like(anna), voiceprint_2: like(anna) })]],
		] as const) {
			const { output, error } = await compare(parameters, [...list]);
			assert.equal(error?.message, undefined);
			for (const { json } of output) {
				assert.deepEqual(Object.keys(json), Object.keys(output[0].json));
				for (const value of Object.values(json)) assert.ok(value === null || typeof value !== 'object');
			}
		}
	});
});
