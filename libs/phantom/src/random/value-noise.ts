import { type Rng } from './rng';

const SIZE = 32;
const MASK = SIZE - 1;

/** Smooth random field in space with mean about 0 and standard deviation about 1, repeating every 32 cells. */
export class ValueNoise {
  private readonly lattice = new Float32Array(SIZE * SIZE * SIZE);

  /** @param cellMm - distance of lattice points, mm */
  constructor(
    rng: Rng,
    private readonly cellMm: number,
  ) {
    // Uniform values of sd 1 lose about 40 % of it to trilinear interpolation.
    for (let n = 0; n < this.lattice.length; n++) this.lattice[n] = (rng.next() - 0.5) * 5.6;
  }

  /** Value at a point, mm. */
  at(x: number, y: number, z: number): number {
    const fx = x / this.cellMm + 4096;
    const fy = y / this.cellMm + 4096;
    const fz = z / this.cellMm + 4096;
    const ix = fx | 0;
    const iy = fy | 0;
    const iz = fz | 0;
    const tx = fx - ix;
    const ty = fy - iy;
    const tz = fz - iz;
    const g = this.lattice;
    const x0 = ix & MASK;
    const x1 = (ix + 1) & MASK;
    const y0 = (iy & MASK) << 5;
    const y1 = ((iy + 1) & MASK) << 5;
    const z0 = (iz & MASK) << 10;
    const z1 = ((iz + 1) & MASK) << 10;
    const a = g[z0 | y0 | x0]! + (g[z0 | y0 | x1]! - g[z0 | y0 | x0]!) * tx;
    const b = g[z0 | y1 | x0]! + (g[z0 | y1 | x1]! - g[z0 | y1 | x0]!) * tx;
    const c = g[z1 | y0 | x0]! + (g[z1 | y0 | x1]! - g[z1 | y0 | x0]!) * tx;
    const d = g[z1 | y1 | x0]! + (g[z1 | y1 | x1]! - g[z1 | y1 | x0]!) * tx;
    const low = a + (b - a) * ty;
    return low + (c + (d - c) * ty - low) * tz;
  }
}
