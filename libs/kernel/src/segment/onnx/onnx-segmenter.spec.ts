import { createHash } from 'node:crypto';
import { KernelModelDigestError, KernelModelShapeError } from '../../errors';
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

  const block = {
    name: 'slices',
    dimensions: 3,
    channels: 1,
    spacingMm: [3, 1, 1],
    multipleOf: 8,
    normalisation: { kind: 'fixed', mean: 0, sd: 1 },
    orientation: 'LIP',
    patch: { size: [8, 16, 16] },
  };

  it('runs a network of three dimensions on windows of its size, one at a time where it takes one', async () => {
    const bytes = tinyOnnx({ ...NETWORK, space: [8, 16, 16] });
    const segmenter = await createOnnxSegmenter(bundleOf(bytes, { input: block }), bytes);
    const out = await segmenter.segment(new Float32Array(2 * 2048).fill(2), [2, 1, 8, 16, 16]);
    expect(out).toHaveLength(2 * 6 * 2048);
    expect(out[11 * 2048]).toBeCloseTo(2.6, 5);
    await expect(segmenter.segment(new Float32Array(1024), [1, 1, 4, 16, 16])).rejects.toThrow(KernelModelShapeError);
    await segmenter.close();
  });

  it('adds up the labels that belong to one class', async () => {
    const bytes = tinyOnnx({ ...NETWORK, weights: [0, 0, 0, 0], biases: [0.1, 0.2, 0.3, 0.4] });
    const labels = [
      { name: 'rest', class: 'background' },
      { name: 'L5', class: 'vertebral-body' },
      { name: 'disc', class: 'disc' },
      { name: 'L4', class: 'vertebral-body' },
    ];
    const segmenter = await createOnnxSegmenter(bundleOf(bytes, { classes: undefined, labels }), bytes);
    const out = await segmenter.segment(new Float32Array(1024), [1, 1, 32, 32]);
    [0.1, 0.6, 0.3, 0, 0, 0].forEach((value, cls) => expect(out[cls * 1024]).toBeCloseTo(value, 5));
    await segmenter.close();
  });

  it('lays later regions over earlier ones', async () => {
    const logit = (p: number): number => Math.log(p / (1 - p));
    const bytes = tinyOnnx({ ...NETWORK, weights: [0, 0], biases: [logit(0.8), logit(0.5)] });
    const segmenter = await createOnnxSegmenter(
      bundleOf(bytes, {
        classes: undefined,
        labels: [
          { name: 'spine', class: 'vertebral-body' },
          { name: 'disc', class: 'disc' },
        ],
        output: { name: 'probabilities', activation: 'none', regions: true },
      }),
      bytes,
    );
    const out = await segmenter.segment(new Float32Array(1024), [1, 1, 32, 32]);
    [0.1, 0.4, 0.5, 0, 0, 0].forEach((value, cls) => expect(out[cls * 1024]).toBeCloseTo(value, 5));
    await segmenter.close();
  });

  const other: [string, Partial<TinyOnnx>, Record<string, unknown>, RegExp][] = [
    ['a network of one size without a patch', { space: [64, 64] }, {}, /needs input.patch/],
    [
      'a patch that is not the size of the network',
      { space: [8, 16, 32] },
      { input: block },
      /Tensor "slices" is float32 \[n, 1, 8, 16, 32\], the bundle says float32 \[n, 1 channels, 8, 16, 16\]/,
    ],
    ['two dimensions in place of three', {}, { input: block }, /the bundle says float32 \[n, 1 channels, 8, 16, 16\]/],
    [
      'more labels than channels',
      {},
      {
        classes: undefined,
        labels: ['background', 'vertebral-body', 'disc', 'disc', 'disc', 'disc', 'disc'].map((name) => ({
          name,
          class: name,
        })),
      },
      /the bundle says float32 \[n, 7 channels, any, any\]/,
    ],
  ];
  it.each(other)('refuses %s', async (_name, change, overrides, message) => {
    const bytes = tinyOnnx({ ...NETWORK, ...change });
    const created = createOnnxSegmenter(bundleOf(bytes, overrides), bytes);
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
