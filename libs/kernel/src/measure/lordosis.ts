import { assessed, notAssessed, type Assessment } from '@endplate/findings';
import { findingConfidence, labelConfidence, offsetStability } from '../confidence/finding-confidence';
import { movedSegments } from './moved-segment';
import { wedgeDegrees } from './segment-motion';
import { type SpineModel } from './spine-model';

const PLAUSIBLE_DEG = [-40, 100] as const;
/** A change by which lordosis would mean something else. */
const SCALE_DEG = 15;

/**
 * Lumbar lordosis as a sagittal Cobb angle, from the superior endplate of L1 to that of S1, degrees, positive when it opens
 * anteriorly (lordotic); lying patients bend less than standing ones.
 *
 * @param gap - of the two best labellings: the angle stands on the names of L1 and S1
 */
export function lumbarLordosis(model: SpineModel, gap: number): Assessment<number> {
  const find = (level: string): SpineModel['vertebrae'][number] | undefined =>
    model.vertebrae.find((vertebra) => vertebra.level === level);
  const [upper, lower] = [find('L1'), find('S1')];
  if (!upper || !lower) return notAssessed('NEIGHBOUR_MISSING', 'Lordosis needs L1 and S1 in view and named.');
  if (upper.cut) return notAssessed('COVERAGE_INCOMPLETE', 'L1 is only partly in the image.');
  const value = wedgeDegrees(upper.central, lower.central, 'top');
  if (value === undefined) return notAssessed('TOO_FEW_SLICES_OF_STRUCTURE', 'L1 and S1 share no middle slice.');
  if (value < PLAUSIBLE_DEG[0] || value > PLAUSIBLE_DEG[1]) {
    return notAssessed('SEGMENTATION_UNCERTAIN', 'The endplates found enclose an implausible angle.');
  }
  const moved = movedSegments({ above: upper, below: lower }, 'top').flatMap(
    (m) => wedgeDegrees(m.above, m.below, 'top') ?? [],
  );
  const slices = Math.min(upper.central.length, lower.central.length);
  const confidence = findingConfidence({
    voxelMargin: Math.min(upper.support, lower.support),
    shapePlausibility: slices >= 2 ? 1 : 0.7,
    labelGap: labelConfidence(gap, true),
    stability: offsetStability(value, moved, SCALE_DEG),
  });
  return assessed(value, confidence);
}
