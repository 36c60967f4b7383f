import { DicomGeometryError } from '../errors';
import { affineFromColumns, applyAffine, invertAffine, type Affine } from './affine';
import { cross, dot, length, normalise, scale, sub, type Vec3 } from './vector';

/** The Image Plane Module attributes that fix pixels in space. @standard PS3.3 C.7.6.2 */
export interface ImagePlane {
  /** Centre of the first pixel, LPS mm. */
  readonly ImagePositionPatient: Vec3 | readonly number[];
  /** Direction cosines of a row (x y z, increasing column), then of a column (increasing row). */
  readonly ImageOrientationPatient: readonly number[];
  /** Distance between rows, then between columns, mm. */
  readonly PixelSpacing: readonly [number, number] | readonly number[];
}

/** Unit directions of increasing column, increasing row, and their right-handed normal, LPS. */
export interface PlaneAxes {
  readonly row: Vec3;
  readonly column: Vec3;
  readonly normal: Vec3;
}

function vec3(values: readonly number[], from: number, what: string): Vec3 {
  const [x, y, z] = [values[from], values[from + 1], values[from + 2]];
  if (x === undefined || y === undefined || z === undefined || !Number.isFinite(x + y + z)) {
    throw new DicomGeometryError(`${what} is incomplete`);
  }
  return [x, y, z];
}

/**
 * Unit axes of an Image Orientation (Patient); cosines that are a little off orthogonal are made orthogonal.
 *
 * @throws {@link DicomGeometryError} `DICOM_GEOMETRY_INVALID` if they are incomplete, zero or more than 3 degrees off
 * @standard PS3.3 C.7.6.2.1.1
 */
export function planeAxes(imageOrientationPatient: readonly number[]): PlaneAxes {
  const row = normalise(vec3(imageOrientationPatient, 0, 'Image Orientation (Patient)'));
  const second = normalise(vec3(imageOrientationPatient, 3, 'Image Orientation (Patient)'));
  const skew = dot(row, second);
  if (Math.abs(skew) > 0.05) throw new DicomGeometryError('Rows and columns of the image are not at right angles');
  const column = normalise(sub(second, scale(row, skew)));
  return { row, column, normal: cross(row, column) };
}

/**
 * The affine of an image: (column i, row j, slice k) -\> LPS mm, where k steps by `sliceStep`.
 *
 * @param sliceStep - vector to the next slice in LPS mm, or a distance along the normal in mm (default 1)
 * @throws {@link DicomGeometryError} `DICOM_GEOMETRY_INVALID`
 * @standard PS3.3 C.7.6.2.1.1
 */
export function imagePlaneAffine(plane: ImagePlane, sliceStep: number | Vec3 = 1): Affine {
  const axes = planeAxes(plane.ImageOrientationPatient);
  const [betweenRows, betweenColumns] = plane.PixelSpacing;
  if (!(betweenRows !== undefined && betweenRows > 0) || !(betweenColumns !== undefined && betweenColumns > 0)) {
    throw new DicomGeometryError('Pixel Spacing must be two positive numbers');
  }
  const step = typeof sliceStep === 'number' ? scale(axes.normal, sliceStep) : sliceStep;
  if (!(length(step) > 0)) throw new DicomGeometryError('The step between slices must not be zero');
  const origin = vec3(plane.ImagePositionPatient, 0, 'Image Position (Patient)');
  return affineFromColumns(scale(axes.row, betweenColumns), scale(axes.column, betweenRows), step, origin);
}

/** Centre of pixel (column, row), zero-based and fractional, in LPS mm. */
export function pixelToLps(plane: ImagePlane, column: number, row: number): Vec3 {
  return applyAffine(imagePlaneAffine(plane), [column, row, 0]);
}

/** Zero-based fractional pixel indices of an LPS point (mm) and its distance from the plane along the normal, mm. */
export function lpsToPixel(plane: ImagePlane, p: Vec3): { column: number; row: number; distanceMm: number } {
  const [column, row, distanceMm] = applyAffine(invertAffine(imagePlaneAffine(plane)), p);
  return { column, row, distanceMm };
}

/**
 * Pixel indices (centre of pixel is an integer) to SCOORD graphic data (top left corner of the top left pixel is 0\\0, so
 * its centre is 0.5\\0.5), as [column, row].
 *
 * @standard PS3.3 C.18.6.1.1
 */
export function pixelToScoord(column: number, row: number): readonly [number, number] {
  return [column + 0.5, row + 0.5];
}

/** SCOORD graphic data [column, row] to pixel indices, where an integer names the centre of a pixel. @standard PS3.3 C.18.6.1.1 */
export function scoordToPixel(column: number, row: number): readonly [number, number] {
  return [column - 0.5, row - 0.5];
}

/** An LPS point (mm) as SCOORD graphic data [column, row] of an image; the distance from the plane is dropped. @standard PS3.3 C.18.6.1.1 */
export function lpsToScoord(plane: ImagePlane, p: Vec3): readonly [number, number] {
  const pixel = lpsToPixel(plane, p);
  return pixelToScoord(pixel.column, pixel.row);
}

/** SCOORD graphic data [column, row] of an image as LPS point, mm. @standard PS3.3 C.18.6.1.1 */
export function scoordToLps(plane: ImagePlane, column: number, row: number): Vec3 {
  return pixelToLps(plane, ...scoordToPixel(column, row));
}
