import { distanceTo } from '../shape/distance';
import { quantile } from '../measure/statistics';
import { THRESHOLDS } from '../thresholds';
import { type DiscBox } from './disc-box';
import { type DenseIsland } from './dense-islands';
import { type DiscReference } from './disc-reference';

/** Volume of an island with partial volume taken out, and the density that it rests on. */
export interface IslandContent {
  readonly volumeMm3: number;
  /** Density of the island's inside, HU: its 95th percentile less what noise adds to it. */
  readonly plateauHU: number;
}

const CT = THRESHOLDS.ct;

/**
 * Volume as content: blur spreads a calcification but keeps the sum of what it adds to the disc, so that this sum over the
 * step from disc to calcification is its volume, whatever the threshold. The sum goes over the island and the rim around
 * it that blur reaches, within the disc, off bone and off other dense tissue.
 *
 * As with the calcium mass of coronary arteries (Hong et al. 2002, Radiology 223:474) and its partial volume correction
 * (Sprem et al. 2018, PLoS ONE 13:e0209318).
 *
 * Islands smaller than the point spread never reach their density: the step is then too small and the volume too large,
 * up to the volume that the threshold itself gives.
 *
 * @param fwhmMm - effective point spread across the disc
 * @param dense - 1 where a voxel is dense: any island, or continuous with bone
 */
export function islandContent(
  box: DiscBox,
  reference: DiscReference,
  island: DenseIsland,
  fwhmMm: number,
  dense: Uint8Array,
): IslandContent {
  const { medianHU, sigmaHU } = reference;
  const densities = island.voxels.map((at) => box.hu[at]!);
  const plateauHU = Math.max(quantile(densities, 0.95) - CT.plateauNoise * sigmaHU, quantile(densities, 0.5));
  const own = new Uint8Array(box.hu.length);
  for (const at of island.voxels) own[at] = 1;
  const around = distanceTo(box, box.spacingMm, (at) => own[at] === 1);
  let content = 0;
  for (let at = 0; at < own.length; at++) {
    if (box.disc[at] !== 1 || around[at]! > CT.rimFwhms * fwhmMm) continue;
    const step = box.hu[at]! - medianHU;
    if (own[at] === 1) content += step;
    // Fat and gas beside the disc would take away from what is there.
    else if (dense[at] === 0 && reference.core[at] === 1 && step > -2 * sigmaHU) content += step;
  }
  const byThreshold = island.voxels.length;
  const voxels = Math.min(byThreshold, Math.max(content / Math.max(plateauHU - medianHU, 1), 0));
  return { volumeMm3: voxels * box.voxelMm3, plateauHU };
}
