import { type Affine } from '@endplate/dicom';
import { type Volume } from '../volume/volume';

/** Weighted voxels that make one output index along one axis: `index[first[n]] .. index[first[n + 1]]`. */
interface AxisTaps {
  readonly first: Int32Array;
  readonly index: Int32Array;
  readonly weight: Float32Array;
}

/** How each axis of the volume (i, j, k) runs along one axis of the output (0 column, 1 row, 2 slice). */
export interface SeparableMap {
  readonly outputAxis: readonly [number, number, number];
  readonly taps: readonly [AxisTaps, AxisTaps, AxisTaps];
}

/** An axis may wander this far across the others over the whole grid, in voxels. */
const MAX_WANDER = 0.1;
const MAX_SUBSAMPLES = 8;

/**
 * Finds out whether output and volume axes are parallel, and prepares the weights: linear interpolation, averaged over
 * the width of an output pixel where that is wider than a voxel.
 *
 * @param toIjk - (column, row, slice) of the output -\> (i, j, k)
 * @returns `undefined` if the axes are not parallel
 */
export function separableMap(volume: Volume, toIjk: Affine, dims: readonly number[]): SeparableMap | undefined {
  const outputAxis: number[] = [];
  const taps: AxisTaps[] = [];
  for (let axis = 0; axis < 3; axis++) {
    const row = [0, 1, 2].map((output) => toIjk[axis * 4 + output] as number);
    const wander = row.map((step, output) => Math.abs(step) * ((dims[output] as number) - 1));
    const main = row.reduce(
      (best, step, output) => (Math.abs(step) > Math.abs(row[best] as number) ? output : best),
      0,
    );
    if (outputAxis.includes(main) || wander.some((voxels, output) => output !== main && voxels > MAX_WANDER))
      return undefined;
    outputAxis.push(main);
    // The wander of the other axes is spread around its middle.
    const middle = row.reduce(
      (sum, step, output) => sum + (output === main ? 0 : (step * ((dims[output] as number) - 1)) / 2),
      0,
    );
    const start = (toIjk[axis * 4 + 3] as number) + middle;
    taps.push(axisTaps(start, row[main] as number, dims[main] as number, volume.dims[axis] as number));
  }
  return { outputAxis: outputAxis as [number, number, number], taps: taps as [AxisTaps, AxisTaps, AxisTaps] };
}

function axisTaps(start: number, step: number, count: number, size: number): AxisTaps {
  const width = Math.abs(step);
  const subsamples = width <= 1.05 ? 1 : Math.min(MAX_SUBSAMPLES, Math.ceil(width) + 1);
  const first = new Int32Array(count + 1);
  const index: number[] = [];
  const weight: number[] = [];
  for (let n = 0; n < count; n++) {
    const weights = new Map<number, number>();
    for (let s = 0; s < subsamples; s++) {
      const at = start + step * (n + (s + 0.5) / subsamples - 0.5);
      const clamped = Math.min(Math.max(at, 0), size - 1);
      const lower = Math.min(Math.floor(clamped), Math.max(size - 2, 0));
      const upper = Math.min(lower + 1, size - 1);
      const t = clamped - lower;
      weights.set(lower, (weights.get(lower) ?? 0) + (1 - t) / subsamples);
      weights.set(upper, (weights.get(upper) ?? 0) + t / subsamples);
    }
    for (const [voxel, share] of weights) {
      if (share === 0) continue;
      index.push(voxel);
      weight.push(share);
    }
    first[n + 1] = index.length;
  }
  return { first, index: Int32Array.from(index), weight: Float32Array.from(weight) };
}

/** Output slices that are collapsed together, so that voxels that lie side by side in memory are read once. */
const SLICES_TOGETHER = 16;

/**
 * Makes the output slices in order: the volume is summed along the axis that runs across the slices, a few slices at a
 * time, then every slice along the other two.
 *
 * @returns one array of rows x columns per slice
 */
export function separableSlices(
  volume: Volume,
  map: SeparableMap,
  dims: readonly [number, number, number],
): Float32Array[] {
  const [columns, rows, slices] = dims;
  const axes = [map.outputAxis.indexOf(2), map.outputAxis.indexOf(0), map.outputAxis.indexOf(1)] as const;
  const width = volume.dims[axes[1]] as number;
  const height = volume.dims[axes[2]] as number;
  const together = axes[0] === 0 ? Math.min(SLICES_TOGETHER, slices) : 1;
  const planes = new Float32Array(together * width * height);
  const half = new Float32Array(columns * height);
  const result: Float32Array[] = [];
  for (let first = 0; first < slices; first += together) {
    const count = Math.min(together, slices - first);
    collapse(volume, map.taps[axes[0]] as AxisTaps, first, count, axes, planes);
    for (let n = 0; n < count; n++) {
      const plane = planes.subarray(n * width * height, (n + 1) * width * height);
      shrinkColumns(plane, map.taps[axes[1]] as AxisTaps, width, height, columns, half);
      result.push(shrinkRows(half, map.taps[axes[2]] as AxisTaps, columns, rows));
    }
  }
  return result;
}

/** Sums the volume along the axis across the slices, for `count` slices from `first` on. */
function collapse(
  volume: Volume,
  taps: AxisTaps,
  first: number,
  count: number,
  [across, alongColumns, alongRows]: readonly [number, number, number],
  planes: Float32Array,
): void {
  const { data, dims } = volume;
  const stride = [1, dims[0], dims[0] * dims[1]] as const;
  const [width, height] = [dims[alongColumns] as number, dims[alongRows] as number];
  const [acrossStride, columnStride, rowStride] = [
    stride[across] as number,
    stride[alongColumns] as number,
    stride[alongRows] as number,
  ];
  const size = width * height;
  const start = taps.first[first] as number;
  const steps = taps.index.slice(start, taps.first[first + count]).map((index) => index * acrossStride);
  const weights = Float64Array.from(taps.weight.subarray(start, taps.first[first + count]));
  const ends = taps.first.slice(first + 1, first + count + 1).map((end) => end - start);
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < width; c++) {
      const base = r * rowStride + c * columnStride;
      for (let n = 0, t = 0; n < count; n++) {
        let sum = 0;
        for (const end = ends[n] as number; t < end; t++) {
          sum += (data[base + (steps[t] as number)] as number) * (weights[t] as number);
        }
        planes[n * size + r * width + c] = sum;
      }
    }
  }
}

function shrinkColumns(
  plane: Float32Array,
  taps: AxisTaps,
  width: number,
  height: number,
  columns: number,
  half: Float32Array,
): void {
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let t = taps.first[c] as number; t < (taps.first[c + 1] as number); t++) {
        sum += (plane[r * width + (taps.index[t] as number)] as number) * (taps.weight[t] as number);
      }
      half[r * columns + c] = sum;
    }
  }
}

function shrinkRows(half: Float32Array, taps: AxisTaps, columns: number, rows: number): Float32Array {
  const result = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let t = taps.first[r] as number; t < (taps.first[r + 1] as number); t++) {
      const from = (taps.index[t] as number) * columns;
      const weight = taps.weight[t] as number;
      for (let c = 0; c < columns; c++) {
        result[r * columns + c] = (result[r * columns + c] as number) + (half[from + c] as number) * weight;
      }
    }
  }
  return result;
}
