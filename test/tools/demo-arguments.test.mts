/** The demo's command line: what it asks for, and one line for what makes no sense. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDemoArguments, type DemoRequest } from '../../tools/demo/arguments.mts';
import { OPTIONS, usage } from '../../tools/demo/options.mts';
import { UsageError } from '../../tools/demo/parse.mts';

const requestOf = (...args: string[]) => parseDemoArguments(args) as DemoRequest;

function complaint(args: string[], env?: NodeJS.ProcessEnv): string {
	try {
		parseDemoArguments(args, env);
	} catch (error) {
		assert.ok(error instanceof UsageError);
		return error.message;
	}
	return 'nothing';
}

describe('the command line', () => {
	it('without anything is the sample', () => {
		const { node, files, json } = requestOf();
		assert.deepEqual([node, files, json], ['voiceActivityDetection', ['examples/audio/call.ogg'], false]);
	});

	it('of compare without files are both samples', () => {
		assert.equal(requestOf('compare').files.length, 2);
	});

	it('becomes parameters', () => {
		const { parameters } = requestOf('vad', 'a.wav', '--onset', '0.5', '--channels=0,1', '--range-from', '2', '--maximum-duration', '60');
		const { preset, thresholds, channels, rangeFrom, options } = parameters as Record<string, Record<string, unknown>>;
		assert.deepEqual([preset, thresholds, channels, rangeFrom], ['custom', { onsetThreshold: 0.5 }, '0,1', 2]);
		assert.equal(options.maximumDuration, 60);
	});

	it('takes a negative threshold, and a list of known speakers', () => {
		const { comparison } = requestOf('compare', 'a', 'b', '--operating-point', '-2.5');
		assert.deepEqual([comparison!.operatingPoint, comparison!.threshold], ['custom', -2.5]);
		assert.deepEqual(requestOf('speakers', '--known', 'a', '--known', 'b').known, ['a', 'b']);
		const request = requestOf('speakers', 'call', '--known', 'a', 'b', '--json');
		assert.deepEqual([request.files, request.known], [['call'], ['a', 'b']]);
		// The only file is the one to work on.
		const last = requestOf('speakers', '--known', 'a', 'call');
		assert.deepEqual([last.files, last.known], [['call'], ['a']]);
	});

	it('takes the fast model for speakers too', () => {
		assert.equal(requestOf('speakers', 'call', '--model', 'fast').parameters.model, 'fast');
		assert.equal(requestOf('speakers', 'call').parameters.model, undefined);
	});

	it('asks for help', () => {
		for (const args of [['--help'], ['-h'], ['vad', 'x', '--help']]) assert.equal(parseDemoArguments(args), 'help');
		for (const name of OPTIONS.keys()) assert.match(usage(), new RegExp(`^  --${name}\\b`, 'm'));
	});
});

describe('what makes no sense is said in one line:', () => {
	const cases: Array<[string[], RegExp]> = [
		[['guess'], /^There is no command 'guess': there are vad, voiceprint, compare, speakers$/],
		[['a.wav'], /^There is no command 'a\.wav': a command comes first, such as: npm run demo -- vad a\.wav$/],
		[['vad', '--gpu'], /^There is no option '--gpu'; npm run demo -- --help lists them$/],
		[['vad', '--__proto__'], /^There is no option '--__proto__'/],
		[['vad', '-json'], /^Options begin with two dashes: --json instead of -json$/],
		[['vad', '-x'], /^There is no option '-x'/],
		[['vad', '--preset'], /^--preset needs a value: --preset NAME$/],
		[['vad', '--preset', '--json'], /^--preset needs a value: --preset NAME$/],
		[['vad', '--preset='], /^--preset needs a value/],
		[['vad', '--json=yes'], /^--json takes no value$/],
		[['vad', '--range-from', 'x'], /^--range-from needs a number, not 'x'$/],
		[['vad', '--model', 'fast'], /^--model is an option of voiceprint and compare and speakers, not of vad$/],
		[['vad', '--preset', 'silero', '--api', 'http://a'], /^--preset is of the local engine, and does not go with --api$/],
		[['vad', '--polling-interval', '1'], /^--polling-interval needs --api$/],
		[['vad', '--mix-method', 'mean'], /^--mix-method goes with --channel-mode mix$/],
		[['vad', '--preset', 'balanced', '--onset', '0.5'], /^--onset goes with --preset custom$/],
		[['speakers', '--speakers', '2', '--most-speakers', '3'], /^Either --speakers or --most-speakers$/],
		[['speakers', '--model', 'own.json'], /^--model of speakers is accurate or fast$/],
		[['speakers', '--model', 'fast', '--api', 'http://a'], /^--model is of the local engine, and does not go with --api$/],
		[['speakers', '--operating-point', 'balanced'], /^--operating-point goes with --known$/],
		[['speakers', 'a', '--known', 'b', '--api', 'http://a'], /^--known is of the local engine, and does not go with --api$/],
		[['compare', 'a'], /^compare needs two files, not 1$/],
		[['compare', 'a', 'b', 'c'], /^compare needs two files, not 3$/],
		[['compare', 'a', 'b', '--api', 'http://a', '--no-wait'], /^compare has to wait/],
	];
	for (const [args, message] of cases) {
		it(args.join(' '), () => assert.match(complaint(args), message));
	}

	it('an option that npm took for itself', () => {
		const env = { npm_lifecycle_event: 'demo', npm_config_json: 'true' };
		assert.match(complaint(['vad', 'a.wav'], env), /^npm took --json for itself: options come behind a --/);
		assert.match(complaint(['vad', 'a.wav'], { ...env, npm_config_json: '', npm_config_range_from: '3' }), /--range-from/);
		assert.equal(complaint(['vad', 'a.wav'], { npm_config_json: 'true' }), 'nothing');
	});
});
