import { type SagittalStack } from '@endplate/imaging';
import { type ModelInput } from './model-bundle';
import { regrid } from './regrid';
import { segmentStack } from './segment-stack';
import { type SpineSegmenter } from './segmenter.port';
import { CLASS, SPINE_CLASSES } from './spine-class';
import { windowStarts } from './sliding-window';

const [COLUMNS, ROWS, SLICES] = [50, 70, 9] as const;
const value = (k: number, r: number, c: number): number => (10 * k + r + c / 2) / 255;

const STACK: SagittalStack = {
  dims: [COLUMNS, ROWS, SLICES],
  spacingMm: [1, 1, 4],
  affine: [0, 0, 4, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1],
  slices: Array.from({ length: SLICES }, (_, k) =>
    Float32Array.from({ length: ROWS * COLUMNS }, (_v, at) => value(k, Math.floor(at / COLUMNS), at % COLUMNS)),
  ),
  pixelToLps: (k, r, c) => [4 * k, c, -r],
};

const INPUT: ModelInput = {
  name: 'x',
  channels: 1,
  channelOffsetMm: 0,
  spacingMm: 1,
  multipleOf: 16,
  normalisation: { kind: 'fixed', mean: 0, sd: 1 },
  orientation: 'IP',
};

/** Answers with the grey value of one channel as probability of disc, and keeps what it was shown. */
function mirrorSegmenter(
  input: ModelInput,
  channel = 0,
): SpineSegmenter & { seen: { shape: number[]; data: Float32Array }[] } {
  const seen: { shape: number[]; data: Float32Array }[] = [];
  return {
    model: { name: 'mirror', version: '1', sha256: '0'.repeat(64) },
    input,
    seen,
    segment(data, shape) {
      seen.push({ shape: [...shape], data });
      const [n, c, ...space] = shape;
      const plane = space.reduce((product, size) => product * size, 1);
      const out = new Float32Array(n * SPINE_CLASSES.length * plane);
      for (let s = 0; s < n; s++) {
        const own = data.subarray((s * c + channel) * plane, (s * c + channel + 1) * plane);
        out.set(own, (s * SPINE_CLASSES.length + CLASS.disc) * plane);
      }
      return Promise.resolve(out);
    },
    close: () => Promise.resolve(),
  };
}

describe('segmentStack', () => {
  const variants: [string, Partial<ModelInput>][] = [
    ['whole slices', {}],
    ['whole slices of turned axes', { orientation: 'AS' }],
    ['windows of a slice', { patch: { size: [32, 16], overlap: 0.5, weighting: 'gaussian' } }],
    ['windows larger than the slice', { patch: { size: [96, 64], overlap: 0.5, weighting: 'even' } }],
    ...['LIP', 'SPL', 'ARI', 'RSA'].map((orientation): [string, Partial<ModelInput>] => [
      `blocks of axes ${orientation}`,
      {
        dimensions: 3,
        orientation,
        spacingMm: [1, 1, 1],
        patch: { size: [16, 32, 16], overlap: 0.25, weighting: 'gaussian' },
      },
    ]),
  ];
  it.each(variants)('puts every answer back where its voxel lies: %s', async (_name, change) => {
    const segmenter = mirrorSegmenter({ ...INPUT, ...change });
    const { planes } = await segmentStack(STACK, segmenter);
    for (let k = 0; k < SLICES; k++)
      for (let at = 0; at < ROWS * COLUMNS; at += 7) {
        const found = planes[CLASS.disc]![k * ROWS * COLUMNS + at]!;
        expect(Math.abs(found - 255 * STACK.slices[k]![at]!)).toBeLessThanOrEqual(0.51);
      }
  });

  it('shows a block with its axes running where the letters say', async () => {
    const patch = { size: [16, 16, 16], overlap: 0, weighting: 'even' as const };
    const segmenter = mirrorSegmenter({ ...INPUT, dimensions: 3, orientation: 'SPL', spacingMm: [1, 1, 1], patch });
    await segmentStack(STACK, segmenter);
    const { data } = segmenter.seen[0]!;
    // The first axis runs to superior, so its last index is row 0; the second to posterior, the third to the left.
    expect(data[15 * 256]).toBeCloseTo(value(0, 0, 0), 5);
    expect(data[14 * 256 + 3 * 16 + 2]).toBeCloseTo(value(2, 1, 3), 5);
  });

  it('gives neighbours, or the same slice on several scales', async () => {
    const beside = mirrorSegmenter({ ...INPUT, channels: 3, channelOffsetMm: 4 }, 2);
    const { planes } = await segmentStack(STACK, beside);
    const at = 5 * COLUMNS + 8;
    const slice = (k: number): number => planes[CLASS.disc]![k * ROWS * COLUMNS + at]!;
    expect(slice(3)).toBe(Math.round(255 * value(4, 5, 8)));
    expect(slice(8)).toBe(Math.round(255 * value(8, 5, 8)));
    const scales = mirrorSegmenter(
      { ...INPUT, channels: 2, normalisation: [INPUT.normalisation as never, { kind: 'fixed', mean: 0, sd: 2 }] },
      1,
    );
    const halved = await segmentStack(STACK, scales);
    expect(halved.planes[CLASS.disc]![at]).toBe(Math.round((255 * value(0, 5, 8)) / 2));
  });
});

test('normalises as the bundle says', async () => {
  const seen = async (normalisation: ModelInput['normalisation']): Promise<Float32Array> => {
    const segmenter = mirrorSegmenter({ ...INPUT, normalisation });
    await segmentStack(STACK, segmenter);
    return segmenter.seen[0]!.data;
  };
  const mean = (data: Float32Array): number => {
    const inside = Array.from({ length: ROWS }, (_, r) => [...data.subarray(r * 64, r * 64 + COLUMNS)]).flat();
    return inside.reduce((sum, v) => sum + v, 0) / inside.length;
  };
  expect(mean(await seen('zscore-per-slice'))).toBeCloseTo(0, 4);
  // Slice 0 is the darkest of the volume.
  expect(mean(await seen({ kind: 'zscore', over: 'volume' }))).toBeLessThan(-0.5);
  const window = await seen({ kind: 'window', lowHU: value(0, 10, 0), highHU: value(0, 30, 0), to: [-1, 1] });
  expect([window[0], window[20 * 64], window[60 * 64]].map((v) => Number(v!.toFixed(4)))).toEqual([-1, 0, 1]);
  const clipped = await seen({ kind: 'percentiles', low: 5, high: 95, over: 'slice' });
  expect([Math.min(...clipped), Math.max(...clipped)]).toEqual([0, 1]);
  const fixed = await seen({ kind: 'fixed', mean: 0.1, sd: 0.5, clip: [0.1, 0.2] });
  expect(Math.max(...fixed)).toBeCloseTo(0.2, 5);
});

test('windows cover everything, evenly and no more often than asked', () => {
  expect(windowStarts(10, 16, 0.5)).toEqual([0]);
  expect(windowStarts(64, 32, 0.5)).toEqual([0, 16, 32]);
  expect(windowStarts(70, 32, 0)).toEqual([0, 19, 38]);
});

test('brings answers of a finer grid onto the grid of the kernel', async () => {
  const { planes } = await segmentStack(STACK, mirrorSegmenter(INPUT));
  const from = { ...STACK, planes };
  const coarse = {
    dims: [20, 30, 5],
    spacingMm: [2, 2, 8],
    affine: [0, 0, 8, 0, 2, 0, 0, 1, 0, -2, 0, -1, 0, 0, 0, 1],
  } as const;
  const moved = regrid(from, coarse);
  // (column 4, row 6, slice 2) lies at column 9, row 13, slice 4 of the finer grid.
  expect(moved.planes[CLASS.disc]![(2 * 30 + 6) * 20 + 4]).toBe(planes[CLASS.disc]![(4 * ROWS + 13) * COLUMNS + 9]);
});
