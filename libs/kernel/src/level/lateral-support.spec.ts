import { emptyProbabilityStack } from '../segment/probability-stack';
import { CLASS } from '../segment/spine-class';
import { weighLateralSupport } from './lateral-support';

/** A stack of one pixel per slice with the given probabilities of disc. */
function stackOf(body: readonly number[], sliceMm = 4): ReturnType<typeof emptyProbabilityStack> {
  const stack = emptyProbabilityStack({ dims: [1, 1, body.length], spacingMm: [1, 1, sliceMm], affine: [] });
  body.forEach((p, k) => {
    stack.planes[CLASS.disc]![k] = Math.round(255 * p);
    stack.planes[CLASS.background]![k] = 255 - Math.round(255 * p);
  });
  return stack;
}

/** Slices on which disc is more probable than background. */
function found(stack: ReturnType<typeof emptyProbabilityStack>): number[] {
  const [body, outside] = [stack.planes[CLASS.disc]!, stack.planes[CLASS.background]!];
  return [...body.keys()].filter((k) => body[k]! > outside[k]!);
}

describe('weighLateralSupport', () => {
  it('gives up a slice at the side that the network is not sure of, and keeps one that it is', () => {
    const doubtful = stackOf([0, 0.7, 0.97, 0.97, 0.97, 0.8, 0]);
    weighLateralSupport(doubtful);
    expect(found(doubtful)).toEqual([2, 3, 4]);
    const sure = stackOf([0, 0.97, 0.97, 0.97, 0.97, 0.97, 0]);
    weighLateralSupport(sure);
    expect(found(sure)).toEqual([1, 2, 3, 4, 5]);
  });

  it('looks as far as a thick slice where slices are thin', () => {
    const thin = stackOf([0, 0, 0, 0, 0.7, 0.7, 0.97, 0.97, 0.97, 0.97, 0.97, 0.97, 0.97], 2);
    weighLateralSupport(thin);
    expect(found(thin)[0]).toBe(6);
  });

  it('leaves the edges of a disc that is tilted from side to side', () => {
    // Discs of three rows, one row lower from slice to slice: 14 degrees.
    const stack = emptyProbabilityStack({ dims: [1, 12, 7], spacingMm: [1, 1, 4], affine: [] });
    const [disc, outside] = [stack.planes[CLASS.disc]!, stack.planes[CLASS.background]!];
    outside.fill(255);
    for (let k = 0; k < 7; k++) {
      for (const row of [2, 3, 4]) {
        disc[k * 12 + row + k] = row === 3 ? 240 : 160;
        outside[k * 12 + row + k] = row === 3 ? 15 : 95;
      }
    }
    const before = found(stack);
    weighLateralSupport(stack);
    expect(found(stack)).toEqual(before);
  });

  it('leaves single slices and the sides of the stack alone', () => {
    const one = stackOf([0.7]);
    weighLateralSupport(one);
    expect(found(one)).toEqual([0]);
    const full = stackOf([0.7, 0.9, 0.7]);
    weighLateralSupport(full);
    expect(found(full)).toEqual([0, 1, 2]);
  });
});
