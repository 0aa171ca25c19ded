import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Why tests that need a certificate are skipped, where they are. */
export const NO_OPENSSL = spawnSync('openssl', ['version']).status === 0 ? false : 'needs openssl to make a certificate';

/** A certificate for `localhost` that nobody trusts. */
export function selfSigned(): { key: string; cert: string } {
	const folder = mkdtempSync(join(tmpdir(), 'certificate-'));
	const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
	try {
		const subject = ['-subj', '/CN=localhost', '-days', '2'];
		execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
		return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
