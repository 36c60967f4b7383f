import { seededNoise } from '../fixture/seeded-noise';
import { correctBias } from './bias-field';
import { type MarrowVoxel } from './marrow';
import { marrowReferences } from './marrow-reference';
import { assessModic, type ModicResult } from './modic';

interface Patch {
  /** Which voxels change: position along the endplate, depth under the superior endplate (mm), slice. */
  readonly where: (u: number, depth: number, slice: number) => boolean;
  readonly t1: number;
  readonly t2: number;
}

interface Setting {
  readonly patches?: readonly Patch[];
  readonly noise?: number;
  readonly fatSuppressed?: boolean;
  readonly slices?: number;
  /** Change of the signal per mm towards posterior, natural logarithm. */
  readonly bias?: number;
  readonly t1?: number;
  readonly t2?: number;
}

const HEIGHT = 27;

/** Marrow of one body, 26 mm deep and 27 mm high at 1 mm, in slices of 4 mm. */
function body(
  { patches = [], noise = 0.03, slices = 5, bias = 0, t1 = 300, t2 = 200 }: Setting,
  seed = 3,
): MarrowVoxel[] {
  const random = seededNoise(seed);
  const voxels: MarrowVoxel[] = [];
  for (let slice = 0; slice < slices; slice++) {
    for (let w = 0; w < HEIGHT; w++) {
      for (let u = -13; u <= 13; u++) {
        const depth = w + 0.5;
        const patch = patches.find((candidate) => candidate.where(u, depth, slice));
        const field = Math.exp(bias * u);
        voxels.push({
          at: voxels.length,
          slice,
          u,
          w: depth,
          fromTopMm: depth,
          fromBottomMm: HEIGHT - depth,
          lps: [slice * 4, u, -depth],
          t1: t1 * (patch?.t1 ?? 1) * (1 + noise * random()) * field,
          t2: t2 * (patch?.t2 ?? 1) * (1 + noise * random()) * field,
        });
      }
    }
  }
  return voxels;
}

function judge(setting: Setting): ModicResult {
  const around = setting.noise ?? 0.03;
  const bodies = [body({ noise: around }, 11), body(setting), body({ noise: around }, 12)];
  correctBias(bodies, 't1');
  correctBias(bodies, 't2');
  return assessModic({
    side: 'superior',
    marrow: bodies[1]!,
    reference: marrowReferences(bodies)[1],
    fatSuppressed: setting.fatSuppressed ?? false,
    pixelMm: 1,
    pixelAreaMm2: 1,
    sliceCount: setting.slices ?? 5,
    bodyHeightMm: HEIGHT,
    endplateLengthMm: 27,
    outlineConfidence: 0.9,
    labelConfidence: 1,
  });
}

const band = (u: number, depth: number, slice: number): boolean =>
  Math.abs(u) <= 7 && depth < 8 && slice >= 1 && slice <= 3;
const TYPE1: Patch = { where: band, t1: 0.6, t2: 1.5 };
const TYPE2: Patch = { where: band, t1: 1.5, t2: 1.25 };
const TYPE3: Patch = { where: band, t1: 0.5, t2: 0.5 };

describe('assessModic', () => {
  const types: [string, Setting, string][] = [
    ['healthy marrow', {}, 'none'],
    ['noisy healthy marrow', { noise: 0.1 }, 'none'],
    ['dark on T1, bright on T2', { patches: [TYPE1] }, '1'],
    ['bright on both', { patches: [TYPE2] }, '2'],
    ['dark on both', { patches: [TYPE3] }, '3-possible'],
    ['type 1 in a bias field', { patches: [TYPE1], bias: 0.008 }, '1'],
    ['healthy marrow in a bias field', { bias: 0.01 }, 'none'],
    ['type 1 on fat-suppressed T2', { patches: [TYPE1], fatSuppressed: true }, '1'],
    ['too small', { patches: [{ ...TYPE1, where: (u, d, s) => band(u, d, s) && Math.abs(u) <= 1 && d < 6 }] }, 'none'],
    ['on one slice of several', { patches: [{ ...TYPE1, where: (u, d, s) => band(u, d, 2) && s === 2 }] }, 'none'],
    ['on the only slice', { slices: 1, patches: [{ ...TYPE1, where: (u, d) => band(u, d, 2) }] }, '1'],
    ['round and off the endplate', { patches: [{ ...TYPE1, where: (u, d, s) => Math.hypot(u, d - 9) < 3.5 && s > 0 && s < 4 }] }, 'none'],
    ['a third of it of another type', { patches: [{ ...TYPE2, where: (u, d, s) => band(u, d, s) && u < -2 }, TYPE1] }, 'mixed'],
  ]; // prettier-ignore
  it.each(types)('%s', (_name, setting, type) => {
    const { assessment } = judge(setting);
    expect(assessment).toMatchObject({ status: 'assessed', value: { type } });
  });

  it('measures ratios and extent', () => {
    const { assessment } = judge({ patches: [TYPE1], noise: 0.02 });
    if (assessment.status !== 'assessed') throw new Error('withheld');
    const { value } = assessment;
    expect(value.t1Ratio).toBeCloseTo(0.6, 1);
    expect(value.t2Ratio).toBeCloseTo(1.5, 1);
    // 15 mm along the endplate, depths 1.5 to 7.5 mm: the first row under the endplate is left out.
    expect(Math.abs(value.areaMm2 - 105)).toBeLessThanOrEqual(6);
    expect(value.sliceCount).toBe(3);
    expect(value.heightPercent).toBeCloseTo((100 * 7.5) / HEIGHT, 0);
    expect(value.apFraction).toBeCloseTo(15 / 27, 1);
    expect(value.caveats).toEqual(['Infection and tumour not excluded.']);
  });

  const ball =
    (u0: number, depth0: number, radius: number): Patch['where'] =>
    (u, depth, slice) =>
      slice > 0 && slice < 4 && Math.hypot(u - u0, depth - depth0) <= radius;
  const focal: [string, Patch['where'], boolean][] = [
    ['touches the endplate', ball(-3, 6, 6.5), true],
    ['lies off the endplate', ball(-5, 10, 5), false],
  ];
  it.each(focal)('calls a round lesion that %s focal, not Modic', (_name, where, touchesEndplate) => {
    const { assessment, lesions } = judge({ patches: [{ ...TYPE2, where }] });
    expect(lesions).toEqual([]);
    expect(assessment).toMatchObject({
      value: {
        type: 'none',
        areaMm2: 0,
        focalLesion: { touchesEndplate },
        caveats: ['Focal marrow lesion, not Modic.'],
      },
    });
  });

  it('takes a short, deep change that is widest at the endplate for Modic', () => {
    const dome: Patch['where'] = (u, depth, slice) => slice > 0 && slice < 4 && Math.hypot(u / 6, depth / 10) <= 1;
    const { assessment } = judge({ patches: [{ ...TYPE2, where: dome }] });
    expect(assessment).toMatchObject({ value: { type: '2' } });
    expect(assessment).not.toHaveProperty('value.focalLesion');
  });

  it('does not take the basivertebral vein for a lesion', () => {
    const vein: Patch['where'] = (u, depth) => u > 1 && Math.abs(depth - HEIGHT / 2) < 4;
    expect(judge({ patches: [{ ...TYPE1, where: vein }] }).assessment).not.toHaveProperty('value.focalLesion');
  });

  it('names both types of a mixed change, the larger first', () => {
    const { assessment } = judge({ patches: [{ ...TYPE2, where: (u, d, s) => band(u, d, s) && u < -2 }, TYPE1] });
    expect(assessment).toMatchObject({ value: { mixedOf: ['1', '2'] } });
  });

  it('takes the neighbours as reference where most of the body is changed', () => {
    const whole: Patch = { where: (_u, depth) => depth < 24, t1: 0.6, t2: 1.5 };
    expect(judge({ patches: [whole] }).assessment).toMatchObject({ status: 'assessed', value: { type: '1' } });
  });

  it('never types 2 on fat-suppressed T2, and says so', () => {
    const { assessment } = judge({ patches: [{ ...TYPE2, t2: 0.7 }], fatSuppressed: true });
    expect(assessment).toMatchObject({ status: 'not-assessed', reason: { code: 'T2_FAT_SUPPRESSED' } });
  });

  it('withholds where the reference is not one tissue', () => {
    const { assessment } = judge({ noise: 0.5 });
    expect(assessment).toMatchObject({ status: 'not-assessed', reason: { code: 'REFERENCE_UNSTABLE' } });
  });

  it('withholds where T2 does not cover the band under the endplate', () => {
    const marrow = body({}).map((v) => (v.fromTopMm < 9 ? { ...v, t2: Number.NaN } : v));
    const { assessment } = assessModic({
      side: 'superior',
      marrow,
      reference: marrowReferences([marrow])[0],
      fatSuppressed: false,
      pixelMm: 1,
      pixelAreaMm2: 1,
      sliceCount: 5,
      bodyHeightMm: HEIGHT,
      endplateLengthMm: 27,
      outlineConfidence: 0.9,
      labelConfidence: 1,
    });
    expect(assessment).toMatchObject({ status: 'not-assessed', reason: { code: 'COVERAGE_INCOMPLETE' } });
  });

  it('calls type 3 possible at most, and says why', () => {
    const { assessment } = judge({ patches: [TYPE3] });
    expect(assessment).toMatchObject({
      value: { type: '3-possible', caveats: [expect.stringContaining('can not be proven')] },
    });
  });
});
