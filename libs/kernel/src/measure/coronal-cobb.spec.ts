import { type ProbabilityStack } from '../segment/probability-stack';
import { coronalCobb } from './coronal-cobb';
import { type MeasuredVertebra, type SpineModel } from './spine-model';
import { type StructureProfile } from './structure-profile';

/** Sagittal slices 4 mm apart from the patient's right to left; rows run downward. */
const STACK = {
  spacingMm: [1, 1, 4],
  affine: [0, 0, 4, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1],
} as unknown as ProbabilityStack;

/** A body whose endplates rise to the left by the given angle, seen on some slices. */
function body(ordinal: number, tiltDeg: number, slices = 9): MeasuredVertebra {
  const height = -36 * ordinal;
  const u = Array.from({ length: 61 }, (_, n) => -15 + n / 2);
  const profiles = Array.from({ length: slices }, (_, slice): StructureProfile => {
    const row = height - Math.tan((tiltDeg * Math.PI) / 180) * 4 * (slice - (slices - 1) / 2);
    return {
      slice,
      frame: { origin: [50, row], posterior: [1, 0], caudal: [0, 1] },
      u,
      top: u.map(() => -13),
      bottom: u.map(() => 13),
      from: -15,
      to: 15,
      posteriorTop: 15,
      posteriorBottom: 15,
      areaMm2: 780,
    };
  });
  return { id: `vertebra-${ordinal}`, ordinal, level: null, profiles, central: profiles.slice(3, 6), cut: false, support: 0.9 } as unknown as MeasuredVertebra; // prettier-ignore
}

const spine = (...vertebrae: MeasuredVertebra[]): SpineModel => ({ vertebrae, discs: [] });

describe('coronal Cobb angle', () => {
  it('is that of the most tilted vertebrae and says where the curve bulges', () => {
    const found = coronalCobb(spine(body(1, -5), body(2, -9), body(3, 2), body(4, 14), body(5, 8)), STACK);
    expect(found).toMatchObject({
      status: 'assessed',
      value: { convexTo: 'left', upperVertebraId: 'vertebra-4', lowerVertebraId: 'vertebra-2' },
    });
    if (found.status !== 'assessed') throw new Error('withheld');
    // 23 degrees were drawn; the smooth curve takes a little off two opposite peaks so near to each other.
    expect(found.value.angleDeg).toBeGreaterThan(17);
    expect(found.value.angleDeg).toBeLessThan(23);
  });

  it('bulges to the right when the endplates open to the right', () => {
    const found = coronalCobb(spine(body(1, 10), body(2, 4), body(3, -2), body(4, -8)), STACK);
    expect(found).toMatchObject({ status: 'assessed', value: { convexTo: 'right' } });
  });

  it('keeps the angle of an even bend', () => {
    const found = coronalCobb(spine(body(1, -10), body(2, -5), body(3, 0), body(4, 5), body(5, 10)), STACK);
    expect(found.status === 'assessed' && found.value.angleDeg).toBeCloseTo(20, 1);
  });

  it('takes less of tilts that go to and fro from one vertebra to the next', () => {
    const found = coronalCobb(spine(...[2, -2, 2, -2, 2, -2].map((tilt, n) => body(n + 1, tilt))), STACK);
    expect(found.status === 'assessed' && found.value.angleDeg).toBeLessThan(3.5);
  });

  it('is as sure as the angle stands with an end of its vertebrae a voxel higher, and with fewer slices', () => {
    const confidence = (slices: number): number => {
      const found = coronalCobb(spine(...[-10, -5, 0, 5, 10].map((tilt, n) => body(n + 1, tilt, slices))), STACK);
      return found.status === 'assessed' ? found.confidence : Number.NaN;
    };
    // Over 32 mm a voxel is 1.8 degrees at each of two vertebrae, over 20 mm 2.9.
    expect(confidence(9)).toBeCloseTo(1 - 0.36, 1);
    expect(confidence(6)).toBeLessThan(confidence(9) - 0.15);
  });

  it('is small in a straight spine', () => {
    const found = coronalCobb(spine(body(1, 1), body(2, 1), body(3, 1), body(4, 1)), STACK);
    expect(found.status === 'assessed' && found.value.angleDeg).toBeCloseTo(0, 6);
  });

  it('is withheld where slices or vertebrae are too few', () => {
    const narrow = spine(body(1, 0, 3), body(2, 0, 3), body(3, 0, 3), body(4, 0, 3));
    expect(coronalCobb(narrow, STACK)).toMatchObject({ reason: { code: 'COVERAGE_INCOMPLETE' } });
    expect(coronalCobb(spine(body(1, 0), body(2, 0), body(3, 0)), STACK)).toMatchObject({
      reason: { code: 'COVERAGE_INCOMPLETE' },
    });
  });
});
