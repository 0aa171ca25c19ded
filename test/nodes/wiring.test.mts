/** What a node knows of its wires and of its earlier runs, on contexts as n8n makes them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IExecuteFunctions } from 'n8n-workflow';
import { readSecondInput } from '../../dist/nodes/common/secondInput.js';
import { earlierInput, earlierRuns, wiresTo } from '../../dist/nodes/common/wiring.js';

const item = (name: string) => ({ json: { name } });

interface Situation {
	/** Names of the nodes at the second input. */
	wires?: string[];
	/** What came to it in this run. */
	now?: object[];
	/** Where its items came from in each run before. */
	sources?: Array<{ previousNode: string; previousNodeRun?: number; previousNodeOutput?: number } | null>;
	/** Of the gallery's node. */
	ancestors?: string[];
}

/** The gallery is the node `Staff`, which has run once. */
function contextOf({ wires = ['Staff'], now = [], sources = [], ancestors = ['Start'] }: Situation): IExecuteFunctions {
	const main = [[{ node: 'Calls' }], wires.map((node) => ({ node }))];
	const runOf = (output: object[][]) => ({ data: { main: output } });
	return {
		getNode: () => ({ name: 'Identify' }),
		getInputData: (index: number) => (index === 1 ? now : [item('call')]),
		getParentNodes: (name: string) => (name === 'Staff' ? ancestors.map((ancestor) => ({ name: ancestor })) : []),
		workflow: { connectionsByDestinationNode: { Identify: { main } } },
		runIndex: sources.length,
		runExecutionData: {
			resultData: {
				runData: {
					Staff: [runOf([[item('Anna')], [item('Ben')]])],
					Identify: sources.map((source) => ({ source: [{ previousNode: 'Calls' }, source] })),
				},
			},
		},
	} as unknown as IExecuteFunctions;
}

const namesOf = (items: Array<{ json: object }> | undefined) => items?.map(({ json }) => (json as { name: string }).name);
const read = (situation: Situation) => readSecondInput({ ctx: contextOf(situation) }, 'Gallery');

describe('the wires to an input', () => {
	it('are named, one by one', () => {
		assert.deepEqual(wiresTo(contextOf({ wires: ['A', 'B'] }), 1), ['A', 'B']);
		assert.deepEqual(wiresTo(contextOf({ wires: [] }), 1), []);
		assert.equal(wiresTo({} as IExecuteFunctions, 1), undefined);
	});

	it('must be one: n8n runs the node once for each, with a part only', () => {
		assert.throws(() => read({ wires: ['Customers', 'Staff'], now: [item('x')] }), {
			code: 'INPUT_IN_PARTS',
			message: /^2 nodes are connected to the input 'Gallery' \('Customers', 'Staff'\)/,
			description: /^Put a Merge node \(Append\) before this input/,
		});
		assert.throws(() => read({ wires: [] }), { code: 'VOICEPRINT_MISSING', message: /^Nothing is connected to the input 'Gallery'/ });
	});
});

describe('the second input', () => {
	it('is what comes now', () => {
		const { items, isEarlier } = read({ now: [item('Cleo')], sources: [{ previousNode: 'Staff' }] });
		assert.deepEqual([namesOf(items), isEarlier], [['Cleo'], false]);
	});

	it('is what came in the first round of a loop, where it comes from outside of it', () => {
		for (const sources of [[{ previousNode: 'Staff' }], [{ previousNode: 'Staff' }, null, null]]) {
			const { items, isEarlier } = read({ sources });
			assert.deepEqual([namesOf(items), isEarlier], [['Anna'], true]);
		}
		assert.deepEqual(namesOf(read({ sources: [{ previousNode: 'Staff', previousNodeOutput: 1 }] }).items), ['Ben']);
	});

	it('is empty where it comes from within the loop, and this round has nothing', () => {
		const { items, isEarlier } = read({ sources: [{ previousNode: 'Staff' }], ancestors: ['Loop', 'Identify'] });
		assert.deepEqual([items, isEarlier], [[], false]);
	});

	it('is empty where nothing came at all, or what Always Output Data makes of nothing', () => {
		assert.deepEqual(read({}).items, []);
		assert.deepEqual(read({ sources: [null] }).items, []);
		assert.deepEqual(read({ now: [{ json: {} }] }).items, []);
	});

	it('is what n8n says where it tells no more', () => {
		const ctx = { getNode: () => ({ name: 'Identify' }), getInputData: () => [] } as unknown as IExecuteFunctions;
		assert.equal(earlierInput(ctx, 1), undefined);
		assert.equal(earlierRuns(ctx), 0);
	});
});
