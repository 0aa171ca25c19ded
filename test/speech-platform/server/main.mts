/**
 * The stand-in server by itself, such as for the demo: `node test/speech-platform/server/main.mts --port 8000`.
 * Prints its base URL on stdout and one line per request, and what the contract objects to, on stderr.
 */
import { parseArgs } from 'node:util';
import { stopEngine } from '../../../dist/engine/client/client.js';
import { randomFaults } from './faults.mts';
import { StandIn, type Locations } from './server.mts';

const HELP = `Options:
  --port N             default: any free one
  --prefix PATH        path in front of /api, such as /speech
  --locations KIND     both, location, x-location, none, absolute or relative
  --pending-ms N       milliseconds that a task stays pending
  --running-ms N       milliseconds that a task stays running, at least
  --authorization TEXT what the header must be, as if a proxy asked for it
  --gzip               compressed answers
  --nulls              null instead of absent members
  --faults SHARE       share of requests that meet a random fault, 0 to 1
  --seed N             of the random faults, default 1`;

const { values } = parseArgs({
	options: {
		port: { type: 'string', default: '0' },
		prefix: { type: 'string' },
		locations: { type: 'string' },
		'pending-ms': { type: 'string', default: '0' },
		'running-ms': { type: 'string', default: '0' },
		authorization: { type: 'string' },
		gzip: { type: 'boolean' },
		nulls: { type: 'boolean' },
		faults: { type: 'string', default: '0' },
		seed: { type: 'string', default: '1' },
		help: { type: 'boolean' },
	},
});

if (values.help) {
	console.log(HELP);
} else {
	const server = await new StandIn({
		port: Number(values.port),
		prefix: values.prefix,
		locations: values.locations as Locations | undefined,
		pendingMs: Number(values['pending-ms']),
		runningMs: Number(values['running-ms']),
		authorization: values.authorization,
		gzip: values.gzip,
		nulls: values.nulls,
		chooseFault: randomFaults(Number(values.faults), Number(values.seed)),
		onAnswer: ({ method, url, status, bytes, fault }) =>
			console.error([method, url, bytes > 0 ? `${bytes} bytes` : '', status ?? 'no answer', fault ?? ''].filter(Boolean).join(' ')),
		onViolation: (violation) => console.error(`Against the contract: ${violation}`),
	}).start();
	console.log(server.url);
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => {
			stopEngine();
			void server.close();
		});
	}
}
