// Draws a phantom study without the cli: node training/draw-study.mjs --kind ct --seed 7 --out DIR. Same as `endplate phantom`.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    kind: { type: 'string', default: 'ct' },
    seed: { type: 'string', default: '7' },
    out: { type: 'string', default: 'training/work/study' },
    dist: { type: 'string', default: 'dist' },
    options: { type: 'string', default: '{}' },
  },
});
const { phantomStudy, encodeNiftiLabels } = createRequire(import.meta.url)(
  path.resolve(values.dist, 'libs/phantom/src/index.js'),
);
const study = phantomStudy({ ...JSON.parse(values.options), kind: values.kind, seed: Number(values.seed) });
for (const { series, instanceNumber, bytes } of study.instances()) {
  mkdirSync(path.join(values.out, series), { recursive: true });
  writeFileSync(path.join(values.out, series, `IM${String(instanceNumber).padStart(3, '0')}.dcm`), bytes);
}
for (const { series, bodies, discs } of study.labels()) {
  writeFileSync(path.join(values.out, `${series}_labels.nii.gz`), encodeNiftiLabels(bodies));
  writeFileSync(path.join(values.out, `${series}_disc_labels.nii.gz`), encodeNiftiLabels(discs));
}
writeFileSync(path.join(values.out, 'truth.json'), `${JSON.stringify(study.truth, null, 2)}\n`);
