/** The settings of a quiet n8n that stays on this machine: nothing phones home, nothing listens to the network. */
import { delimiter, dirname } from 'node:path';

/** Where n8n keeps binary data; `default` is n8n's name for in memory. */
export type BinaryMode = 'filesystem' | 'database' | 'default';

export interface N8nSettings {
	/** n8n makes `.n8n` in it. */
	home: string;
	port: number;
	/** Of n8n's task broker; each n8n needs its own. */
	brokerPort: number;
	binaryMode: BinaryMode;
	/** The one folder that the nodes which read and write files may touch. */
	filesFolder: string;
	temporaryFolder: string;
}

const OFF = [
	'N8N_DIAGNOSTICS_ENABLED',
	'N8N_VERSION_NOTIFICATIONS_ENABLED',
	'N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED',
	'N8N_TEMPLATES_ENABLED',
	'N8N_DYNAMIC_BANNERS_ENABLED',
	'N8N_HIRING_BANNER_ENABLED',
	'N8N_PERSONALIZATION_ENABLED',
	'N8N_LICENSE_AUTO_RENEW_ENABLED',
	'N8N_VERIFIED_PACKAGES_ENABLED',
	// The browser sends the session cookie over plain http only without this.
	'N8N_SECURE_COOKIE',
	'N8N_PYTHON_ENABLED',
];

/** Parts of n8n that have no use here; without them it starts faster. */
const DISABLED_MODULES =
	'instance-ai,agents,chat-hub,mcp,mcp-registry,workflow-builder,source-control,external-secrets,sso-oidc,sso-saml,ldap,insights,otel';

/** Passed on from this process; the rest of its environment stays out, so that an n8n is the same on each machine. */
const PASSED_ON = ['HOME', 'NODE_EXTRA_CA_CERTS', 'http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];

export function n8nEnvironment({
	home,
	port,
	brokerPort,
	binaryMode,
	filesFolder,
	temporaryFolder,
}: N8nSettings): Record<string, string> {
	const url = `http://localhost:${port}`;
	const passedOn = PASSED_ON.filter((name) => process.env[name] !== undefined).map((name) => [
		name,
		process.env[name]!,
	]);
	return {
		...Object.fromEntries(passedOn),
		...Object.fromEntries(OFF.map((name) => [name, 'false'])),
		PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
		LANG: 'C.UTF-8',
		TMPDIR: temporaryFolder,
		N8N_USER_FOLDER: home,
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: 'localhost',
		N8N_EDITOR_BASE_URL: url,
		N8N_WEBHOOK_URL: `${url}/`,
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		N8N_RUNNERS_BROKER_LISTEN_ADDRESS: '127.0.0.1',
		// Nothing secret is kept in these instances.
		N8N_ENCRYPTION_KEY: 'n8n-nodes-voiceprint development',
		N8N_DEFAULT_BINARY_DATA_MODE: binaryMode,
		N8N_RESTRICT_FILE_ACCESS_TO: filesFolder,
		N8N_DISABLED_MODULES: DISABLED_MODULES,
		EXTERNAL_FRONTEND_HOOKS_URLS: '',
	};
}

/** What all processes of one n8n in queue mode have in common. Also what is started by hand goes to the worker. */
export function queueEnvironment(redisPort: number): Record<string, string> {
	return {
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		QUEUE_BULL_REDIS_HOST: '127.0.0.1',
		QUEUE_BULL_REDIS_PORT: String(redisPort),
	};
}

/** Where n8n keeps its workflows and executions, instead of in a file. */
export function postgresEnvironment(port: number, user: string): Record<string, string> {
	return {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: '127.0.0.1',
		DB_POSTGRESDB_PORT: String(port),
		DB_POSTGRESDB_DATABASE: 'postgres',
		DB_POSTGRESDB_USER: user,
		DB_POSTGRESDB_PASSWORD: 'none',
	};
}

/** @param port where the worker tells that it is ready */
export function workerEnvironment(port: number, brokerPort: number): Record<string, string> {
	return {
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(port),
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
	};
}
