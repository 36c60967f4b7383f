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
  /** Mean angle of its endplates against the patient's left, degrees, positive when the left end is higher. */
  readonly tiltDeg: number;
  /** How much of the superior endplate is seen from side to side, mm. */
  readonly widthMm: number;
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
  const tilted = whole.flatMap((vertebra): Tilted[] => {
    const top = endplatePoints(vertebra, 'top', stack);
    const [topDeg, bottomDeg] = [tiltDegrees(top), tiltDegrees(endplatePoints(vertebra, 'bottom', stack))];
    return topDeg === undefined || bottomDeg === undefined
      ? []
      : [{ vertebra, tiltDeg: (topDeg + bottomDeg) / 2, widthMm: widthOf(top) }];
  });
  if (whole.length < cobbMinVertebrae)
    return notAssessed('COVERAGE_INCOMPLETE', 'Too few whole vertebrae are in view for a coronal Cobb angle.');
  if (tilted.length < whole.length)
    return notAssessed('COVERAGE_INCOMPLETE', 'The slices do not cover the vertebrae from side to side.');
  const curve = smoothTilts(tilted.map(({ tiltDeg }) => tiltDeg));
  let best: { angle: number; lower: Tilted; upper: Tilted } | undefined;
  for (const [n, lower] of tilted.entries()) {
    for (const [m, upper] of tilted.entries()) {
      if (m <= n) continue;
      const angle = curve[m]! - curve[n]!;
      if (!best || Math.abs(angle) > Math.abs(best.angle)) best = { angle, lower, upper };
    }
  }
  if (!best || Math.abs(best.angle) > PLAUSIBLE_DEG)
    return notAssessed('SEGMENTATION_UNCERTAIN', 'The endplates found enclose an implausible angle.');
  const turnDeg = (2 * Math.atan2(VOXEL_MM, Math.min(best.lower.widthMm, best.upper.widthMm)) * 180) / Math.PI;
  const confidence = findingConfidence({
    voxelMargin: Math.min(best.lower.vertebra.support, best.upper.vertebra.support),
    shapePlausibility: 1,
    labelGap: 1,
    stability: offsetStability(turnDeg, SCALE_DEG),
  });
  const value: CoronalCobb = {
    angleDeg: Math.abs(best.angle),
    // Endplates that open to the left lie farther apart there, which is the outer side of the bend.
    convexTo: best.angle > 0 ? 'left' : 'right',
    upperVertebraId: best.upper.vertebra.id,
    lowerVertebraId: best.lower.vertebra.id,
  };
  return assessed(value, confidence);
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

/** Tilt of one endplate in the coronal plane, degrees; undefined where too little of its width is seen. */
function tiltDegrees(points: readonly PlanePoint[]): number | undefined {
  if (points.length < 3 || widthOf(points) < cobbMinWidthMm) return undefined;
  return (Math.atan(fitLine(points).slope) * 180) / Math.PI;
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
