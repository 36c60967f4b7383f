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

/**
 * Makes one output slice: the volume is summed along the axis that runs across the slices, then along the other two.
 *
 * @param scratch - reused from slice to slice, see {@link separableScratch}
 * @returns rows x columns
 */
export function separableSlice(
  volume: Volume,
  map: SeparableMap,
  slice: number,
  dims: readonly [number, number, number],
  scratch: { plane: Float32Array; half: Float32Array },
): Float32Array {
  const [columns, rows] = dims;
  const { plane, half } = scratch;
  const size = volume.dims;
  const stride = [1, size[0], size[0] * size[1]];
  const across = map.outputAxis.indexOf(2);
  const alongColumns = map.outputAxis.indexOf(0);
  const alongRows = map.outputAxis.indexOf(1);
  const width = size[alongColumns] as number;
  const height = size[alongRows] as number;
  collapse(volume, map.taps[across] as AxisTaps, slice, stride, [across, alongColumns, alongRows], plane);
  const columnTaps = map.taps[alongColumns] as AxisTaps;
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let t = columnTaps.first[c] as number; t < (columnTaps.first[c + 1] as number); t++) {
        sum += (plane[r * width + (columnTaps.index[t] as number)] as number) * (columnTaps.weight[t] as number);
      }
      half[r * columns + c] = sum;
    }
  }
  const rowTaps = map.taps[alongRows] as AxisTaps;
  const result = new Float32Array(rows * columns);
  for (let r = 0; r < rows; r++) {
    for (let t = rowTaps.first[r] as number; t < (rowTaps.first[r + 1] as number); t++) {
      const from = (rowTaps.index[t] as number) * columns;
      const weight = rowTaps.weight[t] as number;
      for (let c = 0; c < columns; c++) {
        result[r * columns + c] = (result[r * columns + c] as number) + (half[from + c] as number) * weight;
      }
    }
  }
  return result;
}

/** Buffers for {@link separableSlice}. */
export function separableScratch(
  volume: Volume,
  map: SeparableMap,
  columns: number,
): { plane: Float32Array; half: Float32Array } {
  const width = volume.dims[map.outputAxis.indexOf(0)] as number;
  const height = volume.dims[map.outputAxis.indexOf(1)] as number;
  return { plane: new Float32Array(width * height), half: new Float32Array(columns * height) };
}

function collapse(
  volume: Volume,
  taps: AxisTaps,
  slice: number,
  stride: readonly number[],
  [across, alongColumns, alongRows]: readonly [number, number, number],
  plane: Float32Array,
): void {
  const { data, dims } = volume;
  const [width, height] = [dims[alongColumns] as number, dims[alongRows] as number];
  const [columnStride, rowStride, acrossStride] = [
    stride[alongColumns] as number,
    stride[alongRows] as number,
    stride[across] as number,
  ];
  plane.fill(0);
  for (let t = taps.first[slice] as number; t < (taps.first[slice + 1] as number); t++) {
    const base = (taps.index[t] as number) * acrossStride;
    const weight = taps.weight[t] as number;
    for (let r = 0; r < height; r++) {
      let from = base + r * rowStride;
      for (let c = 0; c < width; c++, from += columnStride) {
        plane[r * width + c] = (plane[r * width + c] as number) + (data[from] as number) * weight;
      }
    }
  }
}
