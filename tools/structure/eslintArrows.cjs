'use strict';
/** The ESLint plugin that holds the arrows: an import that `rooms.cjs` does not allow is an error where it stands. */
const { existsSync } = require('node:fs');
const { join, relative, sep } = require('node:path');
const { packageOf, resolveImport } = require('./imports.cjs');
const { mayImport, mayUsePackage, roomOf } = require('./rooms.cjs');

const REPOSITORY = join(__dirname, '..', '..');

function isType({ importKind, exportKind, specifiers = [] }) {
	if (importKind === 'type' || exportKind === 'type') return true;
	const kinds = specifiers.map((one) => one.importKind ?? one.exportKind);
	return kinds.length > 0 && kinds.every((kind) => kind === 'type');
}

const arrows = {
	meta: {
		type: 'problem',
		schema: [],
		messages: {
			room: 'The room {{room}} may not import {{target}} (tools/structure/rooms.cjs)',
			package: 'The room {{room}} may not use the package {{target}} (tools/structure/rooms.cjs)',
			noRoom: 'This file is in no room of the house (tools/structure/rooms.cjs)',
		},
	},
	create(context) {
		const file = relative(REPOSITORY, context.filename).split(sep).join('/');
		const room = roomOf(file);
		if (room === undefined) return { Program: (node) => context.report({ node, messageId: 'noRoom' }) };

		const check = (node, literal, onlyTypes) => {
			if (typeof literal?.value !== 'string') return;
			const name = packageOf(literal.value);
			if (name !== undefined && !mayUsePackage(file, name)) {
				context.report({ node, messageId: 'package', data: { room, target: name } });
			}
			const target = resolveImport(file, literal.value, (path) => existsSync(join(REPOSITORY, path)));
			if (target !== undefined && !mayImport(file, target, onlyTypes)) {
				context.report({ node, messageId: 'room', data: { room, target } });
			}
		};
		const declaration = (node) => check(node, node.source, isType(node));
		return {
			ImportDeclaration: declaration,
			ExportNamedDeclaration: declaration,
			ExportAllDeclaration: declaration,
			TSImportType: (node) => check(node, node.source ?? node.argument.literal, true),
			ImportExpression: (node) => check(node, node.source, false),
			'CallExpression[callee.name="require"]': (node) => check(node, node.arguments[0], false),
			'CallExpression[callee.object.name="require"]': (node) => check(node, node.arguments[0], false),
			TSExternalModuleReference: (node) => check(node, node.expression, false),
		};
	},
};

module.exports = { rules: { arrows } };
