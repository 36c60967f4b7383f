import { type VoxelBox } from './components';

/** A constant of this file: the global is slow to look up in a sandbox. */
const FAR = Number.POSITIVE_INFINITY;

/**
 * Distance of every voxel centre to the nearest voxel of a mask, mm; Infinity where the mask is empty.
 *
 * Exact and separable: Felzenszwalb and Huttenlocher 2012, Theory of Computing 8:415, with a spacing per axis.
 *
 * @param spacingMm - between voxels along [x, y, z]
 */
export function distanceTo(
  box: VoxelBox,
  spacingMm: readonly [number, number, number],
  inside: (at: number) => boolean,
): Float32Array {
  const { nx, ny, nz } = box;
  const field = new Float32Array(nx * ny * nz);
  const line = new LineTransform(Math.max(nx, ny, nz));
  let any = false;
  for (let from = 0; from < field.length; from += nx) any = firstAxis(field, from, nx, spacingMm[0], inside) || any;
  if (!any) return field;
  for (let z = 0; z < nz; z++) for (let x = 0; x < nx; x++) line.run(field, z * ny * nx + x, nx, ny, spacingMm[1]);
  for (let y = 0; y < ny; y++) for (let x = 0; x < nx; x++) line.run(field, y * nx + x, nx * ny, nz, spacingMm[2]);
  for (let at = 0; at < field.length; at++) field[at] = Math.sqrt(field[at]!);
  return field;
}

/**
 * Completes squared distances along z to distances in space: the nearest site is then known to a fraction of a voxel along
 * z. Works in place.
 *
 * @param alongZ - squared distance to the nearest site in the same column of voxels, Infinity without one; becomes the result
 */
export function distanceFromColumns(
  { nx, ny, nz }: VoxelBox,
  spacing: readonly [number, number, number],
  alongZ: Float32Array,
): Float32Array {
  const line = new LineTransform(Math.max(nx, ny));
  for (let z = 0; z < nz; z++) {
    const plane = z * ny * nx;
    for (let x = 0; x < nx; x++) line.run(alongZ, plane + x, nx, ny, spacing[1]);
    for (let y = 0; y < ny; y++) line.run(alongZ, plane + y * nx, 1, nx, spacing[0]);
  }
  for (let at = 0; at < alongZ.length; at++) alongZ[at] = Math.sqrt(alongZ[at]!);
  return alongZ;
}

/** Squared distances along one line of a mask, in two sweeps; false where the mask has no voxel on it. */
function firstAxis(
  field: Float32Array,
  from: number,
  n: number,
  spacing: number,
  inside: (at: number) => boolean,
): boolean {
  const square = spacing * spacing;
  let last = -1;
  for (let q = 0; q < n; q++) {
    if (inside(from + q)) last = q;
    field[from + q] = last < 0 ? FAR : square * (q - last) * (q - last);
  }
  if (last < 0) return false;
  let next = -1;
  for (let q = n - 1; q >= 0; q--) {
    if (field[from + q] === 0) next = q;
    else if (next >= 0) {
      const value = square * (next - q) * (next - q);
      if (value < field[from + q]!) field[from + q] = value;
    }
  }
  return true;
}

/** Lower envelope of parabolas along one line of squared distances. */
class LineTransform {
  private readonly values: Float64Array;
  private readonly sites: Int32Array;
  private readonly bounds: Float64Array;

  constructor(longest: number) {
    this.values = new Float64Array(longest);
    this.sites = new Int32Array(longest);
    this.bounds = new Float64Array(longest + 1);
  }

  run(field: Float32Array, from: number, step: number, n: number, spacing: number): void {
    const { values, sites, bounds } = this;
    let last = -1;
    for (let q = 0; q < n; q++) {
      values[q] = field[from + q * step]!;
      if (values[q] === FAR) continue;
      let crossing = -FAR;
      while (last >= 0) {
        const p = sites[last]!;
        crossing = (values[q]! - values[p]! + spacing * spacing * (q * q - p * p)) / (2 * spacing * spacing * (q - p));
        if (crossing > bounds[last]!) break;
        last--;
      }
      last++;
      sites[last] = q;
      bounds[last] = last === 0 ? -FAR : crossing;
      bounds[last + 1] = FAR;
    }
    if (last < 0) return;
    for (let q = 0, s = 0; q < n; q++) {
      while (bounds[s + 1]! < q) s++;
      const p = sites[s]!;
      field[from + q * step] = spacing * spacing * (q - p) * (q - p) + values[p]!;
    }
  }
}
