/**
 * Lint rules: typescript-eslint for all code, n8n's two rule sets for what n8n loads. Every rule that is off says why.
 */
import js from '@eslint/js';
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes';
import n8nNodesBase from 'eslint-plugin-n8n-nodes-base';
import tseslint from 'typescript-eslint';
import eslintArrows from './tools/structure/eslintArrows.cjs';

const N8N_FILES = ['nodes/**/*.ts', 'credentials/**/*.ts'];

/** What runs in n8n or beside it without being a node. */
const PACKAGE_FILES = ['*.ts', 'voiceprints/**/*.ts', 'models/**/*.ts', 'engine/**/*.ts', 'speech-platform/**/*.ts', 'items/**/*.ts'];

// This package works on files and brings its own models, so it cannot run on n8n Cloud: the set without cloud support.
const community = n8nCommunityNodesPlugin.configs.recommendedWithoutN8nCloudSupport;

/** What plain JavaScript finds in Node.js; in TypeScript the compiler knows. */
const NODE_GLOBALS = Object.fromEntries(
	[
		'require',
		'module',
		'exports',
		'__dirname',
		'process',
		'console',
		'Buffer',
		'performance',
		'setTimeout',
		'clearTimeout',
		'setInterval',
		'clearInterval',
	].map((name) => [name, 'readonly']),
);

export default tseslint.config(
	{ ignores: ['**/node_modules/', 'dist/', '.cache/', 'training/', '**/*.wasm.mjs'] },
	js.configs.recommended,
	{ linterOptions: { reportUnusedDisableDirectives: 'error' } },
	{
		files: ['**/*.ts', '**/*.mts'],
		extends: [tseslint.configs.recommendedTypeChecked],
		languageOptions: { parserOptions: { project: ['./tsconfig.json', './tsconfig.test.json'] } },
		rules: {
			// `typeof import('…')` is the one way to type a module that is loaded late.
			'@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
			'@typescript-eslint/explicit-module-boundary-types': 'error',
			// `const { unwanted, ...rest } = whole` is how a field is left out.
			'@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
			'@typescript-eslint/switch-exhaustiveness-check': 'error',
			'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
			'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
			// An interface may ask for a promise where one implementation has nothing to wait for.
			'@typescript-eslint/require-await': 'off',
		},
	},
	{
		files: ['**/*.mts'],
		rules: {
			// node:test itself reports what becomes of a test's promise.
			'@typescript-eslint/no-floating-promises': [
				'error',
				{
					allowForKnownSafeCalls: [
						{ from: 'package', package: 'node:test', name: ['test', 'it', 'describe', 'suite'] },
					],
				},
			],
			// Tests and tools read JSON and n8n's run data, which have no types; a wrong guess fails the test.
			'@typescript-eslint/no-unsafe-argument': 'off',
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-call': 'off',
			'@typescript-eslint/no-unsafe-member-access': 'off',
			'@typescript-eslint/no-unsafe-return': 'off',
			// Nobody but the file's own tests calls its helpers.
			'@typescript-eslint/explicit-module-boundary-types': 'off',
			// Harness and tools are objects of plain functions, which are taken out of them on purpose.
			'@typescript-eslint/unbound-method': 'off',
			// One `describe` holds all tests of a subject.
			'max-lines-per-function': 'off',
		},
	},
	{
		// Which room may import which. Tools, tests and figures may import all that they try.
		files: [...N8N_FILES, ...PACKAGE_FILES],
		plugins: { house: eslintArrows },
		rules: { 'house/arrows': 'error' },
	},
	{
		files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
		languageOptions: { globals: NODE_GLOBALS },
	},
	{
		files: [...N8N_FILES, ...PACKAGE_FILES, 'package.json'],
		plugins: community.plugins,
		rules: community.rules,
	},
	{
		files: PACKAGE_FILES,
		// These rooms do not know n8n: nodes/common/nodeErrors.ts turns their typed errors into n8n's.
		rules: { '@n8n/community-nodes/require-node-api-error': 'off' },
	},
	{
		files: ['nodes/**/*.ts'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: {
			...n8nNodesBase.configs.nodes.rules,
			// Both know only the text 'main'; the other rule set asks for NodeConnectionTypes.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
		},
	},
	{
		files: ['credentials/**/*.ts'],
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: n8nNodesBase.configs.credentials.rules,
	},
	{
		files: ['package.json'],
		extends: [tseslint.configs.disableTypeChecked],
		languageOptions: { parser: tseslint.parser, parserOptions: { extraFileExtensions: ['.json'], project: null } },
		plugins: { 'n8n-nodes-base': n8nNodesBase },
		rules: {
			...n8nNodesBase.configs.community.rules,
			// FFmpeg and ONNX Runtime are what the node is made of; n8n installs them with the package.
			'@n8n/community-nodes/no-runtime-dependencies': 'off',
			// A JSON file is one expression.
			'no-unused-expressions': 'off',
			'@typescript-eslint/no-unused-expressions': 'off',
		},
	},
);
