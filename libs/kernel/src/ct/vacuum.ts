import { assessed, notAssessed, type Assessment, type Vacuum } from '@endplate/findings';
import { connectedComponents } from '../shape/components';
import { THRESHOLDS } from '../thresholds';
import { type DiscBox } from './disc-box';

/**
 * Gas in a disc: pieces below -200 HU of at least 3 mm3 that lie in the disc and do not reach gas outside it (bowel).
 *
 * @param outlineConfidence - 0 to 1: how sure the outline is
 */
export function assessVacuum(box: DiscBox, outlineConfidence: number): Assessment<Vacuum> {
  if (box.cut) return notAssessed('DISC_PARTLY_OUTSIDE', 'The disc is only partly inside the series.');
  const { labels, sizes } = connectedComponents(box, (at) => box.hu[at]! < THRESHOLDS.ct.vacuumHU);
  const inside = sizes.map(() => 0);
  labels.forEach((label, at) => {
    if (label > 0 && box.disc[at] === 1) inside[label]!++;
  });
  let voxels = 0;
  let minHU = Infinity;
  labels.forEach((label, at) => {
    if (label === 0 || box.disc[at] !== 1) return;
    if (inside[label]! < 0.6 * sizes[label]! || inside[label]! * box.voxelMm3 < THRESHOLDS.ct.vacuumMinMm3) return;
    voxels++;
    minHU = Math.min(minHU, box.hu[at]!);
  });
  const volumeMm3 = voxels * box.voxelMm3;
  return assessed({ present: voxels > 0, volumeMm3, ...(voxels > 0 ? { minHU } : {}) }, outlineConfidence);
}
