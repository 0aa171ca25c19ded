'use strict';
require('node:fs').writeSync(2, 'a file is missing');
process.exit(1);
