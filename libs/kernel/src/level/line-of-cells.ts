import { type ProbabilityStack } from '../segment/probability-stack';
import { SPINE_CLASSES } from '../segment/spine-class';

/** Lower neighbour of a position, so that there is one above it. */
export function clampFloor(value: number, size: number): number {
  return Math.min(Math.max(Math.floor(value), 0), Math.max(size - 2, 0));
}

/**
 * A line across the slices of a stack at one column and row: what is interpolated within a slice is kept while the line
 * stays between the same two.
 */
export class LineOfCells {
  c = 0;
  r = 0;
  /** Index of the line's lowest corner on the first slice. */
  first = 0;
  /** Whether column and row lie on the slices. */
  inside = false;
  private readonly near = new Float64Array(SPINE_CLASSES.length);
  private readonly far = new Float64Array(SPINE_CLASSES.length);
  private between = -1;

  constructor(private readonly stack: ProbabilityStack) {}

  /** Moves the line to another column and row. */
  start(c: number, r: number): void {
    const [columns, rows] = this.stack.dims;
    this.c = c;
    this.r = r;
    this.inside = c > -0.5 && r > -0.5 && c < columns - 0.5 && r < rows - 0.5;
    this.first = clampFloor(r, rows) * columns + clampFloor(c, columns);
    this.between = -1;
  }

  /** What `interpolateProbabilities` gives at a slice that is not outside, to the bit. */
  interpolate(slice: number, out: Float32Array): void {
    const slices = this.stack.dims[2];
    const k = Math.min(Math.max(slice, 0), slices - 1);
    const k0 = clampFloor(k, slices);
    if (k0 !== this.between) {
      this.inSlice(k0, this.near);
      this.inSlice(Math.min(k0 + 1, slices - 1), this.far);
      this.between = k0;
    }
    const f = k - k0;
    for (let n = 0; n < out.length; n++)
      out[n] = (f === 0 ? this.near[n]! : this.near[n]! * (1 - f) + this.far[n]! * f) / 255;
  }

  private inSlice(k: number, out: Float64Array): void {
    const { dims, planes } = this.stack;
    const [columns, rows] = dims;
    const c = Math.min(Math.max(this.c, 0), columns - 1);
    const r = Math.min(Math.max(this.r, 0), rows - 1);
    const fc = c - clampFloor(c, columns);
    const fr = r - clampFloor(r, rows);
    const right = columns > 1 ? 1 : 0;
    const down = rows > 1 ? columns : 0;
    const at = k * columns * rows + this.first;
    for (let n = 0; n < out.length; n++) {
      const p = planes[n]!;
      out[n] =
        (p[at]! * (1 - fc) + p[at + right]! * fc) * (1 - fr) +
        (p[at + down]! * (1 - fc) + p[at + down + right]! * fc) * fr;
    }
  }
}
