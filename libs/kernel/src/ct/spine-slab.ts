import { applyAffine, type Vec3 } from '@endplate/dicom';
import { median, quantile } from '../measure/statistics';
import { THRESHOLDS } from '../thresholds';
import { type HounsfieldVolume } from './disc-box';

/** The range of patient x (right to left, LPS mm) that holds the spine. */
export interface SpineSlab {
  readonly fromMm: number;
  readonly toMm: number;
}

const CELL_MM = 4;
const BAND_MM = 20;
const BOX_CELLS = 5;
const MIN_DENSE = 12;

/**
 * Finds the slab without the network: in every 20 mm of height, the 40 mm of x behind which lies most bone. Looks at every
 * fourth voxel or so.
 *
 * @returns the whole width where no bone is found
 */
export function findSpineSlab(volume: HounsfieldVolume): SpineSlab {
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((n) =>
    applyAffine(volume.ijkToLps, volume.dims.map((size, axis) => (n & (1 << axis) ? size - 1 : 0)) as unknown as Vec3),
  );
  const [x0, x1] = [Math.min(...corners.map((p) => p[0])), Math.max(...corners.map((p) => p[0]))];
  const [z0, z1] = [Math.min(...corners.map((p) => p[2])), Math.max(...corners.map((p) => p[2]))];
  const cells = Math.max(1, Math.ceil((x1 - x0) / CELL_MM) + 1);
  const bands = Math.max(1, Math.ceil((z1 - z0) / BAND_MM) + 1);
  const counts = boneCounts(volume, x0, z0, cells, bands);
  const centres: number[] = [];
  for (let band = 0; band < bands; band++) {
    const row = counts.subarray(band * cells, (band + 1) * cells);
    const peak = densestCell(row);
    if (peak !== undefined) centres.push(x0 + peak * CELL_MM);
  }
  if (centres.length === 0) return { fromMm: x0, toMm: x1 };
  const centre = median(centres);
  const near = centres.filter((x) => Math.abs(x - centre) < 45);
  const half = THRESHOLDS.segment.ctHalfWidthMm;
  return {
    fromMm: Math.max(x0, quantile(near, 0.1) - half),
    toMm: Math.min(x1, quantile(near, 0.9) + half),
  };
}

function boneCounts(volume: HounsfieldVolume, x0: number, z0: number, cells: number, bands: number): Uint32Array {
  const [ni, nj, nk] = volume.dims;
  const step = ni >= 256 ? 4 : 2;
  const kStep = nk >= 200 ? 3 : 1;
  const counts = new Uint32Array(cells * bands);
  const a = volume.ijkToLps;
  for (let k = 0; k < nk; k += kStep) {
    for (let j = 0; j < nj; j += step) {
      for (let i = 0; i < ni; i += step) {
        if (volume.data[(k * nj + j) * ni + i]! < THRESHOLDS.segment.ctBoneHU) continue;
        const x = a[0]! * i + a[1]! * j + a[2]! * k + a[3]!;
        const z = a[8]! * i + a[9]! * j + a[10]! * k + a[11]!;
        counts[Math.floor((z - z0) / BAND_MM) * cells + Math.round((x - x0) / CELL_MM)]!++;
      }
    }
  }
  return counts;
}

function densestCell(row: Uint32Array): number | undefined {
  let [best, at] = [0, -1];
  for (let c = 0; c < row.length; c++) {
    let sum = 0;
    for (let d = -BOX_CELLS; d <= BOX_CELLS; d++) sum += row[c + d] ?? 0;
    if (sum > best) [best, at] = [sum, c];
  }
  return best >= MIN_DENSE ? at : undefined;
}
