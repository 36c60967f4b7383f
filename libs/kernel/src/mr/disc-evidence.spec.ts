import { discEvidence, type DiscState, type EndplateMarrow } from './disc-evidence';
import { type MarrowVoxel } from './marrow';

const HEIGHT = 26;
const STATE: DiscState = { discT2: 0.6, discHeight: 0.3, ordinal: 2, marrowContrast: 0.4, slip: 3, support: 0.8 };

/** Marrow of one body at 1 mm, T1 400 and T2 200; `change` multiplies both by position and depth under the upper endplate. */
function endplate(change: (u: number, depth: number) => readonly [number, number]): EndplateMarrow {
  const marrow: MarrowVoxel[] = [];
  for (let row = 0; row < HEIGHT; row++) {
    for (let u = -15; u <= 15; u++) {
      const depth = row + 0.5;
      const [t1, t2] = change(u, depth);
      const place = { at: marrow.length, slice: 0, u, w: depth, lps: [0, u, -depth] as const };
      marrow.push({ ...place, fromTopMm: depth, fromBottomMm: HEIGHT - depth, t1: 400 * t1, t2: 200 * t2 });
    }
  }
  const reference = { t1: 400, t1Sigma: 20, t2: 200, t2Sigma: 10, voxels: 100, from: 'same-vertebra' as const };
  return { side: 'superior', marrow, reference, spineT2: 160, pixelAreaMm2: 1 };
}

const plain = endplate(() => [1, 1]);

describe('discEvidence', () => {
  it('reads even marrow as the reference', () => {
    expect(discEvidence([plain], STATE)).toEqual({
      ...STATE,
      t1High: 1,
      t2High: 1,
      fatArea: 0,
      t2Level: 200 / 160,
      t1Spread: 0,
    });
  });

  it('takes the more changed of two endplates', () => {
    const fatty = endplate((u, depth) => (u > 0 && depth < 6 ? [1.5, 1.3] : [1, 1]));
    const found = discEvidence([plain, fatty], STATE)!;
    expect(found.t1High).toBeCloseTo(1.5);
    expect(found.t2High).toBeCloseTo(1.3);
    // Rows from 1 to 6 mm, 15 voxels each.
    expect(found.fatArea).toBeCloseTo(Math.log1p(5 * 15));
    expect(found.t1Spread).toBeCloseTo(0.25, 2);
  });

  it('sees T2 away from the endplate, and a spread of T1 beside it', () => {
    const away = discEvidence([endplate((_u, depth) => [1, depth > 3 && depth < 6 ? 1.4 : 1])], STATE)!;
    expect(away.t2Level).toBeCloseTo((1.4 * 200) / 160);
    expect(away.t1Spread).toBe(0);
    const uneven = discEvidence([endplate((u, depth) => [depth < 3 && u % 2 === 0 ? 1.2 : 0.8, 1])], STATE)!;
    expect(uneven.t1Spread).toBeCloseTo(0.2, 1);
  });

  it('says nothing where the band is hardly seen', () => {
    const few = { ...plain, marrow: plain.marrow.filter((v) => v.u === 0) };
    expect(discEvidence([few], STATE)).toBeUndefined();
    const blind = { ...plain, marrow: plain.marrow.map((v) => ({ ...v, t1: Number.NaN })) };
    expect(discEvidence([blind], STATE)).toBeUndefined();
  });
});
