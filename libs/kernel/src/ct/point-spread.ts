import { dot, normalise, affineColumn, type Affine, type Vec3 } from '@endplate/dicom';
import { isSharpKernel } from '../gate/sharp-kernel';
import { THRESHOLDS } from '../thresholds';

/** Widths of a CT's point spread, full width at half maximum, mm. */
export interface PointSpread {
  readonly inPlaneMm: number;
  readonly throughPlaneMm: number;
  /** Unit normal of the slices, LPS. */
  readonly sliceNormal: Vec3;
}

/** Estimates the point spread from kernel, pixel size, slice thickness and slice distance; nothing can be finer than a voxel. */
export function pointSpread(
  ijkToLps: Affine,
  spacingMm: readonly [number, number, number],
  kernel: string | undefined,
  sliceThicknessMm: number | undefined,
): PointSpread {
  const kernelMm = isSharpKernel(kernel) ? THRESHOLDS.ct.inPlaneFwhmSharpMm : THRESHOLDS.ct.inPlaneFwhmSoftMm;
  return {
    inPlaneMm: Math.max(kernelMm, spacingMm[0], spacingMm[1]),
    throughPlaneMm: Math.max(sliceThicknessMm ?? spacingMm[2], spacingMm[2]),
    sliceNormal: normalise(affineColumn(ijkToLps, 2)),
  };
}

/** Effective width along a unit direction: the two widths added in squares by their share of the direction, mm. */
export function effectiveFwhmMm(spread: PointSpread, direction: Vec3): number {
  const through = dot(direction, spread.sliceNormal);
  const within = Math.sqrt(Math.max(0, 1 - through * through));
  return Math.hypot(spread.throughPlaneMm * through, spread.inPlaneMm * within);
}

/**
 * Diameter of the smallest sphere of `lesionHU` in a disc of `backgroundHU` whose blurred peak still reaches the seed
 * threshold and whose volume reaches the smallest island, mm.
 */
export function smallestDetectableMm(spread: PointSpread, backgroundHU: number, lesionHU: number): number {
  const sigma = Math.cbrt(spread.inPlaneMm * spread.inPlaneMm * spread.throughPlaneMm) / 2.3548;
  const needed = (THRESHOLDS.ct.seedHU - backgroundHU) / (lesionHU - backgroundHU);
  for (let diameter = Math.cbrt((6 * THRESHOLDS.ct.minIslandMm3) / Math.PI); diameter < 30; diameter += 0.1) {
    if (spherePeak(diameter / 2, sigma) >= needed) return Math.round(diameter * 10) / 10;
  }
  return 30;
}

/** Peak of a unit sphere blurred by a Gaussian: erf(z) - 2 z exp(-z^2) / sqrt(pi), z = radius / (sqrt(2) sigma). */
function spherePeak(radius: number, sigma: number): number {
  const z = radius / (Math.SQRT2 * sigma);
  return erf(z) - ((2 * z) / Math.sqrt(Math.PI)) * Math.exp(-z * z);
}

/** Error function for z \>= 0; Abramowitz and Stegun 7.1.26, error below 1.5e-7. */
function erf(z: number): number {
  const t = 1 / (1 + 0.3275911 * z);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 1 - poly * Math.exp(-z * z);
}
