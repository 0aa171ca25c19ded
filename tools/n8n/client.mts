/** A client for a running n8n: the REST calls of its editor, and its webhooks. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionStatus, IRunExecutionData } from 'n8n-workflow';
import type { WorkflowData } from './workflows.mts';

export const OWNER = {
	email: 'owner@example.com',
	password: 'Voiceprint1',
	firstName: 'Voiceprint',
	lastName: 'Developer',
};

/** n8n ties a session to the browser that it began in. */
export const BROWSER_ID = 'n8n-nodes-voiceprint';

export interface StoredWorkflow extends WorkflowData {
	id: string;
	versionId: string;
}

export interface Execution {
	id: string;
	status: ExecutionStatus;
	data: IRunExecutionData;
}

export interface WebhookResponse {
	status: number;
	/** Parsed JSON, or the text where it is none. */
	body: unknown;
}

export interface UploadedFile {
	/** Name of the form field, which n8n makes the name of the binary field. */
	field?: string;
	content: Uint8Array<ArrayBuffer>;
	fileName: string;
	mimeType: string;
}

const UNFINISHED: ExecutionStatus[] = ['new', 'running', 'unknown', 'waiting'];

/** For each request: n8n closes idle ones after some seconds, and on a busy machine that crosses a new request. */
const OWN_CONNECTION = { connection: 'close' };

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

export class N8nClient {
	readonly url: string;

	/** n8n's session cookie, `name=value`. */
	cookie = '';

	private readonly parseFlatted: (text: string) => IRunExecutionData;

	/** @param installFolder where this n8n is installed: it brings the parser for its own execution data */
	constructor(url: string, installFolder: string) {
		this.url = url;
		this.parseFlatted = createRequire(join(installFolder, 'package.json'))('flatted').parse;
	}

	/** Signs in; in a new n8n this also makes the owner's account. */
	async signIn(): Promise<void> {
		const settings = await this.call<{ userManagement: { showSetupOnFirstLoad?: boolean } }>('GET', '/rest/settings');
		if (settings.userManagement.showSetupOnFirstLoad) await this.call('POST', '/rest/owner/setup', OWNER);
		else await this.call('POST', '/rest/login', { emailOrLdapLoginId: OWNER.email, password: OWNER.password });
	}

	/** One REST call; n8n wraps most answers in `data`, which is taken off. */
	async call<Result = unknown>(method: string, path: string, body?: unknown): Promise<Result> {
		const response = await fetch(this.url + path, {
			method,
			headers: {
				...OWN_CONNECTION,
				'browser-id': BROWSER_ID,
				...(this.cookie ? { cookie: this.cookie } : {}),
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const session = response.headers.getSetCookie().find((cookie) => cookie.startsWith('n8n-auth='));
		if (session) this.cookie = session.split(';')[0]!;
		const text = await response.text();
		if (!response.ok) throw new Error(`${method} ${path} gave ${response.status}: ${text.slice(0, 500)}`);
		const json = parse(text) as { data?: Result };
		return path.startsWith('/rest/') && json?.data !== undefined ? json.data : (json as Result);
	}

	/** Descriptions of all nodes that n8n offers. */
	async nodeTypes(): Promise<
		Array<{ name: string; displayName: string; iconUrl?: string | { light: string; dark: string } }>
	> {
		return await this.call('GET', '/types/nodes.json');
	}

	async createWorkflow(workflow: WorkflowData): Promise<StoredWorkflow> {
		return await this.call('POST', '/rest/workflows', { settings: {}, ...workflow });
	}

	async workflows(): Promise<StoredWorkflow[]> {
		return await this.call('GET', '/rest/workflows');
	}

	/** Activates a workflow and waits until its webhook answers, as n8n registers it a moment later. */
	async publishWebhook(workflow: StoredWorkflow, path: string): Promise<void> {
		await this.call('POST', `/rest/workflows/${workflow.id}/activate`, { versionId: workflow.versionId });
		const giveUpAt = Date.now() + 30_000;
		// GET on a webhook for POST runs nothing; the answer tells whether it is there.
		while (!(await (await fetch(`${this.url}/webhook/${path}`)).text()).includes('not registered for GET')) {
			if (Date.now() > giveUpAt) throw new Error(`The webhook ${path} was not registered within 30 s`);
			await sleep(50);
		}
	}

	/** Uploads files to a webhook as a form, as a browser does. */
	async upload(path: string, ...files: UploadedFile[]): Promise<WebhookResponse> {
		const form = new FormData();
		for (const { field = 'data', content, fileName, mimeType } of files)
			form.append(field, new Blob([content], { type: mimeType }), fileName);
		const response = await fetch(`${this.url}/webhook/${path}`, { method: 'POST', body: form, headers: OWN_CONNECTION });
		return { status: response.status, body: parse(await response.text()) };
	}

	/** Starts a stored workflow as the editor's button does; gives the execution's id. */
	async startManually({ id }: StoredWorkflow, trigger: string): Promise<string> {
		const { executionId } = await this.call<{ executionId: string }>('POST', `/rest/workflows/${id}/run`, {
			triggerToStartFrom: { name: trigger },
		});
		return executionId;
	}

	async runManually(workflow: StoredWorkflow, trigger: string): Promise<Execution> {
		return await this.finishedExecution(await this.startManually(workflow, trigger));
	}

	async execution(id: string): Promise<Execution> {
		const execution = await this.call<Execution & { data: string | IRunExecutionData }>(
			'GET',
			`/rest/executions/${id}`,
		);
		return {
			...execution,
			data: typeof execution.data === 'string' ? this.parseFlatted(execution.data) : execution.data,
		};
	}

	async finishedExecution(id: string, timeoutMs = 120_000): Promise<Execution> {
		const giveUpAt = Date.now() + timeoutMs;
		for (;;) {
			const execution = await this.execution(id);
			if (!UNFINISHED.includes(execution.status)) return execution;
			if (Date.now() > giveUpAt)
				throw new Error(`Execution ${id} is still ${execution.status} after ${timeoutMs / 1000} s`);
			await sleep(50);
		}
	}

	async stopExecution(id: string): Promise<void> {
		await this.call('POST', `/rest/executions/${id}/stop`);
	}
}
