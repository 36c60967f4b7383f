import { applyAffine, composeAffine, type Vec3 } from '@endplate/dicom';
import { ImagingSizeError } from '../errors';
import { lpsToIjk, type Volume } from '../volume/volume';
import { obliqueSlice } from './oblique';
import { inPlanePair, sagittalGrid, type SagittalGrid, type SagittalOptions } from './sagittal-grid';
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
  if (!inPlanePair(options.inPlaneMm).every((mm) => mm > 0) || columns * rows * slices > MAX_SAMPLES) {
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
