import { findChain, type ChainSegment } from './chain';
import { nameChain } from './labelling';
import { type SpineProfile } from './profile';

type Piece = readonly [kind: 'body' | 'disc' | 'sacrum' | 'other' | 'mixed' | 'faint-disc', mm: number];

/** A profile from pieces, cranial to caudal; `mixed` is half body, half sacrum. */
function profileOf(pieces: readonly Piece[]): SpineProfile {
  const columns = { body: [] as number[], disc: [] as number[], sacrum: [] as number[], other: [] as number[] };
  for (const [kind, mm] of pieces) {
    for (let n = 0; n < mm; n++) {
      const p = { body: 0.02, disc: 0.02, sacrum: 0.02, other: 0.02 };
      if (kind === 'mixed') [p.body, p.sacrum] = [0.47, 0.47];
      else if (kind === 'faint-disc') [p.disc, p.body] = [0.25, 0.7];
      else p[kind] = 0.94;
      (Object.keys(p) as (keyof typeof p)[]).forEach((key) => columns[key].push(p[key]));
    }
  }
  const array = (key: keyof typeof columns): Float32Array => Float32Array.from(columns[key]);
  return {
    length: columns.body.length,
    body: array('body'),
    disc: array('disc'),
    sacrum: array('sacrum'),
    other: array('other'),
  };
}

const mobile = (n: number): Piece[] =>
  Array.from({ length: n }, (): Piece[] => [
    ['body', 27],
    ['disc', 9],
  ]).flat();
const kinds = (segments: readonly ChainSegment[]): string =>
  segments.map((s) => ({ body: 'V', disc: 'd', sacrum: 'S', 'lower-sacrum': 's' })[s.kind]).join('');

describe('findChain', () => {
  const cases: [string, Piece[], string][] = [
    ['five vertebrae on a sacrum', [['other', 20], ...mobile(5), ['sacrum', 60], ['other', 20]], 'VdVdVdVdVdS'],
    ['no sacrum in view', [['other', 20], ...mobile(4), ['body', 27]], 'VdVdVdVdV'],
    ['top and bottom cut by the image', [['body', 12], ['disc', 9], ...mobile(3), ['sacrum', 14]], 'VdVdVdVdS'],
    ['two bodies fused by a disc hardly seen', [['other', 9], ...mobile(2), ['body', 27], ['faint-disc', 6], ['body', 27], ['disc', 9], ['sacrum', 50]], 'VdVdVdVdS'],
    ['two bodies fused without any disc', [['other', 9], ...mobile(3), ['body', 62], ['disc', 9], ['sacrum', 50]], 'VdVdVdVdVdS'],
    ['a body in the pelvis, off the chain', [['other', 9], ...mobile(4), ['sacrum', 50], ['other', 40], ['body', 25], ['other', 9]], 'VdVdVdVdS'],
    ['L5 taken for sacrum above a full disc', [['other', 9], ...mobile(3), ['sacrum', 27], ['disc', 9], ['sacrum', 60]], 'VdVdVdVdS'],
  ]; // prettier-ignore
  it.each(cases)('%s', (_name, pieces, expected) => {
    expect(kinds(findChain(profileOf(pieces))!.best.segments)).toBe(expected);
  });

  it('puts borders within 2 mm of the truth', () => {
    const chain = findChain(profileOf([['other', 20], ...mobile(5), ['sacrum', 60], ['other', 20]]))!.best;
    chain.segments.slice(0, 10).forEach((segment, n) => {
      const truth = 20 + Math.floor(n / 2) * 36 + (n % 2) * 27;
      expect(Math.abs(segment.from - truth)).toBeLessThanOrEqual(2);
    });
  });

  it('finds nothing where there is nothing', () => {
    expect(findChain(profileOf([['other', 200]]))).toBeUndefined();
  });
});

describe('nameChain', () => {
  const name = (pieces: Piece[]): ReturnType<typeof nameChain> => nameChain(findChain(profileOf(pieces))!);

  it('names upward from the sacrum', () => {
    const named = name([['other', 20], ...mobile(6), ['sacrum', 60], ['other', 20]]);
    expect(named.labelling.anchored).toBe(true);
    expect(named.vertebrae).toEqual(['L5', 'L4', 'L3', 'L2', 'L1', 'T12']);
    expect(named.labelling.secondBest).not.toEqual(named.labelling.best);
  });

  it('withholds names without a sacrum', () => {
    const named = name([['other', 20], ...mobile(4), ['body', 27]]);
    expect(named.labelling).toMatchObject({ anchored: false, reason: { code: 'NO_SACRUM' } });
    expect(named.vertebrae).toEqual([null, null, null, null, null]);
  });

  it('withholds names where the lowest vertebra is as sacral as lumbar', () => {
    const named = name([['other', 9], ...mobile(4), ['mixed', 27], ['faint-disc', 4], ['sacrum', 50], ['other', 20]]);
    expect(named.labelling.anchored).toBe(false);
    expect(['TRANSITIONAL_VERTEBRA', 'LEVEL_AMBIGUOUS']).toContain(named.labelling.reason?.code);
    expect(named.vertebrae.every((level) => level === null)).toBe(true);
  });
});
