import { connectedComponents, type Components } from '../shape/components';
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
  /** 1 where a voxel belongs to dense tissue connected to bone and to no island. */
  readonly boneContinuous: Uint8Array;
}

const CT = THRESHOLDS.ct;
const MIN_SHARE_IN_DISC = 0.5;

/**
 * Dense tissue grown over the whole box, so that what is continuous with bone is known as such even where the outline of
 * the disc is a voxel off; islands need a seed in the core and most of their voxels in the disc. What hangs on bone only
 * by voxels under the seed threshold, which blur alone makes, is an island of its own when it keeps its distance.
 */
export function denseTissue(box: DiscBox, reference: DiscReference): DenseTissue {
  const growHU = Math.max(CT.growHU, reference.medianHU + CT.growSigmas * reference.sigmaHU);
  const grown = connectedComponents(box, overThreshold(box.hu, growHU));
  const pieces = describePieces(box, reference, grown);
  const islands = pieces.filter((p) => !p.bone && isIsland(box, p)).map(({ voxels }) => ({ voxels }));
  const mask = new Uint8Array(grown.labels.length);
  for (let at = 0; at < mask.length; at++) {
    const label = grown.labels[at]!;
    if (label > 0 && pieces[label - 1]!.bone) mask[at] = 1;
  }
  const separate = separateIslands(box, reference, mask, Math.max(CT.seedHU, growHU));
  for (const { voxels } of separate) for (const at of voxels) mask[at] = 0;
  return { growHU, islands: [...islands, ...separate], boneContinuous: mask };
}

/** 1 where the density reaches a threshold, within a mask where one is given. */
function overThreshold(hu: Float32Array, thresholdHU: number, within?: Uint8Array): Uint8Array {
  const mask = new Uint8Array(hu.length);
  for (let at = 0; at < hu.length; at++)
    if (hu[at]! >= thresholdHU && (within === undefined || within[at] === 1)) mask[at] = 1;
  return mask;
}

interface Piece {
  readonly size: number;
  /** Whether a voxel of it lies in bone. */
  bone: boolean;
  seeds: number;
  /** Smallest distance to bone of its voxels in the disc, mm. */
  nearestMm: number;
  readonly voxels: number[];
}

/** One entry per component, in the order of their labels; voxels are those in the disc. */
function describePieces(box: DiscBox, reference: DiscReference, { labels, sizes }: Components): Piece[] {
  const pieces = sizes
    .slice(1)
    .map((size): Piece => ({ size, bone: false, seeds: 0, nearestMm: Infinity, voxels: [] }));
  for (let at = 0; at < labels.length; at++) {
    const label = labels[at]!;
    if (label === 0) continue;
    const piece = pieces[label - 1]!;
    if (box.bone[at] === 1) piece.bone = true;
    if (box.disc[at] !== 1) continue;
    piece.voxels.push(at);
    piece.nearestMm = Math.min(piece.nearestMm, reference.toBone[at]!);
    if (reference.core[at] === 1 && box.hu[at]! >= CT.seedHU) piece.seeds++;
  }
  return pieces;
}

function isIsland(box: DiscBox, piece: Piece): boolean {
  return (
    piece.seeds > 0 &&
    piece.voxels.length >= MIN_SHARE_IN_DISC * piece.size &&
    piece.voxels.length * box.voxelMm3 >= CT.minIslandMm3
  );
}

/** Pieces of bone-continuous tissue that come off at the seed threshold and lie clear of the guard band. */
function separateIslands(
  box: DiscBox,
  reference: DiscReference,
  boneContinuous: Uint8Array,
  thresholdHU: number,
): DenseIsland[] {
  const parts = connectedComponents(box, overThreshold(box.hu, thresholdHU, boneContinuous));
  return describePieces(box, reference, parts)
    .filter((p) => !p.bone && p.nearestMm > reference.guardMm + CT.separateMm && isIsland(box, p))
    .map(({ voxels }) => ({ voxels }));
}

/** Pieces of the disc over the seed threshold that hang on bone and reach out of its guard band and a margin. */
export function piecesOnBone(box: DiscBox, reference: DiscReference, dense: DenseTissue): DenseIsland[] {
  // Distances are those of voxel centres: bone may begin half a voxel before.
  const beyond = reference.guardMm + CT.separateMm + Math.max(...box.spacingMm) / 2;
  const thresholdHU = Math.max(CT.seedHU, dense.growHU);
  const mask = overThreshold(box.hu, thresholdHU, box.disc);
  for (let at = 0; at < mask.length; at++)
    if (mask[at] === 1 && (dense.boneContinuous[at] !== 1 || !(reference.toBone[at]! > beyond))) mask[at] = 0;
  const parts = connectedComponents(box, mask);
  return describePieces(box, reference, parts)
    .filter((p) => isIsland(box, p))
    .map(({ voxels }) => ({ voxels }));
}

/** Volume at a threshold: voxels of the disc at or over it that hang together with an island, mm3. */
export function volumeOver(box: DiscBox, dense: DenseTissue, thresholdHU: number): number {
  if (dense.islands.length === 0) return 0;
  const mask = overThreshold(box.hu, thresholdHU, box.disc);
  for (let at = 0; at < mask.length; at++) if (dense.boneContinuous[at] !== 0) mask[at] = 0;
  const { labels, sizes } = connectedComponents(box, mask);
  const touches = new Uint8Array(sizes.length);
  for (const { voxels } of dense.islands) for (const at of voxels) if (labels[at]! > 0) touches[labels[at]!] = 1;
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
  return (score * box.spacingMm[2]) / CT.agatstonSliceMm;
}
