import { profileDent } from './endplate-dent';
import { type StructureProfile } from './structure-profile';

const HOLLOW_MM = 2.5;

/** A body 34 mm deep and 26 mm high with hollow endplates; `dent` falls into the upper one. */
function profile(dent: (u: number) => number): StructureProfile {
  const u = Array.from({ length: 69 }, (_, n) => -17 + n / 2);
  const hollow = u.map((x) => HOLLOW_MM * (1 - (x / 17) ** 2));
  return {
    slice: 0,
    frame: { origin: [0, 0], posterior: [1, 0], caudal: [0, 1] },
    u,
    top: u.map((x, n) => -13 + hollow[n]! + dent(x)),
    bottom: u.map((_, n) => 13 - hollow[n]!),
    from: -17,
    to: 17,
    posteriorTop: 17,
    posteriorBottom: 17,
    areaMm2: 34 * 26,
  };
}

const node =
  (depthMm: number, halfMm: number) =>
  (x: number): number =>
    Math.abs(x - 3) < halfMm ? depthMm * Math.sqrt(1 - ((x - 3) / halfMm) ** 2) : 0;

describe('dent of an endplate', () => {
  it('is none in an endplate that is hollow all over', () => {
    expect(
      profileDent(
        profile(() => 0),
        'superior',
      )!.depthMm,
    ).toBeLessThan(0.2);
  });

  it('is as deep and as long as the node that made it', () => {
    const { depthMm, lengthMm } = profileDent(profile(node(5, 4)), 'superior')!;
    // A little less: the shallow rim of the dent still pulls at the curve.
    expect(depthMm).toBeGreaterThan(4.2);
    expect(depthMm).toBeLessThan(5.4);
    expect(lengthMm).toBeGreaterThan(6);
    expect(lengthMm).toBeLessThan(9);
  });

  it('belongs to its own endplate alone', () => {
    expect(profileDent(profile(node(5, 4)), 'inferior')!.depthMm).toBeLessThan(0.2);
  });

  it('is not an endplate that sinks as a whole', () => {
    expect(
      profileDent(
        profile((x) => 6 * Math.max(0, 1 - (x / 15) ** 2)),
        'superior',
      )?.depthMm ?? 0,
    ).toBeLessThan(1);
  });

  it('is not told of a border that is too short', () => {
    expect(
      profileDent(
        profile((x) => (Math.round(x) % 2 === 0 ? 6 : 0)),
        'superior',
      )?.depthMm ?? 0,
    ).toBeLessThan(6.1);
    const short = profile(() => 0);
    expect(profileDent({ ...short, u: [0, 0.5], top: [0, 0], bottom: [1, 1] }, 'superior')).toBeUndefined();
  });
});
