// Draws the training set without the cli: node training/draw-slices.mjs --count 8000 --seed 1 --out training/work/slices
// Same as `endplate phantom --kind slices`. Needs `npm run build`.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '8000' },
    seed: { type: 'string', default: '1' },
    size: { type: 'string', default: '320' },
    out: { type: 'string', default: 'training/work/slices' },
    neighbours: { type: 'string' }, // '3,5': also the slices 3 to 5 mm beside
    dist: { type: 'string', default: 'dist' },
  },
});
const { trainingSlices, packShards } = createRequire(import.meta.url)(
  path.resolve(values.dist, 'libs/phantom/src/index.js'),
);
const seed = Number(values.seed);
const count = Number(values.count);
const neighboursMm = values.neighbours?.split(',').map(Number);
mkdirSync(values.out, { recursive: true });
let done = 0;
function* counted(slices) {
  for (const slice of slices) {
    yield slice;
    if (++done % 100 === 0) process.stderr.write(`\r${done} of ${count} slices`);
  }
}
const options = { seed, count, size: Number(values.size), ...(neighboursMm ? { neighboursMm } : {}) };
for (const file of packShards(counted(trainingSlices(options)), seed)) {
  writeFileSync(path.join(values.out, file.name), file.bytes);
}
process.stderr.write('\n');
