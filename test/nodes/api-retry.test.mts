/** n8n's setting Retry On Fail runs the whole node again: what the server has accepted is not sent a second time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HarnessItem } from '../../tools/n8n/harness.mts';
import { rejection, type MediaInput, type Outcome } from '../speech-platform/server/results.mts';
import { DETECT, EXTRACT, SPEECH, startApi, VOICEPRINT, type Api } from './support/api.mts';
import { BINARY_MODES, fileItem, harness } from './support/node.mts';

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 10 };
/** Refuses a file of six bytes, so many times; gives the others the result. */
function refusing(times: number, result: unknown = SPEECH) {
	let left = times;
	return async (_technology: string, { file }: MediaInput): Promise<Outcome> =>
		file.bytes === 6 && left-- > 0 ? rejection('It cannot be read') : { state: 'done', result: structuredClone(result) };
}

/** Bytes of the files that were sent, in order of size. */
const sizes = ({ server }: Api) => server.posts.map(({ parts }) => parts[0].bytes).sort((one, other) => one - other);

for (const mode of BINARY_MODES) {
	it(`good files are sent once, the bad one again, with binary data in mode ${mode}`, async (t) => {
		await harness.setBinaryMode(mode);
		t.after(async () => await harness.setBinaryMode('filesystem'));
		const api = await startApi(t, { compute: refusing(2) });
		const items: HarnessItem[] = [fileItem('one'), fileItem('broken'), fileItem('three!!')];
		const { error, output } = await api.run(DETECT, { options: { filesAtOnce: 1 } }, items, { settingsOfNode: RETRY });
		assert.equal(error?.message, undefined);
		assert.equal(output.length, 3);
		assert.deepEqual(sizes(api), [3, 6, 6, 6, 7]);
		const ids = new Set(output.map(({ json }) => json.task_id));
		assert.equal(ids.size, 3);
	});
}

describe('where the workflow goes on', () => {
	it('n8n repeats the node if its first item failed, and that one alone is sent again', async (t) => {
		const api = await startApi(t, { compute: refusing(9) });
		const items = [fileItem('broken'), fileItem('two'), fileItem('four')];
		const { output } = await api.run(DETECT, {}, items, { settingsOfNode: RETRY, onError: 'continueRegularOutput' });
		assert.deepEqual(output.map(({ json }) => json.error === undefined), [false, true, true]);
		assert.deepEqual(sizes(api), [3, 4, 6, 6, 6]);
	});
});

describe('a file', () => {
	it('that is there twice is sent twice, as is one for another question', async (t) => {
		const api = await startApi(t);
		await api.run(DETECT, {}, [fileItem('same'), fileItem('same')]);
		await api.run(DETECT, {}, [fileItem('same')]);
		assert.equal(api.server.posts.length, 3);
	});

	it('of Extract Voiceprint is remembered too', async (t) => {
		const api = await startApi(t, { compute: refusing(1, VOICEPRINT) });
		const { status } = await api.run(EXTRACT, { options: { filesAtOnce: 1 } }, [fileItem('one'), fileItem('broken')], { settingsOfNode: RETRY });
		assert.equal(status, 'success');
		assert.equal(api.server.posts.length, 3);
	});
});
