// Runs models/spine-seg through onnxruntime-node: digest, agreement with PyTorch's answer, and time of one slice on one core.
//   node training/check-onnx.mjs [--check training/work/tuned]
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import ort from 'onnxruntime-node';

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'models/spine-seg' },
    check: { type: 'string' },
    size: { type: 'string', default: '384' },
  },
});
const bundle = JSON.parse(readFileSync(path.join(values.model, 'bundle.json'), 'utf8'));
const bytes = readFileSync(path.join(values.model, bundle.file));
const sha256 = createHash('sha256').update(bytes).digest('hex');
if (sha256 !== bundle.sha256) throw new Error(`bundle.json names ${bundle.sha256}, the file is ${sha256}`);
const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
const run = async (data, h, w) =>
  (await session.run({ [bundle.input.name]: new ort.Tensor('float32', data, [1, 1, h, w]) }))[bundle.output.name];

if (values.check && existsSync(path.join(values.check, 'check-input.bin'))) {
  const floats = (name) => {
    const file = readFileSync(path.join(values.check, name));
    return new Float32Array(file.buffer.slice(file.byteOffset, file.byteOffset + file.length));
  };
  const expected = floats('check-output.bin');
  const answer = await run(floats('check-input.bin'), 96, 64);
  const worst = answer.data.reduce((max, v, n) => Math.max(max, Math.abs(v - expected[n])), 0);
  console.log(`largest difference from PyTorch: ${worst.toExponential(2)}`);
  if (worst > 1e-3) process.exitCode = 1;
}
const size = Number(values.size);
const slice = Float32Array.from({ length: size * size }, (_, n) => Math.sin(n * 0.37) + Math.cos(n * 0.011));
await run(slice, size, size);
const times = [];
const began = process.cpuUsage();
for (let n = 0; n < 9; n++) {
  const start = process.hrtime.bigint();
  await run(slice, size, size);
  times.push(Number(process.hrtime.bigint() - start) / 1e6);
}
const { user, system } = process.cpuUsage(began);
const cpu = (user + system) / 1000 / times.length;
times.sort((a, b) => a - b);
console.log(
  `${bundle.name} ${bundle.version}: ${(bytes.length / 1e6).toFixed(2)} MB; one slice of ${size} x ${size} on one core: best ${times[0].toFixed(0)} ms, median ${times[4].toFixed(0)} ms, processor time ${cpu.toFixed(0)} ms`,
);
