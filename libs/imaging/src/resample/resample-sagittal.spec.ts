import { add, type Vec3 } from '@endplate/dicom';
import {
  ct,
  field,
  mr,
  SyntheticSeriesBuilder,
  volumeOf,
  type SyntheticSeries,
} from '../series/synthetic-series.builder';
import { sampleLps, type Volume } from '../volume/volume';
import { resampleSagittal, type SagittalStack } from './resample-sagittal';

/** Largest difference between a stack and the field, where the volume reaches 2.5 mm further on all sides. */
function worst(stack: SagittalStack, volume: Volume, expected: (p: Vec3) => number): number {
  const [columns, rows, slices] = stack.dims;
  const margins = [-2.5, 2.5].flatMap((x) => [-2.5, 2.5].flatMap((y) => [-2.5, 2.5].map((z): Vec3 => [x, y, z])));
  let result = 0;
  let compared = 0;
  for (let s = 0; s < slices; s++) {
    for (let at = 0; at < rows * columns; at++) {
      const p = stack.pixelToLps(s, Math.floor(at / columns), at % columns);
      if (margins.some((margin) => sampleLps(volume, add(p, margin)) === undefined)) continue;
      result = Math.max(result, Math.abs((stack.slices[s]?.[at] as number) - expected(p)));
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(50);
  return result;
}

describe('sagittal slices', () => {
  test.each<[string, SyntheticSeries, readonly number[]]>([
    ['axial CT', ct, [24, 60, 20]],
    ['sagittal MR in its own planes', mr, [24, 30, 5]],
    [
      'sagittal MR, rows upward, columns forward',
      { ...mr, orientation: [0, -1, 0, 0, 0, 1], origin: [8, 11, -14] },
      [24, 30, 5],
    ],
    ['sagittal MR, rows and columns swapped', { ...mr, orientation: [0, 0, -1, 0, 1, 0] }, [30, 24, 5]],
    ['oblique CT', { ...ct, orientation: [0.96, 0.28, 0, -0.28, 0.96, 0], rows: 40, columns: 40 }, []],
  ])('%s', async (_, spec, dims) => {
    const { volume } = await volumeOf(new SyntheticSeriesBuilder(spec));
    const stack = resampleSagittal(volume, { inPlaneMm: 1 });
    if (dims.length > 0) expect(stack.dims).toEqual(dims);
    expect(stack.slices).toHaveLength(stack.dims[2]);
    // Rows go down, columns back, slices to the left.
    expect(stack.pixelToLps(0, 1, 0)[2]).toBeLessThan(stack.pixelToLps(0, 0, 0)[2]);
    expect(stack.pixelToLps(0, 0, 1)[1]).toBeGreaterThan(stack.pixelToLps(0, 0, 0)[1]);
    expect(stack.pixelToLps(1, 0, 0)[0]).toBeGreaterThan(stack.pixelToLps(0, 0, 0)[0]);
    expect(worst(stack, volume, spec.field)).toBeLessThan(1.6);
  });

  test('a stack sheared by gantry tilt', async () => {
    const { volume } = await volumeOf(new SyntheticSeriesBuilder({ ...ct, step: [0, 1.5, 5] }));
    expect(worst(resampleSagittal(volume, { inPlaneMm: 1 }), volume, field)).toBeLessThan(1.5);
  });

  test('a slab keeps the slices in it', async () => {
    const { volume } = await volumeOf(new SyntheticSeriesBuilder(ct));
    const stack = resampleSagittal(volume, { inPlaneMm: 1, sliceMm: 2, slab: { minXMm: -6, maxXMm: 4 } });
    expect(stack.dims[2]).toBe(5);
    expect(stack.pixelToLps(0, 0, 0)[0]).toBeGreaterThan(-6);
    expect(worst(stack, volume, ct.field)).toBeLessThan(1.5);
    const native = (await volumeOf(new SyntheticSeriesBuilder(mr))).volume;
    expect(resampleSagittal(native, { inPlaneMm: 1, slab: { minXMm: -1, maxXMm: 9 } }).dims[2]).toBe(3);
  });

  test('coarse pixels average the voxels under them', async () => {
    const checker: SyntheticSeries = { ...mr, field: ([, y, z]) => ((Math.round(y) + Math.round(z)) & 1 ? 200 : 100) };
    const { volume } = await volumeOf(new SyntheticSeriesBuilder(checker));
    const stack = resampleSagittal(volume, { inPlaneMm: 4 });
    expect(worst(stack, volume, () => 150)).toBeLessThan(15);
  });
});
