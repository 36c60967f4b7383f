import { assessed, notAssessed, type Assessment, type Vacuum } from '@endplate/findings';
import { findingConfidence } from '../confidence/finding-confidence';
import { componentsAround } from '../shape/components';
import { BallProbe } from '../shape/dilate';
import { THRESHOLDS } from '../thresholds';
import { type DiscOnCt } from './disc-on-ct';
import { type DiscBox, erodeDisc, growDisc, hasMetal, isInGrownDisc } from './disc-box';

const CT = THRESHOLDS.ct;
const MIN_SHARE_IN_DISC = 0.6;

/**
 * Gas in a disc: pieces below -200 HU of at least 3 mm3 that lie in the disc, reach farther inward than a guard ring along
 * the border to soft tissue, and do not continue into gas outside (bowel).
 */
export function assessVacuum(disc: DiscOnCt): Assessment<Vacuum> {
  const { box } = disc;
  if (box.cut) return notAssessed('DISC_PARTLY_OUTSIDE', 'The disc is only partly inside the series.');
  if (hasMetal(box)) return notAssessed('METAL', 'Metal or cement next to the disc makes dark streaks like gas.');
  // Nothing so dark can hide in a smaller disc or under a lower threshold.
  const dark = mayHoldGas(box, CT.vacuumHU + CT.stabilityHU);
  const found = dark ? gasVoxels(box, CT.vacuumHU) : [];
  const others = dark
    ? [
        gasVoxels(erodeDisc(box), CT.vacuumHU),
        gasVoxels(growDisc(box), CT.vacuumHU),
        gasVoxels(box, CT.vacuumHU - CT.stabilityHU),
        gasVoxels(box, CT.vacuumHU + CT.stabilityHU),
      ].map((voxels) => voxels.length)
    : [];
  let minHU = Infinity;
  for (const at of found) minHU = Math.min(minHU, box.hu[at]!);
  const [low, top] = [Math.min(found.length, ...others), Math.max(found.length, ...others)];
  const confidence = findingConfidence({
    voxelMargin: found.length > 0 ? Math.min(1, 0.4 + (0.6 * (CT.vacuumHU - minHU)) / 100) : 1,
    shapePlausibility: disc.outlineConfidence,
    labelGap: disc.labelConfidence,
    stability: top === 0 ? 1 : found.length === 0 ? 0.5 : Math.max(0.2, low / top),
  });
  const present = found.length > 0;
  return assessed({ present, volumeMm3: found.length * box.voxelMm3, ...(present ? { minHU } : {}) }, confidence);
}

/** Whether the disc, larger by a voxel, holds anything under a threshold. */
function mayHoldGas(box: DiscBox, thresholdHU: number): boolean {
  const { hu } = box;
  for (let at = 0; at < hu.length; at++) if (hu[at]! < thresholdHU && isInGrownDisc(box, at)) return true;
  return false;
}

function hasVoxelBelow({ hu, disc }: DiscBox, thresholdHU: number): boolean {
  for (let at = 0; at < hu.length; at++) if (hu[at]! < thresholdHU && disc[at] === 1) return true;
  return false;
}

/** Voxels of the disc in pieces of gas that pass the rules. */
function gasVoxels(box: DiscBox, thresholdHU: number): number[] {
  if (!hasVoxelBelow(box, thresholdHU)) return [];
  const { hu, disc, bone } = box;
  const soft = new Uint8Array(hu.length);
  const inDisc: number[] = [];
  for (let at = 0; at < hu.length; at++) {
    if (disc[at] === 1) {
      if (hu[at]! < thresholdHU) inDisc.push(at);
    } else if (bone[at] === 0) soft[at] = 1;
  }
  const [x, y, z] = [0, 1, 2].map((axis) => box.spacingMm[axis]! / box.fwhmMm[axis]!) as [number, number, number];
  const nearSoft = new BallProbe(box, [x, y, z], CT.vacuumGuardFwhms);
  return componentsAround(box, inDisc, (at) => hu[at]! < thresholdHU).flatMap((piece) => {
    const inside = Array.from(piece.filter((at) => disc[at] === 1));
    const large = inside.length >= MIN_SHARE_IN_DISC * piece.length && inside.length * box.voxelMm3 >= CT.vacuumMinMm3;
    return large && inside.some((at) => !nearSoft.meets(soft, at)) ? inside : [];
  });
}
