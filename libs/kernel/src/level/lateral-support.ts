import { type ProbabilityStack } from '../segment/probability-stack';
import { CLASS } from '../segment/spine-class';
import { THRESHOLDS } from '../thresholds';

/**
 * Lowers the probability of disc where the slice next to it on either side shows less of it, in place: a network
 * that sees one slice at a time takes the thick slice that only grazes the side of a disc for the disc itself. What it is
 * sure of stays; what it is less sure of needs its neighbours.
 *
 * Left out: bodies, whose width their depth tells (`shape-prior.ts`); stacks of one or two slices; neighbours outside the stack.
 */
export function weighLateralSupport(stack: ProbabilityStack): void {
  const [columns, rows, slices] = stack.dims;
  const { lateralStepMm, lateralShare } = THRESHOLDS.level;
  const step = Math.max(1, Math.round(lateralStepMm / stack.spacingMm[2]));
  if (slices < 2 * step + 1) return;
  const plane = columns * rows;
  const outside = stack.planes[CLASS.background]!;
  const values = stack.planes[CLASS.disc]!;
  const before = values.slice();
  for (let at = 0; at < values.length; at++) {
    const own = before[at]!;
    if (own === 0) continue;
    const left = before[at - step * plane] ?? own;
    const right = before[at + step * plane] ?? own;
    const lowered = Math.round(lateralShare * Math.max(0, own - Math.min(left, right)));
    values[at] = own - lowered;
    outside[at] = Math.min(255, outside[at]! + lowered);
  }
}
