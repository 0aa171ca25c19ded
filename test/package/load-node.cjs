'use strict';
/** Loads a node file as n8n does and prints what that took: `load-node.cjs FILE`. */
const { createRequire } = require('node:module');
const { basename } = require('node:path');

const HEAVY = /onnxruntime|@ffmpeg/;

const [file] = process.argv.slice(2);
const [className] = basename(file).split('.');
const n8nWorkflow = createRequire(file).resolve('n8n-workflow');
require(n8nWorkflow); // n8n has it loaded already
const startedAt = performance.now();
const node = new (require(file)[className])();
const milliseconds = Math.round(performance.now() - startedAt);
process.report.excludeNetwork = true;
const loaded = [...Object.keys(require.cache), ...process.report.getReport().sharedObjects];
const heavy = loaded.filter((path) => HEAVY.test(path));
console.log(JSON.stringify({ displayName: node.description.displayName, milliseconds, heavy, n8nWorkflow }));
