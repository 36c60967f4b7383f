import { emptyProbabilityStack, interpolateProbabilities } from '../segment/probability-stack';
import { LineOfCells } from './line-of-cells';

describe('LineOfCells', () => {
  it.each([[4], [1]])('interpolates to the bit as a stack of %s slices does', (slices) => {
    const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    const stack = emptyProbabilityStack({ dims: [5, 6, slices], spacingMm: [1, 1, 3], affine: identity });
    stack.planes.forEach((plane, n) => plane.forEach((_, at) => (plane[at] = (at * 37 + n * 101) % 256)));
    const line = new LineOfCells(stack);
    const [found, wanted] = [new Float32Array(6), new Float32Array(6)];
    for (const [c, r] of [[2.3, 4.7], [-0.4, 5.4], [4, 0], [4.2, 1.5]] as const) {
      line.start(c, r);
      for (let s = -0.45; s < slices - 0.5; s += 0.15) {
        line.interpolate(s, found);
        expect(interpolateProbabilities(stack, c, r, s, wanted)).toBe(line.inside);
        expect([...found]).toEqual([...wanted]);
      }
    } // prettier-ignore
  });
});
