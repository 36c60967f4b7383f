import { createHash } from 'node:crypto';
import { KernelModelBundleError, KernelModelDigestError, KernelModelShapeError } from '../../errors';
import { tinyOnnx, type TinyOnnx } from '../../fixture/tiny-onnx';
import { parseModelBundle, type ModelBundle } from '../model-bundle';
import { SPINE_CLASSES } from '../spine-class';
import { createOnnxSegmenter } from './onnx-segmenter';

const NETWORK: TinyOnnx = {
  input: 'slices',
  output: 'probabilities',
  channels: 1,
  weights: [0, 0, 0, 0, 0, 1],
  biases: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6],
};

function bundleJson(bytes: Buffer, overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'tiny',
    version: '1',
    licence: 'Apache-2.0',
    attribution: 'none',
    file: 'model.onnx',
    sha256: createHash('sha256').update(bytes).digest('hex'),
    input: {
      name: 'slices',
      channels: 1,
      channelOffsetMm: 0,
      spacingMm: 1,
      multipleOf: 32,
      normalisation: 'zscore-per-slice',
      orientation: 'rows superior to inferior, columns anterior to posterior',
    },
    output: { name: 'probabilities', activation: 'softmax' },
    classes: [...SPINE_CLASSES],
    training: { anything: true },
    ...overrides,
  };
}

const bundleOf = (bytes: Buffer, overrides?: Record<string, unknown>): ModelBundle =>
  parseModelBundle(bundleJson(bytes, overrides));

describe('parseModelBundle', () => {
  const bytes = Buffer.from('x');
  const bad: [string, Record<string, unknown>, RegExp][] = [
    ['a digest that is none', { sha256: 'abc' }, /sha256/],
    ['a file in another folder', { file: '../model.onnx' }, /file/],
    ['a missing class', { classes: SPINE_CLASSES.slice(1) }, /classes/],
    ['a class listed twice', { classes: [...SPINE_CLASSES.slice(1), 'disc'] }, /twice/],
    ['an unknown activation', { output: { name: 'p', activation: 'relu' } }, /activation/],
  ];
  it.each(bad)('refuses %s', (_name, overrides, message) => {
    expect(() => bundleOf(bytes, overrides)).toThrow(KernelModelBundleError);
    expect(() => bundleOf(bytes, overrides)).toThrow(message);
  });
});

describe('createOnnxSegmenter', () => {
  it('runs the network and keeps the order of classes', async () => {
    const bytes = tinyOnnx(NETWORK);
    const segmenter = await createOnnxSegmenter(bundleOf(bytes), bytes);
    const out = await segmenter.segment(new Float32Array(2 * 32 * 64).fill(2), [2, 1, 32, 64]);
    expect(out).toHaveLength(2 * 6 * 32 * 64);
    const of = (slice: number, cls: number): number => out[(slice * 6 + cls) * 32 * 64 + 77]!;
    [0.1, 0.2, 0.3, 0.4, 0.5, 2.6].forEach((value, cls) => expect(of(1, cls)).toBeCloseTo(value, 5));
    expect(segmenter.model).toMatchObject({ name: 'tiny', version: '1' });
    await segmenter.close();
  });

  it('brings classes of another order into ours and applies softmax where the network has none', async () => {
    const bytes = tinyOnnx(NETWORK);
    const bundle = bundleOf(bytes, {
      classes: [...SPINE_CLASSES].reverse(),
      output: { name: 'probabilities', activation: 'none' },
    });
    const segmenter = await createOnnxSegmenter(bundle, bytes);
    const out = await segmenter.segment(new Float32Array(32 * 32), [1, 1, 32, 32]);
    const p = SPINE_CLASSES.map((_, cls) => out[cls * 1024]!);
    expect(p.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
    expect(p[0]! / p[5]!).toBeCloseTo(Math.exp(0.5), 4);
    await segmenter.close();
  });

  it('refuses bytes that are not the ones the bundle names', async () => {
    const bytes = tinyOnnx(NETWORK);
    await expect(createOnnxSegmenter(bundleOf(Buffer.from('other')), bytes)).rejects.toThrow(KernelModelDigestError);
  });

  const misfits: [string, Partial<TinyOnnx>, RegExp][] = [
    ['another input name', { input: 'image' }, /no tensor "slices"/],
    ['another output name', { output: 'logits' }, /no tensor "probabilities"/],
    ['three channels instead of one', { channels: 3 }, /slices/],
    ['five classes', { weights: [1, 1, 1, 1, 1], biases: [0, 0, 0, 0, 0] }, /probabilities/],
  ];
  it.each(misfits)('refuses %s', async (_name, change, message) => {
    const bytes = tinyOnnx({ ...NETWORK, ...change });
    const created = createOnnxSegmenter(bundleOf(bytes), bytes);
    await expect(created).rejects.toThrow(KernelModelShapeError);
    await expect(created).rejects.toThrow(message);
  });

  it('refuses a file that is no network', async () => {
    const bytes = Buffer.from('not a network');
    await expect(createOnnxSegmenter(bundleOf(bytes), bytes)).rejects.toThrow(KernelModelShapeError);
  });

  it('refuses slices of a size that the network can not take', async () => {
    const bytes = tinyOnnx(NETWORK);
    const segmenter = await createOnnxSegmenter(bundleOf(bytes), bytes);
    await expect(segmenter.segment(new Float32Array(33 * 32), [1, 1, 33, 32])).rejects.toThrow(KernelModelShapeError);
    await segmenter.close();
  });
});
