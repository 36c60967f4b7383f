import { type VoxelBox } from '../shape/components';
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
  const reachMm = CT.rimFwhms * fwhmMm;
  const part = aroundIsland(box, island, reachMm);
  const own = new Uint8Array(part.nx * part.ny * part.nz);
  for (const at of island.voxels) own[part.indexOf(at)] = 1;
  const around = distanceTo(part, box.spacingMm, (at) => own[at] === 1);
  let content = 0;
  for (let p = 0; p < own.length; p++) {
    const at = part.atOf(p);
    if (box.disc[at] !== 1 || around[p]! > reachMm) continue;
    const step = box.hu[at]! - medianHU;
    if (own[p] === 1) content += step;
    // Fat and gas beside the disc would take away from what is there.
    else if (dense[at] === 0 && reference.core[at] === 1 && step > -2 * sigmaHU) content += step;
  }
  const byThreshold = island.voxels.length;
  const voxels = Math.min(byThreshold, Math.max(content / Math.max(plateauHU - medianHU, 1), 0));
  return { volumeMm3: voxels * box.voxelMm3, plateauHU };
}

/** A part of a box, with the way between their indices. */
interface PartOfBox extends VoxelBox {
  readonly indexOf: (at: number) => number;
  readonly atOf: (p: number) => number;
}

/** The part of a box around an island that its rim can reach. */
function aroundIsland({ nx, ny, nz, spacingMm }: DiscBox, { voxels }: DenseIsland, reachMm: number): PartOfBox {
  const low = [nx, ny, nz];
  const high = [-1, -1, -1];
  for (const at of voxels) {
    const x = at % nx;
    const y = ((at - x) / nx) % ny;
    const p = [x, y, (at - x - y * nx) / (nx * ny)];
    for (let axis = 0; axis < 3; axis++) {
      low[axis] = Math.min(low[axis]!, p[axis]!);
      high[axis] = Math.max(high[axis]!, p[axis]!);
    }
  }
  const margin = spacingMm.map((mm) => Math.ceil(reachMm / mm) + 1);
  const [x0, y0, z0] = low.map((value, axis) => Math.max(0, value - margin[axis]!)) as [number, number, number];
  const [x1, y1, z1] = [nx, ny, nz].map((n, axis) => Math.min(n - 1, high[axis]! + margin[axis]!)) as [
    number, number, number,
  ]; // prettier-ignore
  const [w, h] = [x1 - x0 + 1, y1 - y0 + 1];
  return {
    nx: w,
    ny: h,
    nz: z1 - z0 + 1,
    indexOf: (at) => {
      const x = at % nx;
      const y = ((at - x) / nx) % ny;
      const z = (at - x - y * nx) / (nx * ny);
      return ((z - z0) * h + y - y0) * w + x - x0;
    },
    atOf: (p) => {
      const x = p % w;
      const y = ((p - x) / w) % h;
      const z = (p - x - y * w) / (w * h);
      return ((z + z0) * ny + y + y0) * nx + x + x0;
    },
  };
}
