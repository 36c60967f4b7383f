import { assessed, notAssessed, type Assessment, type Heights, type Slip } from '@endplate/findings';
import { findingConfidence, lengthStability, offsetStability } from '../confidence/finding-confidence';
import { structureHeights } from './heights';
import { movedOutline, slicesBeside, VOXEL_MOVES } from './moved-outline';
import { movedSegments } from './moved-segment';
import { segmentSlip, wedgeDegrees } from './segment-motion';
import { meanHeightMm, type MeasuredDisc, type MeasuredVertebra } from './spine-model';
import { type StructureProfile } from './structure-profile';

/** The measures that CT and MR share. */
export interface DiscMeasures {
  readonly heights: Assessment<Heights>;
  readonly heightIndex: Assessment<number>;
  readonly wedgeDeg: Assessment<number>;
  readonly slip: Assessment<Slip>;
}

/** Likely extremes of a lumbar disc's mean height, mm; outside the outline is doubted. */
const PLAUSIBLE_HEIGHT_MM = [2, 18] as const;
/** Likely extremes of a body's mean height, mm: a fracture may halve it. */
const PLAUSIBLE_BODY_MM = [10, 45] as const;
/** Changes by which wedge and slip would mean something else. */
const WEDGE_SCALE_DEG = 10;
const SLIP_SCALE_MM = 5;
const PLAUSIBLE_WEDGE_DEG = 32;
const PLAUSIBLE_SLIP_PERCENT = 60;
const MIN_SUPPORT = 0.3;

/** Heights of a vertebra with their confidence, or why there are none. */
export function vertebraHeights(vertebra: MeasuredVertebra, labelConfidence = 1): Assessment<Heights> {
  if (vertebra.ordinal === 0) return notAssessed('SEGMENTATION_UNCERTAIN', 'Heights of the sacrum are not measured.');
  return heightsOf(vertebra, 'vertebra', labelConfidence);
}

/**
 * Heights, height index, wedge and slip of a disc, each with its own reason when withheld.
 *
 * @param labelConfidence - 0 to 1: how sure the level is
 */
export function discMeasures(disc: MeasuredDisc, labelConfidence = 1): DiscMeasures {
  const heights = heightsOf(disc, 'disc', labelConfidence);
  return {
    heights,
    heightIndex: heightIndex(disc, heights),
    wedgeDeg: wedge(disc, labelConfidence),
    slip: slip(disc, labelConfidence),
  };
}

/** 0 to 1: how far the outline of a disc can be trusted, from the network's support and the plausibility of its height. */
export function outlineConfidence(disc: MeasuredDisc): number {
  const height = meanHeightMm(disc);
  const plausible = height !== undefined && height >= PLAUSIBLE_HEIGHT_MM[0] && height <= PLAUSIBLE_HEIGHT_MM[1];
  const spread = disc.central.length >= 2 ? 1 : 0.7;
  return Math.min(Math.max(disc.support, 0.05), plausible ? 1 : 0.4, spread);
}

function heightsOf(
  structure: MeasuredDisc | MeasuredVertebra,
  name: 'disc' | 'vertebra',
  labelGap: number,
): Assessment<Heights> {
  if (structure.cut) return notAssessed('DISC_PARTLY_OUTSIDE', `The ${name} is only partly in the image.`);
  if (structure.support < MIN_SUPPORT)
    return notAssessed('SEGMENTATION_UNCERTAIN', `The outline of the ${name} is uncertain.`);
  const heights = structureHeights(structure.central);
  if (!heights) return notAssessed('TOO_FEW_SLICES_OF_STRUCTURE', `The ${name} is not seen well enough in its middle.`);
  const mean = meanOf(heights);
  const moved = VOXEL_MOVES.map((byMm) => structure.central.map((profile) => movedOutline(profile, byMm)));
  const beside = [-1, 1].map((by) => slicesBeside(structure, by)).filter((profiles) => profiles.length > 0);
  const [low, high] = name === 'disc' ? PLAUSIBLE_HEIGHT_MM : PLAUSIBLE_BODY_MM;
  const confidence = findingConfidence({
    voxelMargin: structure.support,
    shapePlausibility: Math.min(seenWell(structure), mean >= low && mean <= high ? 1 : 0.4),
    labelGap,
    stability: lengthStability(mean, [...moved, ...beside].map(meanHeightOf)),
  });
  return assessed(heights, confidence);
}

function meanOf({ anteriorMm, middleMm, posteriorMm }: Heights): number {
  return (anteriorMm + middleMm + posteriorMm) / 3;
}

/** 0 where an outline that moved leaves nothing to measure. */
function meanHeightOf(profiles: readonly StructureProfile[]): number {
  const heights = structureHeights(profiles);
  return heights ? meanOf(heights) : 0;
}

/** 1 where two slices or more show the middle of a structure. */
function seenWell(structure: MeasuredDisc | MeasuredVertebra): number {
  return structure.central.length >= 2 ? 1 : 0.7;
}

function heightIndex(disc: MeasuredDisc, heights: Assessment<Heights>): Assessment<number> {
  if (heights.status === 'not-assessed') return { status: 'not-assessed', reason: heights.reason };
  const around = [disc.above, disc.below].flatMap((v) => (v && v.ordinal > 0 ? (meanHeightMm(v) ?? []) : []));
  const own = meanHeightMm(disc);
  if (around.length === 0 || own === undefined) {
    return notAssessed('NEIGHBOUR_MISSING', 'No neighbouring vertebra is seen whole.');
  }
  const body = around.reduce((sum, h) => sum + h, 0) / around.length;
  // Disc and bodies share their borders: what one gains by a voxel on both sides the other loses.
  const moved = VOXEL_MOVES.map((byMm) => (own + 2 * byMm) / (body - 2 * byMm));
  return assessed(own / body, Math.min(heights.confidence, lengthStability(own / body, moved)));
}

function neighbours(disc: MeasuredDisc): { above: MeasuredVertebra; below: MeasuredVertebra } | undefined {
  const { above, below } = disc;
  if (!above || !below || above.central.length === 0 || below.central.length === 0) return undefined;
  return { above, below };
}

function pairConfidence(
  disc: MeasuredDisc,
  pair: { above: MeasuredVertebra; below: MeasuredVertebra },
  labelGap: number,
  stability: number,
): number {
  const all = [disc, pair.above, pair.below];
  return findingConfidence({
    voxelMargin: Math.min(...all.map((structure) => structure.support)),
    shapePlausibility: Math.min(...all.map(seenWell)),
    labelGap,
    stability,
  });
}

function wedge(disc: MeasuredDisc, labelGap: number): Assessment<number> {
  const pair = neighbours(disc);
  if (!pair) return notAssessed('NEIGHBOUR_MISSING', 'The endplates of both neighbouring vertebrae are needed.');
  const value = wedgeDegrees(pair.above.central, pair.below.central);
  if (value === undefined)
    return notAssessed('TOO_FEW_SLICES_OF_STRUCTURE', 'The neighbouring vertebrae share no middle slice.');
  if (Math.abs(value) > PLAUSIBLE_WEDGE_DEG)
    return notAssessed('SEGMENTATION_UNCERTAIN', 'The endplates found enclose an implausible angle.');
  const moved = movedSegments(pair, 'bottom').flatMap(({ above, below }) => wedgeDegrees(above, below) ?? []);
  return assessed(value, pairConfidence(disc, pair, labelGap, offsetStability(value, moved, WEDGE_SCALE_DEG)));
}

function slip(disc: MeasuredDisc, labelGap: number): Assessment<Slip> {
  const pair = neighbours(disc);
  if (!pair) return notAssessed('NEIGHBOUR_MISSING', 'The endplates of both neighbouring vertebrae are needed.');
  const value = segmentSlip(pair.above.central, pair.below.central);
  if (!value) return notAssessed('TOO_FEW_SLICES_OF_STRUCTURE', 'The neighbouring vertebrae share no middle slice.');
  if (Math.abs(value.percentOfEndplate) > PLAUSIBLE_SLIP_PERCENT)
    return notAssessed('SEGMENTATION_UNCERTAIN', 'The endplates found lie implausibly far apart.');
  const moved = movedSegments(pair, 'bottom').flatMap(({ above, below }) => segmentSlip(above, below)?.slipMm ?? []);
  return assessed(value, pairConfidence(disc, pair, labelGap, offsetStability(value.slipMm, moved, SLIP_SCALE_MM)));
}
