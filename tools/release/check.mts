/**
 * What must hold before a tag becomes a version on npm: `node tools/release/check.mts --tag v1.2.3 [--repository
 * OWNER/NAME]`. Prints each thing that does not, and ends with 1 where there is one.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const REPOSITORY = join(import.meta.dirname, '..', '..');

export interface Release {
	/** As in Git, such as `v1.2.3`. */
	tag: string;
	/** On GitHub, `owner/name`. */
	repository?: string;
	manifest: { version: string; repository: { url: string } };
	lock: { version: string };
	/** The text of CHANGELOG.md. */
	changelog: string;
}

/** Text below each heading of the second level. */
function sectionsOf(changelog: string): Map<string, string> {
	const parts = changelog.split(/^## /m).slice(1);
	return new Map(parts.map((part) => [part.split('\n', 1)[0].trim(), part.slice(part.indexOf('\n')).trim()]));
}

/** What stands against a version's section, whose heading is the version, with or without its date. */
function obstacleOf(sections: Map<string, string>, version: string): string | undefined {
	const heading = [...sections.keys()].find((each) => each === version || each.startsWith(`${version} `));
	if (heading === undefined || !sections.get(heading)) return `CHANGELOG.md has no section "## ${version}" with text in it.`;
	return /unreleased/i.test(heading) ? `In CHANGELOG.md, "${heading}" still says that it is none.` : undefined;
}

/** What stands against the release; none where it may go. */
export function obstacles({ tag, repository, manifest, lock, changelog }: Release): string[] {
	const found: string[] = [];
	const { version } = manifest;
	if (tag !== `v${version}`) found.push(`The tag is ${tag}, and package.json has version ${version}: the tag must be v${version}.`);
	if (lock.version !== version) found.push(`package-lock.json has version ${lock.version}, and package.json ${version}.`);
	const sections = sectionsOf(changelog);
	const ofSection = obstacleOf(sections, version);
	if (ofSection) found.push(ofSection);
	if (sections.get('Unreleased')) found.push('CHANGELOG.md still has text under "## Unreleased".');
	// npm refuses a provenance statement that names another repository than package.json.
	const [, named] = /github\.com[/:](.+?)(?:\.git)?$/.exec(manifest.repository.url) ?? [];
	if (repository !== undefined && named !== repository) found.push(`package.json names the repository ${named}, and this is ${repository}.`);
	return found;
}

if (import.meta.main) {
	const { values } = parseArgs({ options: { tag: { type: 'string' }, repository: { type: 'string' } } });
	if (!values.tag) throw new Error('--tag must name the tag of the release');
	const text = (file: string) => readFileSync(join(REPOSITORY, file), 'utf8');
	const release = { manifest: JSON.parse(text('package.json')), lock: JSON.parse(text('package-lock.json')), changelog: text('CHANGELOG.md') };
	const found = obstacles({ tag: values.tag, repository: values.repository, ...release });
	for (const obstacle of found) console.error(obstacle);
	process.exitCode = found.length === 0 ? 0 : 1;
}
