import { applyAffine, composeAffine, invertAffine, type Affine, type Vec3 } from '@endplate/dicom';
import { type NativeLabels } from '../level/native-labels';
import { toFrame } from '../measure/plane-frame';
import { type StructureProfile } from '../measure/structure-profile';
import { type SagittalGrid } from '../segment/probability-stack';
import { THRESHOLDS } from '../thresholds';

/** Reads a series' signal at an LPS point, mm; undefined outside. */
export type SignalAt = (p: Vec3) => number | undefined;

/** Signals of a series on the primary series' native voxels, or read through space where the grids differ. */
export interface ModicSignals {
  readonly t1?: SignalAt;
  readonly t2?: SignalAt;
}

/** One native voxel of a vertebral body. */
export interface MarrowVoxel {
  /** Index into {@link NativeLabels}. */
  readonly at: number;
  /** Sagittal slice of the segmentation nearest to it. */
  readonly slice: number;
  /** Position along the endplates and along the spine in the body's frame on that slice, mm. */
  readonly u: number;
  readonly w: number;
  /** Distance below the superior and above the inferior endplate, mm. */
  readonly fromTopMm: number;
  readonly fromBottomMm: number;
  readonly lps: Vec3;
  /** Signals; NaN where the series is missing or does not reach. */
  t1: number;
  t2: number;
}

/**
 * The marrow of one body: its native voxels with their distances from both endplates; the anterior and posterior cortex is
 * left out.
 *
 * @param label - instance value in `labels`
 */
export function marrowVoxels(
  labels: NativeLabels,
  label: number,
  profiles: readonly StructureProfile[],
  grid: SagittalGrid,
  signals: ModicSignals,
): MarrowVoxel[] {
  const toGrid = composeAffine(invertAffine(grid.affine), labels.ijkToLps);
  const bySlice = new Map(profiles.map((profile) => [profile.slice, profile]));
  const [ni, nj] = labels.dims;
  const voxels: MarrowVoxel[] = [];
  for (let at = labels.instances.indexOf(label); at >= 0; at = labels.instances.indexOf(label, at + 1)) {
    const ijk: Vec3 = [at % ni, Math.floor(at / ni) % nj, Math.floor(at / (ni * nj))];
    const [c, r, s] = applyAffine(toGrid, ijk);
    const profile = bySlice.get(Math.round(s));
    if (!profile) continue;
    const [u, w] = toFrame(profile.frame, [c * grid.spacingMm[0], r * grid.spacingMm[1]]);
    const borders = bordersAt(profile, u);
    if (!borders) continue;
    const lps = applyAffine(labels.ijkToLps, ijk);
    voxels.push({
      at,
      slice: profile.slice,
      u,
      w,
      fromTopMm: w - borders.top,
      fromBottomMm: borders.bottom - w,
      lps,
      t1: signals.t1?.(lps) ?? Number.NaN,
      t2: signals.t2?.(lps) ?? Number.NaN,
    });
  }
  return voxels;
}

function bordersAt(profile: StructureProfile, u: number): { top: number; bottom: number } | undefined {
  const first = profile.u[0]!;
  const last = profile.u.at(-1)!;
  if (u < first + THRESHOLDS.modic.edgeMarginMm || u > last - THRESHOLDS.modic.edgeMarginMm) return undefined;
  const step = (last - first) / (profile.u.length - 1);
  const place = Math.min(Math.max((u - first) / step, 0), profile.u.length - 1);
  const n = Math.min(Math.floor(place), profile.u.length - 2);
  const f = place - n;
  return {
    top: profile.top[n]! * (1 - f) + profile.top[n + 1]! * f,
    bottom: profile.bottom[n]! * (1 - f) + profile.bottom[n + 1]! * f,
  };
}

/** Whether a voxel is reference marrow: far enough from both endplates. */
export function isReferenceMarrow(voxel: MarrowVoxel): boolean {
  const far = THRESHOLDS.modic.referenceDistanceMm;
  return voxel.fromTopMm >= far && voxel.fromBottomMm >= far;
}

/** Identity of grids: the same affine to a hundredth of a millimetre. */
export function sameGrid(a: Affine, b: Affine): boolean {
  return a.every((value, n) => Math.abs(value - b[n]!) < 0.01);
}
