import { type VoxelBox } from '../shape/components';
import { distanceTo } from '../shape/distance';
import { THRESHOLDS } from '../thresholds';
import { type DiscBox } from './disc-box';
import { pieceDensity, type DenseIsland, type DenseTissue } from './dense-islands';
import { spherePeak } from './point-spread';
import { type DiscReference } from './disc-reference';

const CT = THRESHOLDS.ct;
const HALVINGS = 12;

/**
 * Volume of an island with partial volume taken out, mm3.
 *
 * Volume as content: blur spreads a calcification but keeps the sum of what it adds to the disc, so that this sum over the
 * step from disc to calcification is its volume, whatever the threshold. The sum goes over the island and the rim around
 * it that blur reaches, within the disc, less what the blur of bone adds and off other dense tissue.
 *
 * As with the calcium mass of coronary arteries (Hong et al. 2002, Radiology 223:474) and its partial volume correction
 * (Sprem et al. 2018, PLoS ONE 13:e0209318).
 *
 * @param mask - 1 where a voxel is dense: any island, or continuous with bone
 */
export function islandVolume(
  box: DiscBox,
  reference: DiscReference,
  { clearedHU }: DenseTissue,
  island: DenseIsland,
  mask: Uint8Array,
): number {
  const { medianHU, sigmaHU } = reference;
  const stepHU = Math.max(pieceDensity(box, reference, island.voxels) - medianHU, 1);
  const [wx, wy, wz] = [0, 1, 2].map((axis) => box.spacingMm[axis]! / box.fwhmMm[axis]!) as [number, number, number];
  const part = aroundIsland(box, island, CT.rimFwhms);
  const own = new Uint8Array(part.nx * part.ny * part.nz);
  for (const at of island.voxels) own[part.indexOf(at)] = 1;
  const around = distanceTo(part, [wx, wy, wz], (at) => own[at] === 1);
  let content = 0;
  for (let p = 0; p < own.length; p++) {
    const at = part.atOf(p);
    if (box.disc[at] !== 1 || around[p]! > CT.rimFwhms) continue;
    const step = clearedHU[at]! - medianHU;
    if (own[p] === 1) content += step;
    // Fat and gas beside the disc would take away from what is there.
    else if (mask[at] === 0 && reference.core[at] === 1 && step > -2 * sigmaHU) content += step;
  }
  const seenMm3 = Math.min(island.voxels.length, Math.max(content / stepHU, 0)) * box.voxelMm3;
  return sphereVolume(box, seenMm3, Math.min(1, stepHU / Math.max(CT.densestLesionHU - medianHU, stepHU)));
}

/**
 * Volume of the sphere that would be seen at a volume: blur lowers the peak of a small sphere, and what it holds over that
 * peak is then too large by the same factor.
 *
 * @param leastPeak - share of its density that the peak has at least: no lesion is denser than the densest
 */
function sphereVolume({ fwhmMm }: DiscBox, seenMm3: number, leastPeak: number): number {
  const spread = { inPlaneMm: fwhmMm[0], throughPlaneMm: fwhmMm[2] };
  let [low, high] = [leastPeak * seenMm3, seenMm3];
  for (let n = 0; n < HALVINGS; n++) {
    const volume = (low + high) / 2;
    const peak = spherePeak(Math.cbrt((3 * volume) / (4 * Math.PI)), spread);
    if (volume > peak * seenMm3) high = volume;
    else low = volume;
  }
  return (low + high) / 2;
}

/** A part of a box, with the way between their indices. */
interface PartOfBox extends VoxelBox {
  readonly indexOf: (at: number) => number;
  readonly atOf: (p: number) => number;
}

/** The part of a box around an island that its rim can reach, in widths of the point spread. */
function aroundIsland({ nx, ny, nz, spacingMm, fwhmMm }: DiscBox, { voxels }: DenseIsland, reach: number): PartOfBox {
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
  const margin = spacingMm.map((mm, axis) => Math.ceil((reach * fwhmMm[axis]!) / mm) + 1);
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
