import { type ProbabilityStack } from '../segment/probability-stack';
import { CLASS } from '../segment/spine-class';
import { THRESHOLDS } from '../thresholds';

/**
 * Lowers the probability of disc where the slice next to it on either side shows less of it, in place: a network
 * that sees one slice at a time takes the thick slice that only grazes the side of a disc for the disc itself. What it is
 * sure of stays; what it is less sure of needs its neighbours. A neighbour counts where it shows disc as far up or down as a
 * tilted disc moves from one slice to the next, or the edge of every disc of a bent spine would be lowered with its side.
 *
 * Left out: bodies, whose width their depth tells (`shape-prior.ts`); stacks of one or two slices; neighbours outside the stack.
 */
export function weighLateralSupport(stack: ProbabilityStack): void {
  const [columns, rows, slices] = stack.dims;
  const { lateralStepMm, lateralShare, lateralTiltDeg } = THRESHOLDS.level;
  const step = Math.max(1, Math.round(lateralStepMm / stack.spacingMm[2]));
  if (slices < 2 * step + 1) return;
  const plane = columns * rows;
  const outside = stack.planes[CLASS.background]!;
  const values = stack.planes[CLASS.disc]!;
  const before = values.slice();
  const tiltMm = step * stack.spacingMm[2] * Math.tan((lateralTiltDeg * Math.PI) / 180);
  const near = highestNearby(before, stack.dims, Math.round(tiltMm / stack.spacingMm[1]));
  for (let at = 0; at < values.length; at++) {
    const own = before[at]!;
    if (own === 0) continue;
    const left = near[at - step * plane] ?? own;
    const right = near[at + step * plane] ?? own;
    const lowered = Math.round(lateralShare * Math.max(0, own - Math.min(left, right)));
    values[at] = own - lowered;
    outside[at] = Math.min(255, outside[at]! + lowered);
  }
}

/** Of each voxel, the highest value up to `reach` rows above and below it in its slice. */
function highestNearby(
  values: Uint8Array,
  [columns, rows, slices]: ProbabilityStack['dims'],
  reach: number,
): Uint8Array {
  const highest = values.slice();
  const plane = columns * rows;
  for (let d = 1; d <= Math.min(reach, rows - 1); d++) {
    const shift = d * columns;
    for (let from = 0; from < slices * plane; from += plane) {
      for (let at = from + shift; at < from + plane; at++) {
        const above = at - shift;
        if (values[above]! > highest[at]!) highest[at] = values[above]!;
        if (values[at]! > highest[above]!) highest[above] = values[at]!;
      }
    }
  }
  return highest;
}
