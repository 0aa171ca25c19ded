/** What must hold before a version is published, and the workflows that GitHub runs for it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { OTHER_NODES } from '../../tools/testing/node-versions.mts';
import { obstacles, type Release } from '../../tools/release/check.mts';

const REPOSITORY = join(import.meta.dirname, '..', '..');
const WORKFLOWS = join(REPOSITORY, '.github', 'workflows');
const manifest = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
const readme = readFileSync(join(REPOSITORY, 'README.md'), 'utf8');

describe('a release', () => {
	const good: Release = {
		tag: 'v1.2.0',
		repository: 'owner/name',
		manifest: { version: '1.2.0', repository: { url: 'git+https://github.com/owner/name.git' } },
		lock: { version: '1.2.0' },
		changelog: '# Changelog\n\n## Unreleased\n\n## 1.2.0 (2026-11-30)\n\n- Much.\n\n## 1.1.0\n\n- Some.\n',
	};

	it('goes where nothing stands against it', () => {
		assert.deepEqual(obstacles(good), []);
		assert.deepEqual(obstacles({ ...good, changelog: '# Changelog\n\n## 1.2.0\n\n- Much.\n' }), []);
	});

	const wrong: Array<[what: string, Partial<Release>, RegExp]> = [
		['of another tag', { tag: 'v1.2.1' }, /The tag is v1\.2\.1, and package\.json has version 1\.2\.0/],
		['of a tag without v', { tag: '1.2.0' }, /must be v1\.2\.0/],
		['with another version in the lock file', { lock: { version: '1.1.0' } }, /package-lock\.json has version 1\.1\.0/],
		['that the changelog does not know', { changelog: '# Changelog\n\n## 1.2.01\n\n- Much.\n' }, /no section "## 1\.2\.0"/],
		['with an empty section', { changelog: '## 1.2.0\n\n## 1.1.0\n\n- Some.\n' }, /no section "## 1\.2\.0"/],
		['that the changelog calls unreleased', { changelog: '## 1.2.0 (unreleased)\n\n- Much.\n' }, /"1\.2\.0 \(unreleased\)" still says/],
		['with changes that no version has', { changelog: `## Unreleased\n\n- More.\n\n## 1.2.0\n\n- Much.\n` }, /under "## Unreleased"/],
		['from another repository', { repository: 'owner/fork' }, /names the repository owner\/name, and this is owner\/fork/],
	];
	for (const [what, change, message] of wrong) {
		it(`${what} does not`, () => {
			const found = obstacles({ ...good, ...change });
			assert.equal(found.length, 1, found.join('\n'));
			assert.match(found[0], message);
		});
	}
});

interface Step {
	uses?: string;
	run?: string;
	env?: Record<string, string>;
	if?: string;
}

interface Job {
	steps?: Step[];
	uses?: string;
	needs?: string | string[];
	permissions?: Record<string, string>;
	strategy?: { matrix: Record<string, string[]> };
}

interface Workflow {
	name: string;
	on: Record<string, { tags?: string[] } | null>;
	permissions: Record<string, string>;
	jobs: Record<string, Job>;
}

const read = (file: string): Workflow => parse(readFileSync(join(WORKFLOWS, file), 'utf8'), { strict: true });
const stepsOf = ({ jobs }: Workflow) => Object.values(jobs).flatMap(({ steps = [] }) => steps);
const runsOf = (workflow: Workflow) => stepsOf(workflow).flatMap(({ run = [] }) => run);

describe('the workflows on GitHub', () => {
	for (const file of readdirSync(WORKFLOWS)) {
		const workflow = read(file);

		it(`${file} calls actions by their commit, with few rights`, () => {
			for (const { uses } of stepsOf(workflow)) if (uses) assert.match(uses, /^actions\/[a-z-]+@[0-9a-f]{40}$/);
			assert.deepEqual(workflow.permissions, { contents: 'read' });
		});

		it(`${file} runs scripts and files that there are, after jobs that there are`, () => {
			for (const run of runsOf(workflow)) {
				for (const [, script] of run.matchAll(/\bnpm run ([\w:]+)/g)) assert.ok(manifest.scripts[script], script);
				for (const [, path] of run.matchAll(/\bnode (\S+\.[cm]?[jt]s)/g)) assert.ok(existsSync(join(REPOSITORY, path)), path);
			}
			for (const { needs = [], uses } of Object.values(workflow.jobs)) {
				for (const job of [needs].flat()) assert.ok(job in workflow.jobs, job);
				if (uses) assert.ok(existsSync(join(REPOSITORY, uses)), uses);
			}
		});
	}

	it('run the two commands of the README on each system and each Node that the package is for', () => {
		const { jobs } = read('test.yml');
		const versions = [...OTHER_NODES, manifest.devDependencies.node].sort();
		for (const { strategy } of [jobs.test, jobs.alpine]) assert.deepEqual(strategy!.matrix.node.toSorted(), versions);
		assert.deepEqual(jobs.test.strategy!.matrix.os.map((os) => os.split('-')[0]), ['ubuntu', 'macos', 'windows']);
		const commands = [...readme.matchAll(/^```sh\n(npm ci && .+)\n```/gm)].map(([, command]) => command);
		assert.equal(commands.length, 2);
		for (const command of commands) assert.ok(jobs.test.steps!.some(({ run, if: condition }) => run === command && !condition), command);
	});

	it('publish with provenance from a tag, after the check and all tests', () => {
		const { on, jobs } = read('release.yml');
		assert.deepEqual(on, { push: { tags: ['v*'] } });
		assert.equal(jobs.test.uses, './.github/workflows/test.yml');
		assert.ok('workflow_call' in read('test.yml').on);
		assert.deepEqual(jobs.publish.needs, ['check', 'test']);
		assert.equal(jobs.publish.permissions!['id-token'], 'write');
		const runs = jobs.publish.steps!.flatMap(({ run = [] }) => run);
		const publish = runs.findIndex((run) => run.startsWith('npm publish') && run.includes('--provenance'));
		// The scripts that npm would run before are off in .npmrc.
		assert.ok(publish > runs.indexOf('npm run build') && runs.includes('npm run build'));
		assert.match(jobs.check.steps!.at(-1)!.run!, /^node tools\/release\/check\.mts --tag "\$GITHUB_REF_NAME"/);
	});
});
