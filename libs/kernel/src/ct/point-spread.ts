import { dot, normalise, affineColumn, type Affine, type Vec3 } from '@endplate/dicom';
import { isSharpKernel } from '../gate/sharp-kernel';
import { THRESHOLDS } from '../thresholds';

/** Widths of a CT's point spread, full width at half maximum, mm. */
export interface SpreadWidths {
  readonly inPlaneMm: number;
  readonly throughPlaneMm: number;
}

/** A CT's point spread. */
export interface PointSpread extends SpreadWidths {
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
 * Diameter of the smallest sphere of `lesionHU` in a disc of `backgroundHU` that reaches the seed threshold wherever it lies
 * between two slices, and whose volume reaches the smallest island, mm.
 */
export function smallestDetectableMm(spread: PointSpread, backgroundHU: number, lesionHU: number): number {
  const needed = (THRESHOLDS.ct.seedHU - backgroundHU) / (lesionHU - backgroundHU);
  for (let diameter = Math.cbrt((6 * THRESHOLDS.ct.minIslandMm3) / Math.PI); diameter < 30; diameter += 0.1) {
    if (sphereBetweenSlices(diameter / 2, spread) >= needed) return Math.round(diameter * 10) / 10;
  }
  return 30;
}

const FWHM_TO_SIGMA = 1 / 2.3548;
const LAYERS = 48;

/** What is left of a unit sphere, blurred by Gaussians, in a slice whose middle lies half its thickness beside the sphere's. */
function sphereBetweenSlices(radius: number, { inPlaneMm, throughPlaneMm }: SpreadWidths): number {
  const within = 2 * (inPlaneMm * FWHM_TO_SIGMA) ** 2;
  const across = throughPlaneMm * FWHM_TO_SIGMA;
  const step = (2 * radius) / LAYERS;
  let sum = 0;
  for (let n = 0; n < LAYERS; n++) {
    const z = -radius + (n + 0.5) * step;
    const weight = Math.exp(-(((z - throughPlaneMm / 2) / across) ** 2) / 2) / (across * Math.sqrt(2 * Math.PI));
    sum += weight * step * (1 - Math.exp(-(radius * radius - z * z) / within));
  }
  return sum;
}

/** Peak of a unit sphere blurred by the point spread: erf(u) - 2 u exp(-u^2) / sqrt(pi), u = radius / (sqrt(2) sigma). */
export function spherePeak(radius: number, { inPlaneMm, throughPlaneMm }: SpreadWidths): number {
  const u = radius / (Math.SQRT2 * FWHM_TO_SIGMA * Math.cbrt(inPlaneMm * inPlaneMm * throughPlaneMm));
  return erf(u) - ((2 * u) / Math.sqrt(Math.PI)) * Math.exp(-u * u);
}

/** Error function for z \>= 0; Abramowitz and Stegun 7.1.26, error below 1.5e-7. */
function erf(z: number): number {
  const t = 1 / (1 + 0.3275911 * z);
  const poly = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 1 - poly * Math.exp(-z * z);
}
