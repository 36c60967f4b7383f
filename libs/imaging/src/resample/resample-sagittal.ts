import { applyAffine, composeAffine, type Affine, type Vec3 } from '@endplate/dicom';
import { ImagingSizeError } from '../errors';
import { backgroundValue, lpsToIjk, sampleIjk, type Volume } from '../volume/volume';
import { sagittalGrid, type SagittalGrid, type SagittalOptions } from './sagittal-grid';
import { separableMap, separableSlices } from './separable';

/** Sagittal slices of a volume, all of one size. */
export interface SagittalStack extends SagittalGrid {
  /**
   * One per slice, from the patient's right to left; `slice[row * columns + column]`, rows from superior to inferior,
   * columns from anterior to posterior; unit of the volume.
   */
  readonly slices: readonly Float32Array[];
  /** Centre of a (fractional, zero-based) pixel, LPS mm. */
  pixelToLps(slice: number, row: number, column: number): Vec3;
}

/** 1 GiB of Float32. */
const MAX_SAMPLES = 2 ** 28;

/**
 * Resamples a volume to sagittal slices. A volume that is sagittal keeps its own planes (`sliceMm` `native`, the default),
 * so that nothing is interpolated across them; any other gives planes of constant patient x.
 *
 * Where an output pixel is wider than a voxel, the voxels under it are averaged. Besides the result, a few
 * slices of memory are taken.
 *
 * @throws ImagingSizeError `IMAGING_VOLUME_TOO_LARGE` for more than 2^28 samples
 */
export function resampleSagittal(volume: Volume, options: SagittalOptions): SagittalStack {
  const grid = sagittalGrid(volume, options);
  const [columns, rows, slices] = grid.dims;
  if (!(options.inPlaneMm > 0) || columns * rows * slices > MAX_SAMPLES) {
    throw new ImagingSizeError(`${columns} x ${rows} x ${slices} samples are too many`, { columns, rows, slices });
  }
  const toIjk = composeAffine(lpsToIjk(volume), grid.affine);
  const map = separableMap(volume, toIjk, grid.dims);
  const planes =
    map === undefined
      ? Array.from({ length: slices }, (_, slice) => obliqueSlice(volume, toIjk, slice, grid.dims))
      : separableSlices(volume, map, grid.dims);
  return {
    ...grid,
    slices: planes,
    pixelToLps: (slice, row, column) => applyAffine(grid.affine, [column, row, slice]),
  };
}

/** One slice across a volume whose axes are not parallel to it: the mean of a few trilinear samples per pixel. */
function obliqueSlice(
  volume: Volume,
  toIjk: Affine,
  slice: number,
  dims: readonly [number, number, number],
): Float32Array {
  const [columns, rows] = dims;
  const outside = backgroundValue(volume);
  const axes = [0, 1, 2].map((axis): Vec3 => [
    toIjk[axis] as number,
    toIjk[4 + axis] as number,
    toIjk[8 + axis] as number,
  ]);
  const offsets = subsamples(axes);
  const result = new Float32Array(columns * rows).fill(outside);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      let count = 0;
      for (const [dc, dr, ds] of offsets) {
        const [i, j, k] = applyAffine(toIjk, [column + dc, row + dr, slice + ds]);
        const value = sampleIjk(volume, i, j, k);
        if (value === undefined) continue;
        sum += value;
        count++;
      }
      if (count > 0) result[row * columns + column] = sum / count;
    }
  }
  return result;
}

/** Offsets inside an output pixel: one sample where it is a voxel wide, two per axis where it is wider. */
function subsamples(axes: readonly Vec3[]): Vec3[] {
  const [c, r, s] = axes.map((axis) => (Math.hypot(...axis) > 1.5 ? [-0.25, 0.25] : [0]));
  return (c ?? [0]).flatMap((dc) => (r ?? [0]).flatMap((dr) => (s ?? [0]).map((ds): Vec3 => [dc, dr, ds])));
}
