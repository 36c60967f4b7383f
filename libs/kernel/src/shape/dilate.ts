import { type VoxelBox } from './components';

/**
 * 1 where a voxel centre lies within a radius of a voxel of a mask: what {@link distanceTo} would say, for a fraction of the
 * work, as runs along x are laid out whole.
 *
 * @param spacingMm - between voxels along [x, y, z]
 * @param mask - 1 inside
 */
export function dilate(
  { nx, ny, nz }: VoxelBox,
  spacingMm: readonly [number, number, number],
  mask: Uint8Array,
  radiusMm: number,
): Uint8Array {
  const result = new Uint8Array(mask.length);
  const rows = ballRows(spacingMm, radiusMm);
  const whole = new Uint8Array(ny * nz);
  for (let at = mask.indexOf(1); at >= 0; at = mask.indexOf(1, at)) {
    const first = at % nx;
    const y = ((at - first) / nx) % ny;
    const z = Math.floor(at / (nx * ny));
    let last = first;
    while (last + 1 < nx && mask[at + 1] === 1) {
      last++;
      at++;
    }
    at++;
    for (const { dy, dz, reach } of rows) {
      if (y + dy < 0 || y + dy >= ny || z + dz < 0 || z + dz >= nz) continue;
      const row = (z + dz) * ny + y + dy;
      if (whole[row] === 1) continue;
      const from = first > reach ? first - reach : 0;
      const end = last + reach + 1 < nx ? last + reach + 1 : nx;
      if (end - from === nx) whole[row] = 1;
      result.fill(1, row * nx + from, row * nx + end);
    }
  }
  return result;
}

/**
 * Whether a voxel of a mask lies within a radius of one voxel, as {@link dilate} says: for a few voxels, where laying out all
 * of a mask would be more work.
 */
export class BallProbe {
  private readonly rows: readonly BallRow[];

  constructor(
    private readonly box: VoxelBox,
    spacingMm: readonly [number, number, number],
    radiusMm: number,
  ) {
    // What lies nearest is asked first.
    this.rows = ballRows(spacingMm, radiusMm).sort((a, b) => b.reach - a.reach);
  }

  meets(mask: Uint8Array, at: number): boolean {
    const { nx, ny, nz } = this.box;
    const x = at % nx;
    const y = ((at - x) / nx) % ny;
    const z = (at - x - y * nx) / (nx * ny);
    for (const { dy, dz, reach } of this.rows) {
      if (y + dy < 0 || y + dy >= ny || z + dz < 0 || z + dz >= nz) continue;
      const row = ((z + dz) * ny + y + dy) * nx;
      const end = row + (x + reach < nx ? x + reach : nx - 1);
      for (let n = row + (x > reach ? x - reach : 0); n <= end; n++) if (mask[n] === 1) return true;
    }
    return false;
  }
}

/** One row of a ball: how far along x it reaches on either side. */
interface BallRow {
  readonly dy: number;
  readonly dz: number;
  readonly reach: number;
}

function ballRows([sx, sy, sz]: readonly [number, number, number], radius: number): BallRow[] {
  const rows: BallRow[] = [];
  const [ry, rz] = [Math.floor(radius / sy), Math.floor(radius / sz)];
  for (let dz = -rz; dz <= rz; dz++) {
    for (let dy = -ry; dy <= ry; dy++) {
      let reach = -1;
      while (roundedDistance((reach + 1) * sx, dy * sy, dz * sz) <= radius) reach++;
      if (reach >= 0) rows.push({ dy, dz, reach });
    }
  }
  return rows;
}

/** In the precision of a distance field. */
function roundedDistance(x: number, y: number, z: number): number {
  return Math.fround(Math.sqrt(Math.fround(z * z + Math.fround(y * y + Math.fround(x * x)))));
}
