import { applyAffine } from '@endplate/dicom';
import { assessed, notAssessed, type Assessment, type CoronalCobb } from '@endplate/findings';
import { findingConfidence, offsetStability } from '../confidence/finding-confidence';
import { type ProbabilityStack } from '../segment/probability-stack';
import { THRESHOLDS } from '../thresholds';
import { profileDepth } from './heights';
import { fitLine, fromFrame, type PlanePoint } from './plane-frame';
import { solvePositiveDefinite } from './linear-system';
import { type MeasuredVertebra, type SpineModel } from './spine-model';
import { type StructureProfile, widestProfiles } from './structure-profile';
import { median } from './statistics';

const { cobbMinWidthMm, cobbMinVertebrae, cobbStiffness } = THRESHOLDS.degeneration;
const PLAUSIBLE_DEG = 80;
/** Slices at the sides of a body show little of its endplates. */
const MIDDLE_AREA = 0.5;
/** Part of the endplate, from its middle, whose height is read on each slice. */
const MIDDLE = [0.35, 0.65] as const;
const VOXEL_MM = THRESHOLDS.segment.inPlaneMm;
/** A change by which the angle would mean something else. */
const SCALE_DEG = 10;

interface Tilted {
  readonly vertebra: MeasuredVertebra;
  /** Heights of its endplates over their place from right to left. */
  readonly top: readonly PlanePoint[];
  readonly bottom: readonly PlanePoint[];
}

/**
 * The largest coronal Cobb angle between one whole vertebra and another below it, from the heights of their endplates over
 * the sagittal slices; patients lie, so that it is smaller than standing. The largest of several noisy angles is too large:
 * the two endplates of a vertebra are taken together, and the tilts are those of a smooth curve along the spine.
 *
 * Withheld where the slices do not reach over enough of the bodies from side to side.
 */
export function coronalCobb(model: SpineModel, stack: ProbabilityStack): Assessment<CoronalCobb> {
  const whole = model.vertebrae.filter((vertebra) => vertebra.ordinal > 0 && !vertebra.cut);
  if (whole.length < cobbMinVertebrae)
    return notAssessed('COVERAGE_INCOMPLETE', 'Too few whole vertebrae are in view for a coronal Cobb angle.');
  const tilted = whole.map((vertebra): Tilted => ({
    vertebra,
    top: endplatePoints(vertebra, 'top', stack),
    bottom: endplatePoints(vertebra, 'bottom', stack),
  }));
  const tilts = tilted.flatMap((one) => tiltDegrees(one) ?? []);
  if (tilts.length < whole.length)
    return notAssessed('COVERAGE_INCOMPLETE', 'The slices do not cover the vertebrae from side to side.');
  const best = largestAngle(tilts);
  if (!best || Math.abs(best.angle) > PLAUSIBLE_DEG)
    return notAssessed('SEGMENTATION_UNCERTAIN', 'The endplates found enclose an implausible angle.');
  const [upper, lower] = [tilted[best.upper]!, tilted[best.lower]!];
  const confidence = findingConfidence({
    voxelMargin: Math.min(lower.vertebra.support, upper.vertebra.support),
    shapePlausibility: 1,
    labelGap: 1,
    stability: offsetStability(Math.abs(best.angle), movedAngles(tilted, tilts, best), SCALE_DEG),
  });
  const value: CoronalCobb = {
    angleDeg: Math.abs(best.angle),
    // Endplates that open to the left lie farther apart there, which is the outer side of the bend.
    convexTo: best.angle > 0 ? 'left' : 'right',
    upperVertebraId: upper.vertebra.id,
    lowerVertebraId: lower.vertebra.id,
  };
  return assessed(value, confidence);
}

/** The angle with its sign, and the places of its two vertebrae in the list. */
interface CobbAngle {
  readonly angle: number;
  readonly lower: number;
  readonly upper: number;
}

/** The largest angle between a vertebra and one above it on the smooth curve through the tilts, caudal to cranial. */
function largestAngle(tilts: readonly number[]): CobbAngle | undefined {
  const curve = smoothTilts([...tilts]);
  let best: CobbAngle | undefined;
  for (let lower = 0; lower < curve.length; lower++) {
    for (let upper = lower + 1; upper < curve.length; upper++) {
      const angle = curve[upper]! - curve[lower]!;
      if (!best || Math.abs(angle) > Math.abs(best.angle)) best = { angle, lower, upper };
    }
  }
  return best;
}

/** The angle anew, with one end of both its vertebrae a voxel up or down, and without the slices at either side. */
function movedAngles(tilted: readonly Tilted[], tilts: readonly number[], { lower, upper }: CobbAngle): number[] {
  const turned = [-VOXEL_MM, VOXEL_MM].map((byMm) =>
    tilts.map((own, n) => {
      if (n !== lower && n !== upper) return own;
      return tiltDegrees(tilted[n]!, { turnMm: n === upper ? byMm : -byMm }) ?? own;
    }),
  );
  const narrower = [-1, 1].map((side) => tilts.map((own, n) => tiltDegrees(tilted[n]!, { without: side }) ?? own));
  return [...turned, ...narrower].flatMap((moved) => Math.abs(largestAngle(moved)?.angle ?? Number.NaN));
}

/** Tilts along the spine with their second differences held down (Whittaker 1923, Proc Edinb Math Soc 41:63). */
function smoothTilts(tilts: number[]): readonly number[] {
  const matrix = tilts.map((_, row) => tilts.map((__, column) => (row === column ? 1 : 0)));
  const second = [1, -2, 1];
  for (let n = 0; n + 2 < tilts.length; n++) {
    for (let a = 0; a < 3; a++)
      for (let b = 0; b < 3; b++) matrix[n + a]![n + b]! += cobbStiffness * second[a]! * second[b]!;
  }
  return solvePositiveDefinite(matrix, tilts);
}

/** How the heights of an endplate are moved before its tilt is read. */
interface EndplateMove {
  /** The left end is this much higher, the right end stays, mm. */
  readonly turnMm?: number;
  /** -1 leaves out the first point from the right, 1 the last. */
  readonly without?: number;
}

/** Mean tilt of the two endplates of a vertebra, degrees, positive when the left end is higher; undefined where too little of their width is seen. */
function tiltDegrees({ top, bottom }: Tilted, move: EndplateMove = {}): number | undefined {
  const [upper, lower] = [endplateTilt(top, move), endplateTilt(bottom, move)];
  return upper === undefined || lower === undefined ? undefined : (upper + lower) / 2;
}

/** Tilt of one endplate in the coronal plane, degrees; undefined where too little of its width is seen. */
function endplateTilt(all: readonly PlanePoint[], { turnMm = 0, without = 0 }: EndplateMove): number | undefined {
  const sorted = [...all].sort((a, b) => a[0] - b[0]);
  const points = sorted.slice(without < 0 ? 1 : 0, without > 0 ? -1 : sorted.length);
  const width = widthOf(points);
  if (points.length < 3 || width < cobbMinWidthMm) return undefined;
  const right = points[0]![0];
  const moved = points.map(([x, z]): PlanePoint => [x, z + (turnMm * (x - right)) / width]);
  return (Math.atan(fitLine(moved).slope) * 180) / Math.PI;
}

function widthOf(points: readonly PlanePoint[]): number {
  const lateral = points.map(([x]) => x);
  return points.length > 0 ? Math.max(...lateral) - Math.min(...lateral) : 0;
}

/** Height (toward the head) of the middle of an endplate over its place from right to left, LPS mm, one point a slice. */
function endplatePoints(
  vertebra: MeasuredVertebra,
  border: 'top' | 'bottom',
  stack: ProbabilityStack,
): readonly PlanePoint[] {
  return widestProfiles(vertebra.profiles, MIDDLE_AREA).map((profile): PlanePoint => {
    const [x, y] = middleOf(profile, border);
    const lps = applyAffine(stack.affine, [x / stack.spacingMm[0], y / stack.spacingMm[1], profile.slice]);
    return [lps[0], lps[2]];
  });
}

function middleOf(profile: StructureProfile, border: 'top' | 'bottom'): PlanePoint {
  const depth = profileDepth(profile);
  const heights = profile[border].filter((_, n) => {
    const place = (profile.u[n]! - profile.u[0]!) / depth;
    return place >= MIDDLE[0] && place <= MIDDLE[1];
  });
  return fromFrame(profile.frame, profile.u[0]! + depth / 2, median(heights));
}
