import { DicomGeometryError } from '../errors';
import { type Vec3 } from './vector';

/**
 * A 4 x 4 affine in row-major order, 16 numbers; maps the column vector (column i, row j, slice k, 1) of zero-based voxel
 * indices to LPS mm. An index names the centre of its voxel.
 */
export type Affine = readonly number[];

/** The affine that changes nothing. */
export const IDENTITY_AFFINE: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

function at(affine: Affine, index: number): number {
  const value = affine[index];
  if (value === undefined) throw new DicomGeometryError('An affine has 16 numbers');
  return value;
}

/** Builds an affine from the images of the three index axes (mm per step) and of the origin (mm). */
export function affineFromColumns(i: Vec3, j: Vec3, k: Vec3, origin: Vec3): Affine {
  return [i[0], j[0], k[0], origin[0], i[1], j[1], k[1], origin[1], i[2], j[2], k[2], origin[2], 0, 0, 0, 1];
}

/** Column 0, 1, 2 (axes) or 3 (origin) of an affine. */
export function affineColumn(affine: Affine, column: 0 | 1 | 2 | 3): Vec3 {
  return [at(affine, column), at(affine, 4 + column), at(affine, 8 + column)];
}

/** Maps a point. */
export function applyAffine(affine: Affine, p: Vec3): Vec3 {
  return [
    at(affine, 0) * p[0] + at(affine, 1) * p[1] + at(affine, 2) * p[2] + at(affine, 3),
    at(affine, 4) * p[0] + at(affine, 5) * p[1] + at(affine, 6) * p[2] + at(affine, 7),
    at(affine, 8) * p[0] + at(affine, 9) * p[1] + at(affine, 10) * p[2] + at(affine, 11),
  ];
}

/** The affine that applies `inner` first and `outer` to its result. */
export function composeAffine(outer: Affine, inner: Affine): Affine {
  const product: number[] = [];
  for (let row = 0; row < 4; row++) {
    for (let column = 0; column < 4; column++) {
      let sum = 0;
      for (let n = 0; n < 4; n++) sum += at(outer, row * 4 + n) * at(inner, n * 4 + column);
      product.push(sum);
    }
  }
  return product;
}

/**
 * The inverse: LPS mm to (fractional) voxel indices.
 *
 * @throws {@link DicomGeometryError} `DICOM_GEOMETRY_INVALID` if the axes do not span space
 */
export function invertAffine(affine: Affine): Affine {
  const [a, b, c, tx] = [at(affine, 0), at(affine, 1), at(affine, 2), at(affine, 3)];
  const [d, e, f, ty] = [at(affine, 4), at(affine, 5), at(affine, 6), at(affine, 7)];
  const [g, h, i, tz] = [at(affine, 8), at(affine, 9), at(affine, 10), at(affine, 11)];
  const [A, B, C] = [e * i - f * h, f * g - d * i, d * h - e * g];
  const determinant = a * A + b * B + c * C;
  if (!Number.isFinite(determinant) || Math.abs(determinant) < 1e-12) {
    throw new DicomGeometryError('A singular affine has no inverse');
  }
  const s = 1 / determinant;
  const m = [A * s, (c * h - b * i) * s, (b * f - c * e) * s, B * s, (a * i - c * g) * s, (c * d - a * f) * s];
  m.push(C * s, (b * g - a * h) * s, (a * e - b * d) * s);
  const translated = (row: number): number => -(at(m, row) * tx + at(m, row + 1) * ty + at(m, row + 2) * tz);
  const row = (n: number): number[] => [at(m, n), at(m, n + 1), at(m, n + 2), translated(n)];
  return [...row(0), ...row(3), ...row(6), 0, 0, 0, 1];
}
