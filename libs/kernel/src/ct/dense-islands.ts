import { quantile } from '../measure/statistics';
import { componentsAround, faceNeighbours } from '../shape/components';
import { THRESHOLDS } from '../thresholds';
import { boneShare, LEAST_WIDTHS } from './bone-blur';
import { type DiscBox } from './disc-box';
import { type DiscReference } from './disc-reference';

/** Voxels of one island, as indices into the box. */
export interface DenseIsland {
  readonly voxels: readonly number[];
}

/** What is dense in a disc. */
export interface DenseTissue {
  /** HU from which an island grows. */
  readonly growHU: number;
  /** HU less what the blur of bone adds, per voxel; NaN where bone itself is. Empty where nothing is dense. */
  readonly clearedHU: Float32Array;
  /** Islands of the disc that pass every rule. */
  readonly islands: readonly DenseIsland[];
  /** Pieces that would be islands but continue into bone; their voxels in the core. */
  readonly onBone: readonly DenseIsland[];
}

const CT = THRESHOLDS.ct;
const MIN_SHARE_IN_DISC = 0.5;
/** Voxels that an island may reach into the guard band: where the outline of bone is off, all of the band is dense. */
const BAND_STEPS = 2;

/**
 * Dense tissue of a disc: pieces outside the guard band next to bone with a seed in the disc and most of their voxels in
 * it. A piece continues into bone when its denser half, the blur of bone taken out, reaches through the guard band; then it
 * is no island.
 */
export function denseTissue(box: DiscBox, reference: DiscReference): DenseTissue {
  const growHU = Math.max(CT.growHU, reference.medianHU + CT.growSigmas * reference.sigmaHU);
  const pieces = densePieces(box, reference, growHU);
  // Asked for beside pieces alone.
  const clearedHU = pieces.length > 0 ? clearOfBone(box, reference) : new Float32Array(0);
  const islands: DenseIsland[] = [];
  const onBone: DenseIsland[] = [];
  for (const piece of pieces) {
    const stepHU = pieceDensity(box, reference, piece) - reference.medianHU;
    if (continuesIntoBone(box, reference, clearedHU, piece, stepHU)) {
      onBone.push(...piecesApart(box, piece));
    } else {
      const voxels = growIntoBand(box, reference, clearedHU, piece, growHU);
      if (voxels.length * box.voxelMm3 >= CT.minIslandMm3) islands.push({ voxels });
    }
  }
  return { growHU, clearedHU, islands, onBone };
}

function clearOfBone({ hu, toBone }: DiscBox, { blur }: DiscReference): Float32Array {
  const cleared = new Float32Array(hu);
  for (let at = 0; at < cleared.length; at++) {
    const d = toBone[at]!;
    if (d > CT.guardFwhms) continue;
    cleared[at] = d > LEAST_WIDTHS ? hu[at]! - blur.addedHU(d) : Number.NaN;
  }
  return cleared;
}

/** Pieces over the growth threshold and clear of the guard band, with a seed in the disc and most of their voxels in it. */
function densePieces(box: DiscBox, { core }: DiscReference, growHU: number): number[][] {
  const { hu, toBone } = box;
  const { guardFwhms } = CT;
  const leastHU = Math.max(CT.seedHU, growHU);
  const seeds: number[] = [];
  for (let at = 0; at < core.length; at++) if (core[at] === 1 && hu[at]! >= leastHU) seeds.push(at);
  return componentsAround(box, seeds, (at) => hu[at]! >= growHU && toBone[at]! > guardFwhms).flatMap((component) => {
    const voxels = Array.from(component.filter((at) => core[at] === 1));
    return voxels.length >= MIN_SHARE_IN_DISC * component.length ? [voxels] : [];
  });
}

/**
 * Whether the denser half of a piece hangs on bone by voxels like it. Within a slice the picture itself shows a gap; across
 * thick slices the blur of bone fills it, so that what bone adds there is taken out first.
 */
function continuesIntoBone(
  box: DiscBox,
  { medianHU, sigmaHU }: DiscReference,
  clearedHU: Float32Array,
  piece: readonly number[],
  stepHU: number,
): boolean {
  const { hu, toBone, bone } = box;
  const plane = box.nx * box.ny;
  const thick = box.spacingMm[2] >= CT.thickFwhms * box.fwhmMm[0];
  const halfHU = medianHU + CT.contactShare * stepHU;
  const isLike = (at: number, across: boolean): boolean => {
    if (!across) return hu[at]! >= halfHU;
    const share = toBone[at]! > CT.guardFwhms ? 0 : boneShare(toBone[at]!);
    return clearedHU[at]! >= medianHU + Math.max(CT.contactShare * (1 - share) * stepHU, sigmaHU);
  };
  const seen = new Uint8Array(hu.length);
  const queue = piece.filter((at) => hu[at]! >= halfHU);
  for (const at of queue) seen[at] = 1;
  const near = new Int32Array(6);
  for (let n = 0; n < queue.length; n++) {
    const from = queue[n]!;
    const count = faceNeighbours(box, from, near);
    for (let k = 0; k < count; k++) {
      const at = near[k]!;
      if (seen[at] === 1) continue;
      const across = thick && Math.abs(at - from) === plane;
      // Bone right behind the piece: no voxel between them could show a gap.
      if (across && bone[at] === 1 && !(toBone[at]! > LEAST_WIDTHS)) return true;
      if (!isLike(at, across)) continue;
      if (bone[at] === 1) return true;
      seen[at] = 1;
      queue.push(at);
    }
  }
  return false;
}

/** What of a piece on bone is dense and reaches out of the guard band and a margin. */
function piecesApart(box: DiscBox, piece: readonly number[]): DenseIsland[] {
  const marginMm = CT.separateMm + box.spacingMm[0] / 2;
  const beyond = CT.guardFwhms + marginMm / box.fwhmMm[2];
  const apart = new Set(piece.filter((at) => box.hu[at]! >= CT.seedHU && box.toBone[at]! > beyond));
  return componentsAround(box, [...apart], (at) => apart.has(at))
    .filter((part) => part.length * box.voxelMm3 >= CT.minIslandMm3)
    .map((part) => ({ voxels: Array.from(part) }));
}

/** Density of the inside of a piece: its 95th percentile less what noise adds to it. */
export function pieceDensity({ hu }: DiscBox, { sigmaHU }: DiscReference, voxels: readonly number[]): number {
  const densities = voxels.map((at) => hu[at]!);
  return Math.max(quantile(densities, 0.95) - CT.plateauNoise * sigmaHU, quantile(densities, 0.5));
}

/** A piece with those voxels of the guard band beside it that are dense beyond what bone adds there. */
function growIntoBand(
  box: DiscBox,
  { blur, medianHU }: DiscReference,
  clearedHU: Float32Array,
  piece: readonly number[],
  growHU: number,
): number[] {
  const voxels = [...piece];
  const seen = new Set(piece);
  const near = new Int32Array(6);
  for (let step = 0, from = 0; step < BAND_STEPS; step++) {
    const end = voxels.length;
    for (; from < end; from++) {
      const count = faceNeighbours(box, voxels[from]!, near);
      for (let k = 0; k < count; k++) {
        const at = near[k]!;
        const d = box.toBone[at]!;
        if (d > CT.guardFwhms || box.disc[at] !== 1 || seen.has(at)) continue;
        if (!(clearedHU[at]! >= Math.max(growHU, medianHU + CT.growSigmas * blur.sigmaHU(d)))) continue;
        seen.add(at);
        voxels.push(at);
      }
    }
  }
  return voxels;
}

/** Volume at a threshold: voxels of the disc at or over it that hang together with an island, mm3. */
export function volumeOver(box: DiscBox, dense: DenseTissue, thresholdHU: number): number {
  if (dense.islands.length === 0) return 0;
  const { disc } = box;
  const apart = new Uint8Array(disc.length);
  for (const { voxels } of dense.onBone) for (const at of voxels) apart[at] = 1;
  const parts = componentsAround(
    box,
    dense.islands.flatMap(({ voxels }) => voxels),
    (at) => disc[at] === 1 && apart[at] === 0 && dense.clearedHU[at]! >= thresholdHU,
  );
  return parts.reduce((sum, part) => sum + part.length, 0) * box.voxelMm3;
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
