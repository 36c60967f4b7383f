import { Rng } from '../random/rng';
import { drawSlab, PLANES_PER_THICK_SLICE } from './sagittal-plane';

describe('drawSlab', () => {
  const slabs = Array.from({ length: 400 }, (_, n) => drawSlab(new Rng(3, `slab${n}`)));

  test('draws thin slices and thick ones, more of the thick', () => {
    const thin = slabs.filter((slab) => slab.length === 1).length;
    expect(thin).toBeGreaterThan(60);
    expect(thin).toBeLessThan(200);
  });

  test('spreads the planes of a thick slice evenly about its middle, no thicker than clinical slices are', () => {
    for (const slab of slabs.filter((planes) => planes.length > 1)) {
      expect(slab).toHaveLength(PLANES_PER_THICK_SLICE);
      expect(slab.reduce((sum, at) => sum + at, 0)).toBeCloseTo(0, 9);
      const step = slab[1]! - slab[0]!;
      expect(step * PLANES_PER_THICK_SLICE).toBeLessThanOrEqual(5.4);
      for (let n = 1; n < slab.length; n++) expect(slab[n]! - slab[n - 1]!).toBeCloseTo(step, 9);
    }
  });
});
