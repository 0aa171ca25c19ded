'use strict';
/** Copies the one font that pictures are lettered with out of the devDependency dejavu-fonts-ttf (10 MB), with its licence. */
const fs = require('node:fs/promises');
const path = require('node:path');

const PACKAGE = () => path.dirname(require.resolve('dejavu-fonts-ttf/package.json'));

async function pictureFont(folder) {
	await fs.mkdir(folder, { recursive: true });
	await fs.copyFile(path.join(PACKAGE(), 'ttf', 'DejaVuSansCondensed.ttf'), path.join(folder, 'DejaVuSansCondensed.ttf'));
	await fs.copyFile(path.join(PACKAGE(), 'LICENSE'), path.join(folder, 'LICENSE'));
}

module.exports = { pictureFont };
