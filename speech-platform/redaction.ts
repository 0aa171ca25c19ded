/** Keeps a login out of what goes out: a server, or a proxy in front of it, may repeat what it was sent. */
import type { HttpResponse } from './transport';

/**
 * A text without the login's values.
 * @param isResult Whether it is a part of a result, where only what cannot be there by chance is taken out.
 */
export type Redact = (text: string, isResult?: boolean) => string;

/** Where there is no login. */
export const KEEP: Redact = (text) => text;

/** How deep JSON is looked into; what is deeper is left out. */
const DEEPEST = 50;

/** Characters of a text that is likely to come again. */
const SHORT = 60;

/** The same JSON with all its texts cleaned, the names of its members too. */
export function clean<T>(value: T, redact: Redact, isResult = false): T {
	if (redact === KEEP) return value;
	const known = new Map<string, string>();
	const cleanText = (text: string): string => {
		const before = known.get(text);
		if (before !== undefined) return before;
		const cleaned = redact(text, isResult);
		if (text.length <= SHORT) known.set(text, cleaned);
		return cleaned;
	};
	return cleanWith(value, cleanText, 0) as T;
}

function cleanWith(value: unknown, cleanText: (text: string) => string, depth: number): unknown {
	if (typeof value === 'string') return cleanText(value);
	if (typeof value !== 'object' || value === null) return value;
	if (depth > DEEPEST) return undefined;
	if (Array.isArray(value)) return value.map((entry: unknown) => cleanWith(entry, cleanText, depth + 1));
	return Object.fromEntries(Object.entries(value).map(([name, entry]) => [cleanText(name), cleanWith(entry, cleanText, depth + 1)]));
}

export function cleanHeaders(headers: HttpResponse['headers'], redact: Redact): HttpResponse['headers'] {
	const one = (value: string) => redact(value);
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.map(one) : value && one(value)]),
	);
}

/** Stands in place of what is taken out. */
const GONE = '[login removed]';

/** Characters of a value that cannot be in a text by chance. */
const SURELY_SECRET = 8;

/** Characters of a value that is taken out within words too. */
const SELDOM = 4;

/** @param values of a login, such as its token; in all the forms in which they are sent */
export function redactor(values: string[]): Redact {
	const forms = [...new Set(values.flatMap(formsOf))].filter(Boolean).sort((one, other) => other.length - one.length);
	const patterns = forms.map((form) => ({ form, pattern: patternOf(form) }));
	return (text, isResult = false) => {
		let cleaned = text;
		for (const { form, pattern } of patterns) {
			if (isResult && form.length < SURELY_SECRET) continue;
			cleaned = cleaned.replace(pattern, GONE);
		}
		return cleaned;
	};
}

/** As it is, and as addresses, JSON, web pages and Base64 write it. */
function formsOf(value: string): string[] {
	const asPage = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
	const base64 = Buffer.from(value).toString('base64');
	return [
		value,
		encodeURIComponent(value),
		encodeURIComponent(value).replace(/%20/g, '+'),
		JSON.stringify(value).slice(1, -1),
		JSON.stringify(value).slice(1, -1).replaceAll('/', '\\/'),
		value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`),
		asPage,
		asPage.replaceAll('"', '&quot;'),
		asPage.replaceAll('"', '&quot;').replaceAll("'", '&#39;'),
		asPage.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
		...(value.length >= SELDOM ? [base64, base64.replace(/=+$/, '')] : []),
	];
}

function patternOf(form: string): RegExp {
	const literal = form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
	const isWithinWords = form.length >= SELDOM;
	return new RegExp(isWithinWords ? literal : `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu');
}
