#!/usr/bin/env node
'use strict';
const { existsSync } = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '../../..');
const main = path.join(root, 'dist/apps/cli/src/main.js');
if (!existsSync(main) || !existsSync(path.join(root, 'node_modules'))) {
  process.stderr.write('endplate: not set up yet. Run: npm run setup\n');
  process.exit(1);
}
require(main);
