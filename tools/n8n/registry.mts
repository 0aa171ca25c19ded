/**
 * An npm registry for one package that is not published, so that n8n's own endpoint can install it: it serves the
 * package's tarballs on this machine and sends all other requests on to the registry that npm is configured for.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, delimiter, dirname, join } from 'node:path';
import { npmCommand } from '../npm.cjs';

export interface RunningRegistry {
	url: string;
	stop(): Promise<void>;
}

interface Manifest {
	name: string;
	version: string;
}

const hash = (algorithm: string, bytes: Buffer, encoding: 'hex' | 'base64') =>
	createHash(algorithm).update(bytes).digest(encoding);

/** @param tarballs of one package, in the order of their versions */
export async function startRegistry(tarballs: string[]): Promise<RunningRegistry> {
	const upstream = execFileSync(...npmCommand(['config', 'get', 'registry']), { encoding: 'utf8' }).trim().replace(/\/$/, '');
	const files = new Map<string, Buffer>();
	const versions: Record<string, unknown> = {};
	let latest: Manifest | undefined;
	const server = createServer((request, response) => {
		const path = decodeURIComponent(request.url!.split('?')[0]).slice(1);
		const file = files.get(path);
		const [name, version] = path.split('/');
		if (file) response.end(file);
		else if (name !== latest!.name) response.writeHead(302, { location: upstream + request.url }).end();
		else if (version === undefined) {
			const tags = { latest: latest!.version };
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify({ name, 'dist-tags': tags, versions }));
		} else {
			const known = versions[version === 'latest' ? latest!.version : version];
			response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
			response.end(JSON.stringify(known ?? { error: 'no such version' }));
		}
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	for (const tarball of tarballs) {
		const bytes = readFileSync(tarball);
		const manifest = JSON.parse(execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' }));
		const path = `${manifest.name}/-/${basename(tarball)}`;
		files.set(path, bytes);
		const sums = { shasum: hash('sha1', bytes, 'hex'), integrity: `sha512-${hash('sha512', bytes, 'base64')}` };
		versions[manifest.version] = { ...manifest, dist: { tarball: `${url}/${path}`, ...sums } };
		latest = manifest;
	}
	return {
		url,
		async stop() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}

/** The same package under another version. Returns the new tarball's path. */
export function withVersion(tarball: string, version: string, folder: string): string {
	const unpacked = join(folder, version);
	mkdirSync(unpacked, { recursive: true });
	execFileSync('tar', ['-xzf', tarball, '-C', unpacked]);
	const manifest = join(unpacked, 'package', 'package.json');
	writeFileSync(manifest, JSON.stringify({ ...JSON.parse(readFileSync(manifest, 'utf8')), version }));
	const target = join(folder, `package-${version}.tgz`);
	execFileSync('tar', ['-czf', target, '-C', unpacked, 'package']);
	return target;
}

/**
 * n8n names its registry to npm itself, which beats every setting. An `npm` that comes first on n8n's path names the
 * given one instead, and calls the real npm.
 * @param folder in which it is made
 * @returns the PATH for n8n
 */
export function pathWithNpmFor(registry: string, folder: string): string {
	mkdirSync(folder, { recursive: true });
	const npm = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
	const lines = [
		'#!/bin/sh',
		'for one do shift',
		`  case "$one" in --registry=*) one='--registry=${registry}' ;; esac`,
		'  set -- "$@" "$one"',
		'done',
		`exec '${npm}' "$@"`,
	];
	const file = join(folder, 'npm');
	writeFileSync(file, `${lines.join('\n')}\n`);
	chmodSync(file, 0o755);
	return [folder, dirname(process.execPath), process.env.PATH].join(delimiter);
}
