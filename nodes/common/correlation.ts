/** What ties all requests of one execution of a workflow together in the server's logs. */
import { createHash, randomUUID } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';

/**
 * The same for all nodes and loops of an execution, also where it goes on in another process after a Wait node; so it
 * is made from what n8n calls the execution. Shaped as a UUID (version 8, of one's own making).
 */
export function correlationIdOf(ctx: IExecuteFunctions): string {
	const execution = ctx.getExecutionId();
	if (!execution) return randomUUID();
	const name = [ctx.getInstanceId(), ctx.getWorkflow().id, execution].join('/');
	const hex = createHash('sha256').update(name).digest('hex');
	return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-a$4-$5');
}
