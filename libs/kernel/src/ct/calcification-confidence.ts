import { type Calcification } from '@endplate/findings';
import { findingConfidence } from '../confidence/finding-confidence';
import { THRESHOLDS } from '../thresholds';
import { type DiscOnCt } from './disc-on-ct';
import { denseTissue, type DenseTissue } from './dense-islands';
import { islandVolumes } from './describe-calcification';
import { erodeDisc, growDisc, isInGrownDisc, type DiscBox } from './disc-box';
import { discCore, type DiscReference } from './disc-reference';

const CT = THRESHOLDS.ct;

/** Confidence of one disc's calcification, present or absent. */
export function calcificationConfidence(
  disc: DiscOnCt,
  reference: DiscReference,
  dense: DenseTissue,
  value: Calcification,
): number {
  return findingConfidence({
    voxelMargin: Math.min(densityMargin(disc, reference, dense), noiseMargin(reference)),
    shapePlausibility: disc.outlineConfidence,
    labelGap: disc.labelConfidence,
    stability: stability(disc, reference, value.volumeMm3),
  });
}

/** How far the densest island stands over the seed threshold, in steps of 100 HU from 0.4; 1 without islands. */
function densityMargin({ box }: DiscOnCt, reference: DiscReference, dense: DenseTissue): number {
  if (dense.islands.length === 0) return 1;
  const top = dense.islands.reduce((high, { voxels }) => {
    let own = -Infinity;
    for (const at of voxels) own = Math.max(own, box.hu[at]!);
    return Math.max(high, own);
  }, -Infinity);
  return Math.min(1, 0.4 + (0.6 * (top - CT.seedHU)) / Math.max(100, 3 * reference.sigmaHU));
}

/** 1 without noise, 0.4 at the noise above which nothing is said. */
function noiseMargin(reference: DiscReference): number {
  return 1 - 0.6 * Math.min(1, reference.sigmaHU / CT.maxSigmaHU);
}

/**
 * How little the burden moves when every density moves by 30 HU and the outline of the disc by a voxel: the smallest volume
 * over the largest, not under 0.2; 0.5 when a burden appears from nothing, 0.2 when it vanishes.
 */
function stability(disc: DiscOnCt, reference: DiscReference, volumeMm3: number): number {
  if (!mayHoldSeed(disc.box)) return 1;
  const volumeOf = (box: DiscBox, own: DiscReference): number =>
    islandVolumes(box, own, denseTissue(box, own)).reduce((sum, island) => sum + island.volumeMm3, 0);
  const shifted = [-CT.stabilityHU, CT.stabilityHU].map((by) =>
    volumeOf({ ...disc.box, hu: moved(disc.box.hu, by) }, reference),
  );
  const outlined = [erodeDisc(disc.box), growDisc(disc.box)].map((box) =>
    volumeOf(box, { ...reference, core: discCore(box) }),
  );
  const volumes = [...shifted, ...outlined];
  const top = Math.max(volumeMm3, ...volumes);
  const low = Math.min(volumeMm3, ...volumes);
  if (top === 0) return 1;
  return volumeMm3 === 0 ? 0.5 : Math.max(0.2, low / top);
}

function moved(hu: Float32Array, byHU: number): Float32Array {
  const result = new Float32Array(hu.length);
  for (let at = 0; at < hu.length; at++) result[at] = hu[at]! + byHU;
  return result;
}

/** Whether a voxel of the disc, larger by a voxel, would be a seed if it were denser by 30 HU. */
function mayHoldSeed(box: DiscBox): boolean {
  const leastHU = CT.seedHU - CT.stabilityHU;
  const { hu, toBone } = box;
  for (let at = 0; at < hu.length; at++)
    if (hu[at]! >= leastHU && toBone[at]! > CT.guardFwhms && isInGrownDisc(box, at)) return true;
  return false;
}
