'use strict';
/** The files of the source and what each imports, as TypeScript reads them. */
const { existsSync, globSync, readFileSync } = require('node:fs');
const { join, posix } = require('node:path');
const ts = require('typescript');
const { GROUND_FILES, SOURCE_FOLDERS } = require('./rooms.cjs');

/**
 * @typedef {{ name: string, isType: boolean, line: number }} Import `isType`: it vanishes when compiled
 * @typedef {{ file: string, imports: Import[] }} SourceFile
 */

/**
 * @param {string} root the repository
 * @returns {SourceFile[]}
 */
function readSource(root) {
	const folders = globSync(`{${SOURCE_FOLDERS.join(',')}}/**/*.ts`, { cwd: root });
	const files = [...GROUND_FILES.filter((file) => existsSync(join(root, file))), ...folders];
	return files
		.map((file) => file.replaceAll('\\', '/'))
		.filter((file) => !file.endsWith('.d.ts'))
		.sort()
		.map((file) => ({ file, imports: importsOf(file, readFileSync(join(root, file), 'utf8')) }));
}

/** @returns {Import[]} */
function importsOf(file, code) {
	const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
	const imports = [];
	const add = (literal, isType) => {
		if (!literal || !ts.isStringLiteralLike(literal)) return;
		const { line } = source.getLineAndCharacterOfPosition(literal.getStart());
		imports.push({ name: literal.text, isType, line: line + 1 });
	};
	const visit = (node) => {
		if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, isTypeClause(node.importClause));
		else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, isTypeClause(node));
		else if (ts.isImportTypeNode(node)) add(node.argument.literal, true);
		else if (ts.isExternalModuleReference(node)) add(node.expression, false);
		else if (isLoading(node)) add(node.arguments[0], false);
		ts.forEachChild(node, visit);
	};
	visit(source);
	return imports;
}

/** `import type …`, `import { type A, type B } …` and the same for `export … from`. */
function isTypeClause(clause) {
	if (!clause) return false;
	if (clause.isTypeOnly) return true;
	const named = clause.namedBindings ?? clause.exportClause;
	return !clause.name && !!named?.elements?.length && named.elements.every(({ isTypeOnly }) => isTypeOnly);
}

/** `require('…')`, `require.resolve('…')` and `import('…')`. */
function isLoading(node) {
	if (!ts.isCallExpression(node)) return false;
	const { expression } = node;
	return expression.kind === ts.SyntaxKind.ImportKeyword || /^require(\.resolve)?$/.test(expression.getText());
}

/**
 * The file that a relative import means, from the repository's root; undefined for anything that is not source.
 * @param {(file: string) => boolean} exists
 */
function resolveImport(from, name, exists) {
	if (!name.startsWith('.')) return undefined;
	const path = posix.join(posix.dirname(from), name);
	return [`${path}.ts`, `${path}/index.ts`, path.replace(/\.js$/, '.ts')].find(
		(file) => file.endsWith('.ts') && exists(file),
	);
}

/** The npm package that an import means; undefined for a file and for Node's own modules. */
function packageOf(name) {
	if (name.startsWith('.') || name.startsWith('/') || name.startsWith('node:')) return undefined;
	return name.split('/').slice(0, name.startsWith('@') ? 2 : 1).join('/');
}

module.exports = { importsOf, packageOf, readSource, resolveImport };
