/**
 * Runs a node of this package in this very process on n8n's real execution engine (n8n-core's WorkflowExecute, its
 * execution context, binary data service and package loader), without a server or a database. A run takes a few
 * milliseconds. n8n's configuration is global to a process and read once, so a process has one harness at a time.
 */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
	IBinaryData,
	IConnections,
	IDataObject,
	INode,
	INodeExecutionData,
	INodeParameters,
	INodeProperties,
	INodeType,
	INodeTypes,
	IRun,
	IVersionedNodeType,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	IWorkflowSettings,
	NodeExecutionHint,
	OnError,
} from 'n8n-workflow';
import { credentialsHelper, type CredentialValues } from './harness/credentials.mts';
import { DatabaseBinaryManager } from './harness/database-binary.mts';
import { SOURCE_TYPE, sourceNode, type HarnessItem } from './harness/source-node.mts';

export type { HarnessFile, HarnessItem } from './harness/source-node.mts';

/** Where n8n keeps binary data; `default` is n8n's name for in memory, inside the item. */
export type BinaryMode = 'filesystem' | 'database' | 'default';

export interface HarnessOptions {
	binaryMode?: BinaryMode;
	/** The package whose nodes are loaded; this repository by default. */
	packageFolder?: string;
	/** Where nodes may read files of the machine; by default a folder of the harness. Empty: everywhere. */
	readableFolder?: string;
}

export interface RunOptions {
	/** Node name within the package, such as `voiceActivityDetection`. */
	node: string;
	typeVersion?: number;
	parameters?: INodeParameters;
	items?: HarnessItem[];
	/** Of the node's second input; without them, nothing is connected to it. */
	secondItems?: HarnessItem[];
	/** Nodes of the package through which the items come, one after the other. */
	before?: Array<{ name: string; node: string; parameters?: INodeParameters }>;
	/** The node setting On Error; n8n's default stops the workflow. */
	onError?: OnError;
	/** Further settings of the node, such as `retryOnFail`. */
	settingsOfNode?: Partial<INode>;
	/** Decrypted values by credential type. */
	credentials?: CredentialValues;
	/** Workflow settings, such as `binaryMode: 'combined'`. */
	settings?: IWorkflowSettings;
	/** What a node says to whoever watches a manual run: n8n shows it in the browser's console. */
	onMessage?: (text: string) => void;
}

/** n8n keeps errors in run data as plain copies: `instanceof` says nothing about them, `name` does. */
export interface RunError {
	name: string;
	message: string;
	description?: string;
	itemIndex?: number;
	context: IDataObject;
}

export interface RunResult {
	status: IRun['status'];
	/** Items of the first output; empty where the node failed. */
	output: INodeExecutionData[];
	/** Items of all main outputs; with On Error set to `continueErrorOutput` the last one is the error output. */
	outputs: INodeExecutionData[][];
	error?: RunError;
	hints: NodeExecutionHint[];
	/** All that n8n recorded. */
	run: IRun;
}

export interface StartedRun {
	/** What n8n does when the user presses Stop. */
	cancel(): void;
	done: Promise<RunResult>;
}

export interface Harness {
	run(options: RunOptions): Promise<RunResult>;
	start(options: RunOptions): StartedRun;
	/** Full type names of the nodes that the package brings, with their implementations. */
	nodeTypes: Map<string, INodeType | IVersionedNodeType>;
	/** Content of a binary field of an output item, in every binary mode. */
	readBinary(binary: IBinaryData): Promise<Buffer>;
	setBinaryMode(mode: BinaryMode): Promise<void>;
	/** Where nodes may read files of the machine. */
	readableFolder: string;
	/** Removes the temporary home folder. */
	dispose(): void;
}

const NODE_NAME = 'Node';
const SOURCE_NAME = 'Source';
const REPOSITORY = join(import.meta.dirname, '..', '..');

type Core = typeof import('n8n-core');
type N8nWorkflow = typeof import('n8n-workflow');

/** n8n reads its settings from the environment when it is first loaded, so they are set before that. */
function loadN8n(home: string, readableFolder: string): { core: Core; workflow: N8nWorkflow; container: typeof import('@n8n/di').Container } {
	Object.assign(process.env, {
		N8N_USER_FOLDER: home,
		N8N_ENCRYPTION_KEY: 'a key for the harness only',
		N8N_RESTRICT_FILE_ACCESS_TO: readableFolder,
		N8N_LOG_LEVEL: 'silent',
		N8N_DIAGNOSTICS_ENABLED: 'false',
	});
	// `require`, not `import`: the nodes are CommonJS, and n8n-workflow's ES module build would be a second copy of it.
	const requireHere = createRequire(import.meta.url);
	const requireInCore = createRequire(requireHere.resolve('n8n-core'));
	requireInCore('reflect-metadata');
	return {
		core: requireHere('n8n-core'),
		workflow: requireInCore('n8n-workflow'),
		container: requireInCore('@n8n/di').Container,
	};
}

function errorOf(data: IRun['data']['resultData']): RunError | undefined {
	const error = data.runData[NODE_NAME]?.[0]?.error ?? data.error;
	if (!error) return undefined;
	const context = ('context' in error ? error.context : undefined) ?? {};
	return {
		name: error.name || 'Error',
		message: error.message,
		description: error.description ?? undefined,
		itemIndex: context.itemIndex as number | undefined,
		context,
	};
}

function toResult(run: IRun): RunResult {
	const task = run.data.resultData.runData[NODE_NAME]?.[0];
	const outputs = (task?.data?.main ?? []).map((items) => items ?? []);
	return {
		status: run.status,
		output: outputs[0] ?? [],
		outputs,
		error: errorOf(run.data.resultData),
		hints: task?.hints ?? [],
		run,
	};
}

/** Addresses that a server would have; nothing calls them. */
const ADDRESSES = {
	instanceBaseUrl: 'http://localhost/',
	restApiUrl: 'http://localhost/rest',
	webhookBaseUrl: 'http://localhost/webhook',
	webhookWaitingBaseUrl: 'http://localhost/webhook-waiting',
	webhookTestBaseUrl: 'http://localhost/webhook-test',
	formWaitingBaseUrl: 'http://localhost/form-waiting',
};

/** The nodes of a run's workflow: the items' source, what is between, and the node under test. */
function nodesOf(
	packageName: string,
	{ node, typeVersion = 1, parameters = {}, onError, settingsOfNode, credentials = {}, before = [] }: RunOptions,
): INode[] {
	return [
		{ id: 'source', name: SOURCE_NAME, type: SOURCE_TYPE, typeVersion: 1, position: [0, 0], parameters: {} },
		...before.map((one, i): INode => ({ id: one.name, name: one.name, type: `${packageName}.${one.node}`, typeVersion: 1, position: [100, 100 * i], parameters: one.parameters ?? {} })),
		{
			id: 'node',
			name: NODE_NAME,
			type: `${packageName}.${node}`,
			typeVersion,
			position: [200, 0],
			parameters,
			credentials: Object.fromEntries(Object.keys(credentials).map((type) => [type, { id: type, name: type }])),
			...(onError ? { onError } : {}),
			...settingsOfNode,
		},
	];
}

/** What the package brings, found by n8n's own loader, which also checks file paths, class names and icons. */
async function loadPackage(core: Core, packageFolder: string) {
	const loader = new core.PackageDirectoryLoader(packageFolder);
	await loader.loadAll();
	return {
		packageName: loader.packageName,
		nodeTypes: new Map(
			Object.entries(loader.nodeTypes).map(([name, { type }]) => [`${loader.packageName}.${name}`, type]),
		),
		credentialProperties: new Map<string, INodeProperties[]>(
			Object.entries(loader.credentialTypes).map(([name, { type }]) => [name, type.properties]),
		),
	};
}

const HOME_PREFIX = 'n8n-harness-';

/** Removes what processes have left that were killed: there may be recordings in it. */
function sweep(): void {
	for (const name of readdirSync(tmpdir())) {
		const pid = new RegExp(`^${HOME_PREFIX}(\\d+)-`).exec(name)?.[1];
		if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true });
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// Somebody else's process is alive too.
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

export async function createHarness({
	binaryMode = 'filesystem',
	packageFolder = REPOSITORY,
	readableFolder: given,
}: HarnessOptions = {}): Promise<Harness> {
	sweep();
	const home = mkdtempSync(join(tmpdir(), `${HOME_PREFIX}${process.pid}-`));
	const readableFolder = given ?? join(home, 'files');
	if (given === undefined) mkdirSync(readableFolder);
	const { core, workflow: n8n, container } = loadN8n(home, readableFolder);
	const binaryData = container.get(core.BinaryDataService);
	binaryData.setManager('database', new DatabaseBinaryManager());
	async function setBinaryMode(mode: BinaryMode) {
		container.get(core.BinaryDataConfig).mode = mode;
		await binaryData.init();
	}
	await setBinaryMode(binaryMode);

	const { packageName, nodeTypes, credentialProperties } = await loadPackage(core, packageFolder);
	const itemsOfWorkflow = new Map<string, HarnessItem[][]>();
	const source = sourceNode(itemsOfWorkflow);
	function find(type: string): INodeType | IVersionedNodeType {
		const found = type === SOURCE_TYPE ? source : nodeTypes.get(type);
		if (!found)
			throw new Error(`The package has no node ${type}; it has ${[...nodeTypes.keys()].join(', ') || 'none'}`);
		return found;
	}
	const registry: INodeTypes = {
		getByName: find,
		getByNameAndVersion: (type, version) => n8n.NodeHelpers.getVersionedNodeType(find(type), version),
		getKnownTypes: () => ({}),
	};
	const main = n8n.NodeConnectionTypes.Main;
	function connectionsFor(inputs: number, { before = [] }: RunOptions): IConnections {
		const chain = [SOURCE_NAME, ...before.map(({ name }) => name), NODE_NAME];
		const links = before.map((_, i) => [chain[i + 1], { main: [[{ node: chain[i + 2], type: main, index: 0 }]] }]);
		const fromSource = Array.from({ length: inputs }, (_, index) => [{ node: index === 0 ? chain[1] : NODE_NAME, type: main, index }]);
		return { [SOURCE_NAME]: { main: fromSource }, ...Object.fromEntries(links) };
	}

	/** n8n fills in what a node leaves at its default, and what runs is read from its store: no value is the description's own. */
	function storedNodes(data: Omit<ConstructorParameters<typeof n8n.Workflow>[0], 'nodeTypes'>): INode[] {
		const { nodes } = new n8n.Workflow({ ...data, nodeTypes: registry });
		return JSON.parse(JSON.stringify(Object.values(nodes))) as INode[];
	}

	let count = 0;
	function start(options: RunOptions): StartedRun {
		const id = String(++count);
		const inputs = [options.items ?? [{}], ...(options.secondItems ? [options.secondItems] : [])];
		itemsOfWorkflow.set(id, inputs);
		const data = {
			id,
			name: id,
			nodes: nodesOf(packageName, options),
			connections: connectionsFor(inputs.length, options),
			active: false,
			settings: { executionOrder: 'v1' as const, ...options.settings },
		};
		const workflow = new n8n.Workflow({ ...data, nodes: storedNodes(data), nodeTypes: registry });
		const additionalData = {
			...ADDRESSES,
			credentialsHelper: credentialsHelper(n8n.ICredentialsHelper, options.credentials ?? {}, credentialProperties),
			hooks: new core.ExecutionLifecycleHooks('manual', id, data as unknown as IWorkflowBase),
			// Unlike that of any other process: servers see what is made from it.
			executionId: `${id}-${randomUUID()}`,
			currentNodeExecutionIndex: 0,
			variables: {},
			userId: 'harness',
			setExecutionStatus: () => {},
			sendDataToUI: (_type: string, { messages = [] }: { messages?: unknown[] }) => options.onMessage?.(messages.join(' ')),
			logAiEvent: () => {},
		} as unknown as IWorkflowExecuteAdditionalData;
		const execution = new core.WorkflowExecute(additionalData, 'manual').run({
			workflow,
			startNode: workflow.getNode(SOURCE_NAME)!,
		});
		const done = execution.then(toResult).finally(() => itemsOfWorkflow.delete(id));
		return { cancel: () => execution.cancel(), done };
	}

	return {
		start,
		run: async (options) => await start(options).done,
		nodeTypes,
		readBinary: async (binary) => await binaryData.getAsBuffer(binary),
		setBinaryMode,
		readableFolder,
		dispose: () => rmSync(home, { recursive: true, force: true }),
	};
}
