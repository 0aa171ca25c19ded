/** The OpenAPI description as a judge over requests and answers. Everything it objects to is a plain sentence. */
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

export const OPENAPI_FILE = join(import.meta.dirname, '..', 'speech-platform.openapi.yaml');

const ID = 'api';

/** The description as YAML gives it, without types. */
type Json = ReturnType<typeof parse>;

export interface Part {
	name: string;
	fileName?: string;
}

export interface JudgedRequest {
	method: string;
	/** Without a prefix. */
	path: string;
	query: URLSearchParams;
	headers: IncomingHttpHeaders;
	/** The parts of a form. */
	parts?: Part[];
	/** The parsed JSON. */
	body?: unknown;
}

interface Operation {
	/** Pointer into the description. */
	at: string;
	definition: Json;
	pathParameters: Record<string, string>;
}

export class Contract {
	readonly description = parse(readFileSync(OPENAPI_FILE, 'utf8'));

	private readonly ajv = new Ajv2020({ strict: false, allErrors: true, coerceTypes: false });

	private readonly validators = new Map<string, ValidateFunction>();

	constructor() {
		addFormats.default(this.ajv);
		this.ajv.addSchema({ ...this.description, $id: ID }, ID);
	}

	/** What is wrong with a request; empty for a good one. */
	request({ method, path, query, headers, parts, body }: JudgedRequest): string[] {
		const operation = this.operation(method, path);
		if (!operation) return [`${method} ${path} is not in the description`];
		const faults: string[] = [];
		const known = new Set<string>();
		for (const [index, reference] of (operation.definition.parameters ?? []).entries()) {
			const { at, value: parameter } = this.resolve(reference, `${operation.at}/parameters/${index}`);
			if (parameter.in === 'query') known.add(parameter.name);
			const text = {
				query: query.get(parameter.name) ?? undefined,
				header: headers[parameter.name as string]?.toString(),
				path: operation.pathParameters[parameter.name],
			}[parameter.in as 'query' | 'header' | 'path'];
			if (text !== undefined) faults.push(...this.check(`${at}/schema`, typed(text, parameter.schema.type), parameter.name));
			else if (parameter.required) faults.push(`${parameter.name} is missing`);
		}
		for (const name of query.keys()) if (!known.has(name)) faults.push(`query parameter ${name} is not documented`);
		const exclusive = ((operation.definition['x-exclusive-parameters'] ?? []) as string[]).filter((name) => query.has(name));
		if (exclusive.length > 1) faults.push(`${exclusive.join(' and ')} exclude each other`);
		return [...faults, ...this.requestBody(operation, headers, parts, body)];
	}

	/** What is wrong with an answer; empty for a good one. */
	answer(method: string, path: string, status: number, headers: OutgoingHttpHeaders, body: string): string[] {
		const operation = this.operation(method, path);
		if (!operation) return [`${method} ${path} is not in the description`];
		const key = String(status) in operation.definition.responses ? String(status) : 'default';
		const { at, value } = this.resolve(operation.definition.responses[key], `${operation.at}/responses/${key}`);
		const faults: string[] = [];
		for (const [name, reference] of Object.entries<Json>(value.headers ?? {})) {
			const text = headers[name.toLowerCase()];
			if (text === undefined) continue;
			const header = this.resolve(reference, `${at}/headers/${name}`);
			faults.push(...this.check(`${header.at}/schema`, typed(String(text), header.value.schema.type), name));
		}
		const type = contentType(headers);
		if (!(type in value.content)) return [...faults, `content type ${type} is not documented for ${status}`];
		const content = type === 'application/json' ? (JSON.parse(body) as unknown) : body;
		return [...faults, ...this.check(`${at}/content/${escapePointer(type)}/schema`, content, `answer ${status}`)];
	}

	/** Every status that is documented for an operation. */
	statuses(method: string, path: string): string[] {
		return Object.keys(this.operation(method, path)?.definition.responses ?? {});
	}

	private requestBody(operation: Operation, headers: IncomingHttpHeaders, parts?: Part[], body?: unknown): string[] {
		if (!operation.definition.requestBody) return [];
		const { at, value } = this.resolve(operation.definition.requestBody, `${operation.at}/requestBody`);
		const type = contentType(headers);
		if (!(type in value.content)) return [`content type ${type} is not documented`];
		if (type === 'application/json') return this.check(`${at}/content/${escapePointer(type)}/schema`, body, 'body');
		const { required, properties } = value.content[type].schema as { required: string[]; properties: Json };
		const names = (parts ?? []).map(({ name }) => name);
		return [
			...required.filter((name) => !names.includes(name)).map((name) => `part ${name} is missing`),
			...names.filter((name) => !(name in properties)).map((name) => `part ${name} is not documented`),
			...(parts ?? []).filter((part) => part.name === 'file' && !part.fileName).map(() => 'part file has no file name'),
		];
	}

	private operation(method: string, path: string): Operation | undefined {
		for (const [template, methods] of Object.entries<Json>(this.description.paths)) {
			const pattern = new RegExp(`^${template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
			const match = pattern.exec(path);
			const definition = match && methods[method.toLowerCase()];
			if (definition) {
				const at = `#/paths/${escapePointer(template)}/${method.toLowerCase()}`;
				return { at, definition, pathParameters: { ...match.groups } };
			}
		}
		return undefined;
	}

	private resolve(reference: Json, at: string): { at: string; value: Json } {
		if (!reference.$ref) return { at, value: reference };
		const steps = (reference.$ref as string).slice(2).split('/');
		const value = steps.reduce((node: Json, step) => node[step.replaceAll('~1', '/').replaceAll('~0', '~')], this.description);
		return { at: reference.$ref, value };
	}

	private check(pointer: string, value: unknown, name: string): string[] {
		let validate = this.validators.get(pointer);
		if (!validate) this.validators.set(pointer, (validate = this.ajv.compile({ $ref: ID + pointer })));
		if (validate(value)) return [];
		return (validate.errors ?? []).map(({ instancePath, message }) => `${name}${instancePath} ${message}`);
	}
}

const escapePointer = (text: string) => text.replaceAll('~', '~0').replaceAll('/', '~1');

const contentType = (headers: IncomingHttpHeaders | OutgoingHttpHeaders) =>
	String(headers['content-type'] ?? '').split(';')[0].trim();

/** Text of a query or header as what its schema says it is. */
function typed(text: string, type: unknown): unknown {
	if ((type === 'number' || type === 'integer') && text.trim() !== '' && !Number.isNaN(Number(text))) return Number(text);
	if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
	return text;
}
