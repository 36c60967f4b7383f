import { connectedComponents } from '../shape/components';
import { THRESHOLDS } from '../thresholds';
import { type DiscBox } from './disc-box';
import { type DiscReference } from './disc-reference';

/** Voxels of one island, as indices into the box. */
export interface DenseIsland {
  readonly voxels: readonly number[];
}

/** What is dense in and around a disc. */
export interface DenseTissue {
  /** HU from which an island grows. */
  readonly growHU: number;
  /** Islands of the disc that pass every rule. */
  readonly islands: readonly DenseIsland[];
  /** Dense voxels of the core that are connected to bone. */
  readonly boneContinuousVoxels: number;
  /** 1 where a voxel belongs to dense tissue connected to bone. */
  readonly boneContinuous: Uint8Array;
}

const MIN_SHARE_IN_DISC = 0.5;

/**
 * Dense tissue grown over the whole box, so that what is continuous with bone is known as such even where the outline of
 * the disc is a voxel off; islands need a seed in the core and most of their voxels in the disc.
 */
export function denseTissue(box: DiscBox, reference: DiscReference): DenseTissue {
  const growHU = Math.max(THRESHOLDS.ct.growHU, reference.medianHU + THRESHOLDS.ct.growSigmas * reference.sigmaHU);
  const { labels, sizes } = connectedComponents(box, (at) => box.hu[at]! >= growHU);
  const facts = sizes.map(() => ({ bone: false, seeds: 0, inDisc: 0 }));
  const members = new Map<number, number[]>();
  labels.forEach((label, at) => {
    if (label === 0) return;
    const fact = facts[label]!;
    if (box.bone[at] === 1) fact.bone = true;
    if (box.disc[at] !== 1) return;
    fact.inDisc++;
    if (reference.core[at] === 1 && box.hu[at]! >= THRESHOLDS.ct.seedHU) fact.seeds++;
    const list = members.get(label);
    if (list) list.push(at);
    else members.set(label, [at]);
  });
  const islands: DenseIsland[] = [];
  for (const [label, voxels] of members) {
    const fact = facts[label]!;
    if (fact.bone || fact.seeds === 0 || fact.inDisc < MIN_SHARE_IN_DISC * sizes[label]!) continue;
    if (voxels.length * box.voxelMm3 >= THRESHOLDS.ct.minIslandMm3) islands.push({ voxels });
  }
  const boneContinuous = new Uint8Array(labels.length);
  let boneContinuousVoxels = 0;
  labels.forEach((label, at) => {
    if (label === 0 || !facts[label]!.bone) return;
    boneContinuous[at] = 1;
    if (reference.core[at] === 1 && facts[label]!.seeds > 0) boneContinuousVoxels++;
  });
  return { growHU, islands, boneContinuousVoxels, boneContinuous };
}

/** Volume at a threshold: voxels of the disc at or over it that hang together with an island, mm3. */
export function volumeOver(box: DiscBox, dense: DenseTissue, thresholdHU: number): number {
  if (dense.islands.length === 0) return 0;
  const member = new Uint8Array(box.hu.length);
  for (const island of dense.islands) for (const at of island.voxels) member[at] = 1;
  const { labels, sizes } = connectedComponents(
    box,
    (at) => box.disc[at] === 1 && dense.boneContinuous[at] === 0 && box.hu[at]! >= thresholdHU,
  );
  const touches = new Uint8Array(sizes.length);
  labels.forEach((label, at) => {
    if (label > 0 && member[at] === 1) touches[label] = 1;
  });
  return sizes.reduce((sum, size, label) => (touches[label] === 1 ? sum + size : sum), 0) * box.voxelMm3;
}

/** Area times density factor per native slice, scaled to slices of 3 mm (Agatston et al. 1990). */
export function agatstonLike(box: DiscBox, dense: DenseTissue): number {
  const areaMm2 = box.spacingMm[0] * box.spacingMm[1];
  const plane = box.nx * box.ny;
  let score = 0;
  for (const island of dense.islands) {
    const peaks = new Map<number, { peak: number; voxels: number }>();
    for (const at of island.voxels) {
      const slice = Math.floor(at / plane);
      const entry = peaks.get(slice) ?? { peak: -Infinity, voxels: 0 };
      peaks.set(slice, { peak: Math.max(entry.peak, box.hu[at]!), voxels: entry.voxels + 1 });
    }
    for (const { peak, voxels } of peaks.values())
      score += voxels * areaMm2 * Math.min(4, Math.max(1, Math.floor(peak / 100)));
  }
  return (score * box.spacingMm[2]) / THRESHOLDS.ct.agatstonSliceMm;
}
