import { type SpineInstance } from '../level/instance';
import { discMeasures, outlineConfidence, vertebraHeights } from './disc-measures';
import { lumbarLordosis } from './lordosis';
import { planeFrame } from './plane-frame';
import { type MeasuredDisc, type MeasuredVertebra } from './spine-model';
import { type StructureProfile } from './structure-profile';

const DEPTH = 32;

/** A block in a slice: centre at (0, y), height and tilt (degrees, positive falls anteriorly), shifted forward. */
function profile(slice: number, y: number, heightMm: number, tiltDeg = 0, forwardMm = 0): StructureProfile {
  const tilt = (tiltDeg * Math.PI) / 180;
  const frame = planeFrame([40 - forwardMm, y], [Math.sin(tilt), Math.cos(tilt)]);
  const u = Array.from({ length: 2 * DEPTH + 1 }, (_, n) => (n - DEPTH) / 2);
  const half = DEPTH / 2;
  return {
    slice, frame, u,
    top: u.map(() => -heightMm / 2), bottom: u.map(() => heightMm / 2),
    from: -half, to: half, posteriorTop: half, posteriorBottom: half, areaMm2: DEPTH * heightMm,
  }; // prettier-ignore
}

function structure(id: string, profiles: StructureProfile[]): Omit<MeasuredDisc, 'ordinal'> {
  return {
    id,
    instance: {} as SpineInstance,
    profiles,
    central: profiles,
    centroidLps: [0, 0, 0],
    cut: false,
    support: 0.9,
  };
}

function vertebra(ordinal: number, y: number, options: { tilt?: number; forward?: number; slices?: number[]; level?: 'L1' | 'S1' } = {}): MeasuredVertebra {
  const { tilt = 0, forward = 0, slices = [4, 5, 6], level } = options;
  const profiles = slices.map((slice) => profile(slice, y, 27, tilt, forward));
  return { ...structure(`vertebra-${ordinal}`, profiles), ordinal, level: level ?? null };
} // prettier-ignore

function disc(change: Partial<MeasuredDisc> = {}): MeasuredDisc {
  const own = structure('disc-1', [4, 5, 6].map((slice) => profile(slice, 100, 9)));
  return { ...own, ordinal: 1, above: vertebra(2, 82), below: vertebra(1, 118), ...change };
} // prettier-ignore

const reasonOf = (value: { status: string; reason?: { code: string } }): string | undefined => value.reason?.code;

describe('discMeasures', () => {
  it('gives heights, index, wedge and slip of a known block', () => {
    const measures = discMeasures(disc({ above: vertebra(2, 82, { tilt: 0, forward: 4 }) }));
    expect(measures.heights).toMatchObject({
      status: 'assessed',
      value: { anteriorMm: 9, middleMm: 9, posteriorMm: 9 },
    });
    expect(measures.heightIndex).toMatchObject({ value: expect.closeTo(9 / 27, 6) as number });
    expect(measures.wedgeDeg).toMatchObject({ value: expect.closeTo(0, 6) as number });
    expect(measures.slip).toMatchObject({
      value: { slipMm: expect.closeTo(4, 1) as number, percentOfEndplate: expect.closeTo(12.5, 0) as number },
    });
  });

  it('trusts a thin disc less than a high one, and no measure more than its level', () => {
    const sure = (heightMm: number, label = 1): number => {
      const profiles = [4, 5].map((slice) => profile(slice, 100, heightMm));
      const { heights } = discMeasures(disc({ profiles, central: profiles }), label);
      return heights.status === 'assessed' ? heights.confidence : Number.NaN;
    };
    // A voxel off at both endplates: 7 to 11 mm, and 2 to 6 mm.
    expect(sure(9)).toBeCloseTo(7 / 11, 6);
    expect(sure(4)).toBeCloseTo(2 / 6, 6);
    expect(sure(30)).toBe(0.4);
    expect(sure(9, 0.2)).toBe(0.2);
    const { wedgeDeg, slip, heightIndex } = discMeasures(disc(), 0.25);
    for (const value of [wedgeDeg, slip, heightIndex]) expect(value).toMatchObject({ confidence: 0.25 });
  });

  const confidenceOf = (value: { status: string; confidence?: number }): number => value.confidence ?? Number.NaN;

  it('is as sure of wedge and slip as they stand when an outline moves by a voxel', () => {
    // The upper body a voxel further back while the lower one is a voxel further in front: 2 of 5 mm.
    expect(confidenceOf(discMeasures(disc()).slip)).toBeCloseTo(0.6, 2);
    // One rim of an endplate a voxel higher: atan(1/32), 1.8 of 10 degrees.
    expect(confidenceOf(discMeasures(disc()).wedgeDeg)).toBeCloseTo(0.82, 1);
    expect(confidenceOf(discMeasures(disc()).heightIndex)).toBeLessThan(confidenceOf(discMeasures(disc()).heights));
  });

  it('is less sure of what is different one slice beside', () => {
    const uneven = [4, 5, 6, 7].map((slice) => profile(slice, 100, slice === 7 ? 4 : 9));
    const beside = disc({ profiles: uneven, central: uneven.slice(1, 2) });
    expect(confidenceOf(discMeasures(beside).heights)).toBeCloseTo(7 / 11, 6);
    const nearer = disc({ profiles: uneven, central: uneven.slice(2, 3) });
    expect(confidenceOf(discMeasures(nearer).heights)).toBeCloseTo(4 / 11, 6);
    const turned = [...disc().above!.central, profile(7, 82, 27, -6)];
    const above = { ...disc().above!, profiles: turned, central: turned.slice(2, 3) };
    const straight = [4, 5, 6, 7].map((slice) => profile(slice, 118, 27));
    const below = { ...disc().below!, profiles: straight, central: straight.slice(2, 3) };
    expect(confidenceOf(discMeasures(disc({ above, below })).wedgeDeg)).toBeCloseTo(0.4, 1);
  });

  it('opens the wedge with the tilt of its neighbours', () => {
    const tilted = disc({ above: vertebra(2, 82, { tilt: -6 }), below: vertebra(1, 118, { tilt: 4 }) });
    const { wedgeDeg } = discMeasures(tilted);
    if (wedgeDeg.status !== 'assessed') throw new Error('withheld');
    expect(wedgeDeg.value).toBeCloseTo(10, 4);
  });

  it('says NEIGHBOUR_MISSING where an endplate is wanting', () => {
    const { above: _above, ...lonely } = disc();
    expect(reasonOf(discMeasures(lonely).wedgeDeg)).toBe('NEIGHBOUR_MISSING');
    expect(reasonOf(discMeasures(lonely).slip)).toBe('NEIGHBOUR_MISSING');
    expect(discMeasures(lonely).heightIndex.status).toBe('assessed');
    const { below: _below, ...alone } = lonely;
    expect(reasonOf(discMeasures(alone).heightIndex)).toBe('NEIGHBOUR_MISSING');
  });

  it('says SEGMENTATION_UNCERTAIN of a faint outline, an absurd wedge and an absurd slip', () => {
    expect(reasonOf(discMeasures(disc({ support: 0.2 })).heights)).toBe('SEGMENTATION_UNCERTAIN');
    const bent = disc({ above: vertebra(2, 82, { tilt: -30 }), below: vertebra(1, 118, { tilt: 20 }) });
    expect(reasonOf(discMeasures(bent).wedgeDeg)).toBe('SEGMENTATION_UNCERTAIN');
    expect(reasonOf(discMeasures(disc({ above: vertebra(2, 82, { forward: 25 }) })).slip)).toBe(
      'SEGMENTATION_UNCERTAIN',
    );
    expect(reasonOf(vertebraHeights(vertebra(0, 100)))).toBe('SEGMENTATION_UNCERTAIN');
  });

  it('says TOO_FEW_SLICES_OF_STRUCTURE without a middle slice or a shared one', () => {
    expect(reasonOf(discMeasures(disc({ central: [] })).heights)).toBe('TOO_FEW_SLICES_OF_STRUCTURE');
    const apart = disc({ above: vertebra(2, 82, { slices: [1, 2] }) });
    expect(reasonOf(discMeasures(apart).wedgeDeg)).toBe('TOO_FEW_SLICES_OF_STRUCTURE');
    expect(reasonOf(discMeasures(apart).slip)).toBe('TOO_FEW_SLICES_OF_STRUCTURE');
  });

  it('says DISC_PARTLY_OUTSIDE of what the image cuts', () => {
    expect(reasonOf(discMeasures(disc({ cut: true })).heights)).toBe('DISC_PARTLY_OUTSIDE');
  });

  it('doubts an outline of implausible height, of one slice, or with little support', () => {
    expect(outlineConfidence(disc())).toBe(0.9);
    expect(outlineConfidence(disc({ central: [profile(5, 100, 25)] }))).toBe(0.4);
    expect(outlineConfidence(disc({ central: [profile(5, 100, 9)] }))).toBe(0.7);
    expect(outlineConfidence(disc({ support: 0.35 }))).toBe(0.35);
  });
});

describe('lumbarLordosis', () => {
  const model = (l1?: MeasuredVertebra, s1?: MeasuredVertebra): Parameters<typeof lumbarLordosis>[0] => ({
    discs: [],
    vertebrae: [l1, s1].filter((v) => v !== undefined),
  });
  const [l1, s1] = [vertebra(5, 20, { level: 'L1', tilt: -15 }), vertebra(0, 200, { level: 'S1', tilt: 30 })];

  it('is the angle between the superior endplates of L1 and S1', () => {
    const value = lumbarLordosis(model(l1, s1), 0.8);
    if (value.status !== 'assessed') throw new Error('withheld');
    expect(value.value).toBeCloseTo(45, 4);
    expect(value.confidence).toBeCloseTo(0.8, 6);
    const sure = lumbarLordosis(model(l1, s1), 1);
    // A rim of an endplate a voxel higher turns it by 1.8 of 15 degrees.
    expect(sure.status === 'assessed' && sure.confidence).toBeCloseTo(0.88, 1);
  });

  it('is withheld where coverage does not allow it', () => {
    expect(reasonOf(lumbarLordosis(model(l1), 1))).toBe('NEIGHBOUR_MISSING');
    expect(reasonOf(lumbarLordosis(model(undefined, s1), 1))).toBe('NEIGHBOUR_MISSING');
    expect(reasonOf(lumbarLordosis(model({ ...l1, cut: true }, s1), 1))).toBe('COVERAGE_INCOMPLETE');
    const elsewhere = vertebra(0, 200, { level: 'S1', slices: [9] });
    expect(reasonOf(lumbarLordosis(model(l1, elsewhere), 1))).toBe('TOO_FEW_SLICES_OF_STRUCTURE');
  });
});
