import { emptyProbabilityStack } from './probability-stack';
import { CLASS } from './spine-class';
import { mostProbableTissue, tissueOf } from './tissue';

it('says of every voxel of a stack what it says of one, also where four are certain background', () => {
  const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
  const stack = emptyProbabilityStack({ dims: [7, 5, 3], spacingMm: [1, 1, 3], affine: identity });
  stack.planes.forEach((plane, n) =>
    plane.forEach((_, at) => {
      const certain = at % 23 < 14;
      plane[at] = certain ? (n === CLASS.background ? 255 : 0) : (at * 41 + n * 67) % 200;
    }),
  );
  const tissue = tissueOf(stack);
  tissue.forEach((found, at) => {
    const p = Float32Array.from(stack.planes, (plane) => plane[at]!);
    expect(found).toBe(mostProbableTissue(p));
  });
  expect(new Set(tissue).size).toBeGreaterThan(3);
});
