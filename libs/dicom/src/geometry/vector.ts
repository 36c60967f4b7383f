import { DicomGeometryError } from '../errors';

/** A point or direction [x, y, z]; in patient space LPS, mm. */
export type Vec3 = readonly [number, number, number];

/** Scalar product. */
export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Vector product, right-handed. */
export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Sum. */
export function add(a: Vec3, b: Vec3): Vec3 {
  return [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
}

/** Difference a - b. */
export function sub(a: Vec3, b: Vec3): Vec3 {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

/** Product with a number. */
export function scale(a: Vec3, factor: number): Vec3 {
  return [a[0] * factor, a[1] * factor, a[2] * factor];
}

/** Euclidean length, in the unit of the vector. */
export function length(a: Vec3): number {
  return Math.hypot(a[0], a[1], a[2]);
}

/** Distance of two points, in their unit. */
export function distance(a: Vec3, b: Vec3): number {
  return length(sub(a, b));
}

/**
 * The unit vector of the same direction.
 *
 * @throws {@link DicomGeometryError} `DICOM_GEOMETRY_INVALID` for a vector without direction
 */
export function normalise(a: Vec3): Vec3 {
  const norm = length(a);
  if (!(norm > 1e-9) || !Number.isFinite(norm))
    throw new DicomGeometryError('A vector of length zero has no direction');
  return scale(a, 1 / norm);
}

/** Point on the line a to b: `t` 0 is a, 1 is b. */
export function interpolate(a: Vec3, b: Vec3, t: number): Vec3 {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}
