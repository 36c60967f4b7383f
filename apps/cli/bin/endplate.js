#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const path = require('node:path');

const main = path.resolve(__dirname, '../../../dist/apps/cli/src/main.js');
if (!existsSync(main)) {
  process.stderr.write('endplate: not built yet. Run: npm run setup\n');
  process.exit(1);
}
require(main);
