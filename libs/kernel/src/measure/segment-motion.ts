import { type Slip } from '@endplate/findings';
import { borderDirection, borderLine, posteriorCorner, profileDepth } from './heights';
import { median } from './statistics';
import { type StructureProfile } from './structure-profile';

interface Pair {
  readonly above: StructureProfile;
  readonly below: StructureProfile;
}

/** Profiles of two neighbouring bodies that lie on the same slices. */
function pairs(above: readonly StructureProfile[], below: readonly StructureProfile[]): Pair[] {
  return above.flatMap((a) => {
    const b = below.find((profile) => profile.slice === a.slice);
    return b ? [{ above: a, below: b }] : [];
  });
}

/**
 * Angle between the two endplates of a disc, degrees, positive when it opens anteriorly; the median over slices.
 *
 * @param upperBorder - `top` takes the superior endplate of the upper body, as a Cobb angle does
 * @returns undefined when the bodies share no slice
 */
export function wedgeDegrees(
  above: readonly StructureProfile[],
  below: readonly StructureProfile[],
  upperBorder: 'top' | 'bottom' = 'bottom',
): number | undefined {
  const angles = pairs(above, below).map((pair) => {
    const upper = borderDirection(pair.above, borderLine(pair.above, upperBorder));
    const lower = borderDirection(pair.below, borderLine(pair.below, 'top'));
    // Rows grow downward: a lower endplate that falls anteriorly more than the upper one opens the disc in front.
    const turn = Math.atan2(upper[0] * lower[1] - upper[1] * lower[0], upper[0] * lower[0] + upper[1] * lower[1]);
    return (-turn * 180) / Math.PI;
  });
  return angles.length > 0 ? median(angles) : undefined;
}

/**
 * How far the posterior lower corner of the upper body lies in front of the posterior upper corner of the lower one, along
 * the lower endplate.
 *
 * @returns undefined when the bodies share no slice
 */
export function segmentSlip(above: readonly StructureProfile[], below: readonly StructureProfile[]): Slip | undefined {
  const slips = pairs(above, below).map((pair) => {
    const direction = borderDirection(pair.below, borderLine(pair.below, 'top'));
    const upper = posteriorCorner(pair.above, 'bottom');
    const lower = posteriorCorner(pair.below, 'top');
    const slipMm = (lower[0] - upper[0]) * direction[0] + (lower[1] - upper[1]) * direction[1];
    return { slipMm, percent: (100 * slipMm) / profileDepth(pair.below) };
  });
  if (slips.length === 0) return undefined;
  return { slipMm: median(slips.map((s) => s.slipMm)), percentOfEndplate: median(slips.map((s) => s.percent)) };
}
