import { type Affine } from '@endplate/dicom';
import { SPINE_CLASSES } from './spine-class';

/** A grid of sagittal slices: columns anterior to posterior, rows superior to inferior, slices patient right to left. */
export interface SagittalGrid {
  /** [columns, rows, slices]. */
  readonly dims: readonly [number, number, number];
  /** Distance between [columns, rows, slices], mm. */
  readonly spacingMm: readonly [number, number, number];
  /** (column, row, slice), zero-based, -\> LPS mm. */
  readonly affine: Affine;
}

/**
 * Class probabilities on a sagittal grid in steps of 1/255.
 *
 * `planes[c]` is one class over the whole stack, index `(slice * rows + row) * columns + column`.
 */
export interface ProbabilityStack extends SagittalGrid {
  readonly planes: readonly Uint8Array[];
}

/** An empty stack on a grid. */
export function emptyProbabilityStack(grid: SagittalGrid): ProbabilityStack {
  const [columns, rows, slices] = grid.dims;
  return {
    dims: grid.dims,
    spacingMm: grid.spacingMm,
    affine: grid.affine,
    planes: SPINE_CLASSES.map(() => new Uint8Array(columns * rows * slices)),
  };
}

/**
 * All class probabilities at a fractional grid position by trilinear interpolation, 0 to 1, written to `out` (6 numbers).
 * Half a slice outside the stack still counts; beyond it the point is background.
 *
 * @returns false when the point lies outside
 */
export function interpolateProbabilities(
  stack: ProbabilityStack,
  column: number,
  row: number,
  slice: number,
  out: Float32Array,
): boolean {
  const { dims, planes } = stack;
  const columns = dims[0];
  const rows = dims[1];
  const slices = dims[2];
  if (!(
    column > -0.5 &&
    row > -0.5 &&
    slice > -0.5 &&
    column < columns - 0.5 &&
    row < rows - 0.5 &&
    slice < slices - 0.5
  )) {
    out.fill(0);
    out[0] = 1;
    return false;
  }
  const c = column < 0 ? 0 : column > columns - 1 ? columns - 1 : column;
  const r = row < 0 ? 0 : row > rows - 1 ? rows - 1 : row;
  const k = slice < 0 ? 0 : slice > slices - 1 ? slices - 1 : slice;
  const c0 = Math.min(Math.floor(c), Math.max(columns - 2, 0));
  const r0 = Math.min(Math.floor(r), Math.max(rows - 2, 0));
  const k0 = Math.min(Math.floor(k), Math.max(slices - 2, 0));
  const fc = c - c0;
  const fr = r - r0;
  const fk = k - k0;
  const dc = columns > 1 ? 1 : 0;
  const dr = rows > 1 ? columns : 0;
  const at = (k0 * rows + r0) * columns + c0;
  const over = at + (slices > 1 ? columns * rows : 0);
  for (let n = 0; n < out.length; n++) {
    const p = planes[n]!;
    const near =
      (p[at]! * (1 - fc) + p[at + dc]! * fc) * (1 - fr) + (p[at + dr]! * (1 - fc) + p[at + dr + dc]! * fc) * fr;
    if (fk === 0) {
      out[n] = near / 255;
      continue;
    }
    const far =
      (p[over]! * (1 - fc) + p[over + dc]! * fc) * (1 - fr) + (p[over + dr]! * (1 - fc) + p[over + dr + dc]! * fc) * fr;
    out[n] = (near * (1 - fk) + far * fk) / 255;
  }
  return true;
}
