import { assessed, notAssessed, type Assessment, type Vacuum } from '@endplate/findings';
import { findingConfidence } from '../confidence/finding-confidence';
import { connectedComponents } from '../shape/components';
import { dilate } from '../shape/dilate';
import { THRESHOLDS } from '../thresholds';
import { type DiscOnCt } from './disc-on-ct';
import { type DiscBox, erodeDisc, growDisc, hasMetal } from './disc-box';

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
  const found = gasVoxels(box, CT.vacuumHU);
  // Nothing so dark can hide in a smaller disc or under a lower threshold.
  const larger = growDisc(box);
  const others = hasVoxelBelow(larger, CT.vacuumHU + CT.stabilityHU)
    ? [
        gasVoxels(erodeDisc(box), CT.vacuumHU),
        gasVoxels(larger, CT.vacuumHU),
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

function hasVoxelBelow({ hu, disc }: DiscBox, thresholdHU: number): boolean {
  for (let at = 0; at < hu.length; at++) if (hu[at]! < thresholdHU && disc[at] === 1) return true;
  return false;
}

/** Voxels of the disc in pieces of gas that pass the rules. */
function gasVoxels(box: DiscBox, thresholdHU: number): number[] {
  if (!hasVoxelBelow(box, thresholdHU)) return [];
  const gas = new Uint8Array(box.hu.length);
  for (let at = 0; at < gas.length; at++) if (box.hu[at]! < thresholdHU) gas[at] = 1;
  const { labels, sizes } = connectedComponents(box, gas);
  const soft = new Uint8Array(gas.length);
  for (let at = 0; at < soft.length; at++) if (box.disc[at] === 0 && box.bone[at] === 0) soft[at] = 1;
  const [x, y, z] = [0, 1, 2].map((axis) => box.spacingMm[axis]! / box.fwhmMm[axis]!) as [number, number, number];
  const nearSoft = dilate(box, [x, y, z], soft, CT.vacuumGuardFwhms);
  const facts = sizes.map(() => ({ inside: 0, deep: 0 }));
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at]!;
    if (label === 0 || box.disc[at] !== 1) continue;
    facts[label]!.inside++;
    if (nearSoft[at] === 0) facts[label]!.deep++;
  }
  const kept = facts.map(
    ({ inside, deep }, label) =>
      deep > 0 && inside >= MIN_SHARE_IN_DISC * sizes[label]! && inside * box.voxelMm3 >= CT.vacuumMinMm3,
  );
  const voxels: number[] = [];
  for (let at = 0; at < labels.length; at++) if (box.disc[at] === 1 && kept[labels[at]!]) voxels.push(at);
  return voxels;
}
