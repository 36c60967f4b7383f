import { Rng } from '../random/rng';
import { bodyDepth, drawBodyShape } from './body-shape';

const SIZE = { halfWidthMm: 23, halfDepthMm: 17, heightMm: 27, wedgeMm: 0 };

/** Width of a body at a height, found by walking outward. */
function widthAt(shape: ReturnType<typeof drawBodyShape>, u: number): number {
  const depth = bodyDepth(shape);
  let l = 0;
  while (depth(l, 0, u) > 0) l += 0.1;
  return 2 * l;
}

describe('drawBodyShape', () => {
  const shapes = (hollow: boolean) =>
    Array.from({ length: 60 }, (_, n) => drawBodyShape(new Rng(2, `body${n}`), SIZE, 0, 0, hollow));
  const waists = (hollow: boolean) => shapes(hollow).map((shape) => 1 - widthAt(shape, 0) / widthAt(shape, 11));

  test('draws hollow sides over a wider range than the front has', () => {
    expect(Math.max(...waists(true))).toBeGreaterThan(0.17);
    expect(Math.max(...waists(false))).toBeLessThan(0.13);
  });

  test('leaves all else as it was, so that a patient stays the same', () => {
    const [plain, hollow] = [shapes(false), shapes(true)];
    for (const [n, shape] of plain.entries()) {
      expect({ ...hollow[n], sideWaist: 0, sideFlare: 0 }).toEqual({ ...shape, sideWaist: 0, sideFlare: 0 });
    }
  });
});
