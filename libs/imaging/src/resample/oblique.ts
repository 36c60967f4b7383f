import { type Affine } from '@endplate/dicom';
import { backgroundValue, sampleIjk, type Volume } from '../volume/volume';

/** An output step longer than this (in voxels) is covered by two samples. */
const WIDE = 1.5;

/**
 * One slice across a volume whose axes are not parallel to it: the mean of a few trilinear samples per pixel.
 *
 * @param toIjk - (column, row, slice) of the output -\> (i, j, k)
 * @returns rows x columns
 */
export function obliqueSlice(
  volume: Volume,
  toIjk: Affine,
  slice: number,
  dims: readonly [number, number, number],
): Float32Array {
  const [columns, rows] = dims;
  const outside = backgroundValue(volume);
  const result = new Float32Array(columns * rows);
  const offsets = subsamples(toIjk);
  const [di, dj, dk] = [toIjk[0] as number, toIjk[4] as number, toIjk[8] as number];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      let count = 0;
      for (const [dc, dr, ds] of offsets) {
        const c = column + dc;
        const i = along(toIjk, 0, row + dr, slice + ds) + di * c;
        const j = along(toIjk, 4, row + dr, slice + ds) + dj * c;
        const k = along(toIjk, 8, row + dr, slice + ds) + dk * c;
        const value = sampleInside(volume, i, j, k) ?? sampleIjk(volume, i, j, k);
        if (value === undefined) continue;
        sum += value;
        count++;
      }
      result[row * columns + column] = count > 0 ? sum / count : outside;
    }
  }
  return result;
}

function along(toIjk: Affine, at: number, row: number, slice: number): number {
  return (toIjk[at + 1] as number) * row + (toIjk[at + 2] as number) * slice + (toIjk[at + 3] as number);
}

/** Trilinear interpolation where all eight neighbours are there; `undefined` elsewhere. */
function sampleInside(volume: Volume, x: number, y: number, z: number): number | undefined {
  const [ni, nj, nk] = volume.dims;
  if (!(x >= 0 && y >= 0 && z >= 0 && x < ni - 1 && y < nj - 1 && z < nk - 1)) return undefined;
  const { data } = volume;
  const [i, j, k] = [Math.floor(x), Math.floor(y), Math.floor(z)];
  const [a, b, c] = [x - i, y - j, z - k];
  const at = (k * nj + j) * ni + i;
  const up = at + ni * nj;
  const v00 = (data[at] as number) * (1 - a) + (data[at + 1] as number) * a;
  const v10 = (data[at + ni] as number) * (1 - a) + (data[at + ni + 1] as number) * a;
  const v01 = (data[up] as number) * (1 - a) + (data[up + 1] as number) * a;
  const v11 = (data[up + ni] as number) * (1 - a) + (data[up + ni + 1] as number) * a;
  return (v00 * (1 - b) + v10 * b) * (1 - c) + (v01 * (1 - b) + v11 * b) * c;
}

/** Offsets inside an output pixel, [column, row, slice]: one sample where it is a voxel wide, two per axis where it is wider. */
function subsamples(toIjk: Affine): [number, number, number][] {
  const spread = (axis: number): number[] => {
    const step = Math.hypot(toIjk[axis] as number, toIjk[4 + axis] as number, toIjk[8 + axis] as number);
    return step > WIDE ? [-0.25, 0.25] : [0];
  };
  return spread(0).flatMap((c) => spread(1).flatMap((r) => spread(2).map((s): [number, number, number] => [c, r, s])));
}
