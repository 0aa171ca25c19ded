/** Addresses: all of them are under the base URL, whatever a server says. */
import { SpeechPlatformError } from './errors';
import type { Technology } from './types';

const TECHNOLOGY_ROOT = '/api/technology/';

const BASE_URL_ADVICE =
	"Set 'Base URL' in the credential to the address of the Speech Platform, such as http://appliance:8000.";

/**
 * The base URL without a trailing slash and without the API's own path; its path prefix stays.
 * @throws SpeechPlatformError INVALID_BASE_URL
 */
export function parseBaseUrl(text: string): string {
	const invalid = (fault: string) => new SpeechPlatformError('INVALID_BASE_URL', fault, BASE_URL_ADVICE);
	const trimmed = text.trim();
	if (!URL.canParse(trimmed)) throw invalid("The 'Base URL' is not a complete address");
	const url = new URL(trimmed);
	if (!isHttp(url)) throw invalid("The 'Base URL' must begin with http:// or https://");
	if (url.username || url.password) {
		throw invalid("The 'Base URL' must not contain a user name or password; the credential has fields for them");
	}
	return url.origin + url.pathname.replace(/\/+$/, '').replace(API_ADDRESS, '');
}

/** What people copy from the documentation behind the address that is asked for. */
const API_ADDRESS = /\/+api(\/+technology(\/+[\w-]+){0,2})?$/;

/** Where tasks of a technology are started. */
export function startUrl(baseUrl: string, technology: Technology): string {
	return baseUrl + TECHNOLOGY_ROOT + technology;
}

/** IDs are UUIDs so far; anything that is one path segment will do. `..` would be another address. */
const TASK_ID = /^(?!\.+$)[\w.~-]{1,200}$/;

/** Where the documentation says that a task is. Throws INVALID_TASK_ID for what cannot be one. */
export function documentedTaskUrl(baseUrl: string, technology: Technology, taskId: string): string {
	if (TASK_ID.test(taskId)) return `${startUrl(baseUrl, technology)}/${taskId}`;
	throw new SpeechPlatformError(
		'INVALID_TASK_ID',
		"The 'Task ID' is not one of the Speech Platform",
		'Use the task_id that the operation which started the task has put out, such as 123e4567-e89b-12d3-a456-426614174000.',
	);
}

/** The ID in an address at which the documentation says that a task of the technology is; undefined for any other. */
export function taskIdIn(location: string | undefined, technology: Technology): string | undefined {
	if (!location || !URL.canParse(location, 'http://server')) return undefined;
	const segments = new URL(location, 'http://server').pathname.split('/');
	const [taskId, ...more] = segments.slice(segments.lastIndexOf(technology) + 1);
	const isTask = segments.includes(technology) && more.length === 0 && taskId !== undefined && TASK_ID.test(taskId);
	return isTask ? taskId : undefined;
}

/**
 * Where a task is by the server's Location header: only the header's path counts, and it is put under the base URL.
 * A proxy may hide the host and the prefix that the server believes in, and credentials must not leave the origin. An
 * address without the task's ID is another task's or none.
 * @param location An absolute or relative address, or absent.
 * @throws SpeechPlatformError INVALID_TASK_ID where neither the header nor the ID gives an address
 */
export function taskUrl(baseUrl: string, technology: Technology, taskId: string, location: string | undefined): string {
	const start = startUrl(baseUrl, technology);
	if (!location || !URL.canParse(location, start)) return documentedTaskUrl(baseUrl, technology, taskId);
	const { protocol, pathname, search, origin } = new URL(location, start);
	const hasId = pathname.split('/').includes(taskId);
	if (!isHttp({ protocol }) || !hasId) return documentedTaskUrl(baseUrl, technology, taskId);
	const query = origin === new URL(baseUrl).origin ? search : '';
	const documented = pathname.indexOf(TECHNOLOGY_ROOT);
	if (documented >= 0) return baseUrl + pathname.slice(documented) + query;
	const prefix = new URL(baseUrl).pathname.replace(/\/$/, '');
	return baseUrl + (pathname.startsWith(`${prefix}/`) ? pathname.slice(prefix.length) : pathname) + query;
}

const isHttp = ({ protocol }: { protocol: string }) => protocol === 'http:' || protocol === 'https:';
