import { type ChainSegment, type SpineChain } from './chain';
import { type InstanceMap } from './instance';
import { absorbRudiment, checkRudiment } from './sacral-rudiment';

const KINDS = ['body', 'disc', 'body', 'disc', 'sacrum'] as const;

/**
 * One slice with two discs of the given depths, 6 mm high, and the chain that they stand in; the lower one lies so far
 * behind the upper one, 40 mm above.
 */
function spine(upperMm: number, lowerMm: number, behindMm = 25): { map: InstanceMap; chain: SpineChain } {
  const segments = KINDS.map((kind, n): ChainSegment => ({
    kind,
    from: n * 20,
    to: n * 20 + 20,
    support: 1,
    sacralShare: 0,
    cut: false,
  }));
  const [columns, rows] = [64, 100];
  const labels = new Uint8Array(columns * rows);
  const draw = (label: number, row: number, depth: number): void => {
    for (let r = row; r < row + 6; r++) labels.fill(label, r * columns + 5, r * columns + 5 + depth);
  };
  draw(2, 25, upperMm);
  draw(4, 65, lowerMm);
  const instances = segments.map((segment, n) => ({
    label: n + 1,
    kind: segment.kind,
    segment,
    voxels: labels.filter((label) => label === n + 1).length,
    centroid: [n === 3 ? 20 + behindMm : 20, n * 20 + 8, 0] as const,
  }));
  const map = { dims: [columns, rows, 1], spacingMm: [1, 1, 4], affine: [], labels, instances } as const;
  return { map, chain: { segments, score: 0 } };
}

describe('checkRudiment', () => {
  it.each([
    [36, 34, false, false],
    [36, 27, false, false],
    [36, 23, true, true],
    [36, 12, true, false],
  ])('a disc %i mm deep over one of %i mm: rudiment %s, doubtful %s', (upper, lower, rudiment, doubtful) => {
    const { map, chain } = spine(upper, lower);
    expect(checkRudiment(map, chain)).toEqual({ rudiment, doubtful });
  });

  it('names nothing where the body above a shallow disc is not turned like a first sacral segment', () => {
    const { map, chain } = spine(36, 12, 2);
    expect(checkRudiment(map, chain)).toEqual({ rudiment: true, doubtful: true });
  });

  it('says nothing without a sacrum', () => {
    const { map, chain } = spine(36, 12);
    expect(checkRudiment(map, { ...chain, segments: chain.segments.slice(0, -1) }).rudiment).toBe(false);
  });
});

describe('absorbRudiment', () => {
  it('makes one sacrum of the lowest body, the rudiment and the rest', () => {
    const { chain } = spine(36, 12);
    const { segments } = absorbRudiment(chain);
    expect(segments.map((s) => [s.kind, s.from, s.to])).toEqual([
      ['body', 0, 20],
      ['disc', 20, 40],
      ['sacrum', 40, 100],
    ]);
  });
});
