import { type FocalMarrowLesion } from '@endplate/findings';
import { THRESHOLDS } from '../thresholds';
import { connectedPieces, type ChangedVoxel, type SliceLesion } from './lesion';

const FOCAL = THRESHOLDS.focal;

/** Modic lesions of an endplate, and the round one that is none. */
export interface PartedLesions {
  readonly lesions: readonly SliceLesion[];
  readonly focal?: FocalMarrowLesion;
}

/** One connected piece of changed marrow on one slice, whatever its depth. */
interface Region {
  readonly slice: number;
  readonly voxels: readonly ChangedVoxel[];
}

/**
 * Tells Modic change, widest at the endplate and spread along it, from a round lesion of the marrow that comes near the
 * endplate or touches it: such a one is wider further in than at the endplate, and about as deep as long.
 *
 * @param lesions - what passed the rules in the band under the endplate
 * @param changed - every changed voxel of the body that lies nearer to this endplate, and what hangs on it
 */
export function partFocalLesion(
  lesions: readonly SliceLesion[],
  changed: readonly ChangedVoxel[],
  pixelMm: number,
  pixelAreaMm2: number,
): PartedLesions {
  const regions = regionsOf(changed, pixelMm);
  const members = new Set(lesions.flatMap((lesion) => lesion.voxels.map((v) => v.voxel.at)));
  const touching = regions.filter((region) => region.voxels.some((v) => members.has(v.voxel.at)));
  if (lesions.length > 0) {
    if (!touching.some((region) => isRound(region, pixelMm)) || !widensInward(touching, pixelMm)) return { lesions };
    return { lesions: [], focal: describeFocal(touching, pixelAreaMm2, true) };
  }
  const minArea = FOCAL.minAreaMm2 / pixelAreaMm2;
  const off = regions.filter((r) => r.voxels.length >= minArea && isRound(r, pixelMm) && !inVein(r));
  const slices = new Set(off.map((r) => r.slice));
  const seen = off.filter((r) => slices.has(r.slice - 1) || slices.has(r.slice + 1));
  return seen.length > 0 ? { lesions, focal: describeFocal(seen, pixelAreaMm2, false) } : { lesions };
}

function regionsOf(changed: readonly ChangedVoxel[], pixelMm: number): Region[] {
  const slices = new Map<number, ChangedVoxel[]>();
  for (const voxel of changed) {
    const list = slices.get(voxel.voxel.slice);
    if (list) list.push(voxel);
    else slices.set(voxel.voxel.slice, [voxel]);
  }
  return [...slices].flatMap(([slice, voxels]) =>
    connectedPieces(voxels, pixelMm).map((piece): Region => ({ slice, voxels: piece })),
  );
}

/** Extent along the endplate and across it, mm. */
function extents({ voxels }: Region, pixelMm: number): { along: number; across: number } {
  let [u0, u1, w0, w1] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { voxel } of voxels) {
    [u0, u1] = [Math.min(u0, voxel.u), Math.max(u1, voxel.u)];
    [w0, w1] = [Math.min(w0, voxel.w), Math.max(w1, voxel.w)];
  }
  return { along: u1 - u0 + pixelMm, across: w1 - w0 + pixelMm };
}

/** About as deep as long, and filled like an ellipse (pi / 4 of its box). */
function isRound(region: Region, pixelMm: number): boolean {
  const { along, across } = extents(region, pixelMm);
  const fill = (region.voxels.length * pixelMm * pixelMm) / (along * across);
  return Math.min(along, across) >= FOCAL.minAspect * Math.max(along, across) && fill >= FOCAL.minFill;
}

/** Whether the regions are narrower in the third at the endplate than in the middle third, summed over slices. */
function widensInward(regions: readonly Region[], pixelMm: number): boolean {
  const depths = regions.flatMap((region) => region.voxels.map((v) => v.depthMm));
  const from = THRESHOLDS.modic.bandFromMm + pixelMm / 2;
  const third = (Math.max(...depths) - from) / 3;
  const count = (n: number): number => depths.filter((d) => d >= from + n * third && d < from + (n + 1) * third).length;
  return third > 0 && count(0) <= FOCAL.maxNeck * count(1);
}

/** Whether a region lies where the basivertebral vein leaves the body: at mid-height, behind. */
function inVein({ voxels }: Region): boolean {
  const behind = voxels.filter(({ voxel }) => {
    const height = voxel.fromTopMm + voxel.fromBottomMm;
    return voxel.u > 0 && Math.min(voxel.fromTopMm, voxel.fromBottomMm) > height / 3;
  });
  return behind.length > voxels.length / 3;
}

function describeFocal(regions: readonly Region[], pixelAreaMm2: number, touches: boolean): FocalMarrowLesion {
  const voxels = regions.flatMap((region) => region.voxels);
  const mean = (axis: 0 | 1 | 2): number => voxels.reduce((sum, v) => sum + v.voxel.lps[axis], 0) / voxels.length;
  return {
    areaMm2: Math.max(...regions.map((region) => region.voxels.length)) * pixelAreaMm2,
    sliceCount: new Set(regions.map((region) => region.slice)).size,
    centroidLps: [mean(0), mean(1), mean(2)],
    touchesEndplate: touches,
  };
}
