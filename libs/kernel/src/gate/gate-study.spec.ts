import { parseUid } from '@endplate/dicom';
import { type InstanceHeader, type Series } from '@endplate/imaging';
import { gateStudy } from './gate-study';
import { seriesRole } from './series-role';
import { isSharpKernel } from './sharp-kernel';

const uid = (n: number): ReturnType<typeof parseUid> => parseUid(`1.2.3.${n}`);
let next = 1;

function header(overrides: Partial<Record<keyof InstanceHeader, unknown>> = {}): InstanceHeader {
  return {
    sopClassUID: uid(1),
    sopInstanceUID: uid(1000 + next++),
    seriesInstanceUID: uid(2),
    studyInstanceUID: uid(3),
    frameOfReferenceUID: '1.2.3.4',
    modality: 'MR',
    rows: 384,
    columns: 384,
    pixelSpacing: [0.8, 0.8],
    imageOrientationPatient: [0, 1, 0, 0, 0, -1],
    imagePositionPatient: [0, 0, 0],
    imageType: ['ORIGINAL', 'PRIMARY'],
    scanningSequence: ['SE'],
    sequenceVariant: [],
    scanOptions: [],
    numberOfFrames: 1,
    hasPixelData: true,
    ...overrides,
  } as unknown as InstanceHeader;
}

function series(
  n: number,
  overrides: Partial<Record<keyof InstanceHeader, unknown>>,
  more: Partial<Series> = {},
): Series {
  const seriesInstanceUID = uid(5000 + next++);
  const headers = Array.from({ length: n }, () => header({ seriesInstanceUID, ...overrides }));
  return {
    seriesInstanceUID,
    modality: headers[0]?.modality ?? '',
    headers,
    normal: [-1, 0, 0],
    spacingMm: 4,
    stepLps: [-4, 0, 0],
    planeIndices: headers.map((_, k) => k),
    problems: [],
    problemList: [],
    ...more,
  };
}

const T1 = { repetitionTimeMs: 550, echoTimeMs: 11 };
const T2 = { repetitionTimeMs: 3500, echoTimeMs: 101 };
const CT = { modality: 'CT', rescale: { slope: 1, intercept: -1024 }, imageOrientationPatient: [1, 0, 0, 0, 1, 0] };
const AXIAL = { normal: [0, 0, 1] as const, spacingMm: 1 };

describe('seriesRole', () => {
  const roles: [string, Partial<Record<keyof InstanceHeader, unknown>>, string, string][] = [
    ['T1 spin echo', T1, 'mr-t1', 'tr-te'],
    ['T2 spin echo', T2, 'mr-t2', 'tr-te'],
    ['T2 with fat saturation', { ...T2, scanOptions: ['FS'] }, 'mr-t2-fat-suppressed', 'tr-te'],
    ['T1 with fat saturation in its name', { ...T1, seriesDescription: 'T1 TSE FS SAG' }, 'mr-t1-fat-suppressed', 'tr-te'],
    ['STIR', { scanningSequence: ['IR'], inversionTimeMs: 150, repetitionTimeMs: 4000, echoTimeMs: 60 }, 'mr-t2-fat-suppressed', 'ti-nulls-fat'],
    ['T1 FLAIR', { scanningSequence: ['IR'], inversionTimeMs: 860, repetitionTimeMs: 2200, echoTimeMs: 12 }, 'mr-t1', 'ti-te'],
    ['gradient echo', { scanningSequence: ['GR'], repetitionTimeMs: 11, echoTimeMs: 1.4 }, 'mr-gre', 'scanning-sequence'],
    ['proton density', { repetitionTimeMs: 3000, echoTimeMs: 20 }, 'mr-other', 'tr-te'],
    ['no times, T2 in its name', { seriesDescription: 'sag t2 tse' }, 'mr-t2', 'description'],
    ['neither times nor name', {}, 'mr-other', 'no-times'],
    ['localiser', { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'], ...T2 }, 'localiser', 'image-type'],
    ['CT', CT, 'ct', 'modality'],
    ['chest X-ray', { modality: 'DX' }, 'other', 'modality'],
  ]; // prettier-ignore
  it.each(roles)('%s', (_name, overrides, role, evidence) => {
    expect(seriesRole(header(overrides))).toEqual({ role, evidence });
  });
});

describe('gateStudy', () => {
  it('pairs T1 and T2 of one frame of reference, T2 first', () => {
    const [t1, t2] = [series(13, T1), series(13, T2)];
    const { plan, uses } = gateStudy([t1, t2]);
    expect(plan).toMatchObject({ kind: 'mr', primary: { series: t2 }, t1: { series: t1 }, t2: { series: t2 } });
    expect(uses.map((use) => use.used)).toEqual([true, true]);
  });

  it('does not pair series of different frames of reference', () => {
    const { plan } = gateStudy([series(13, { ...T1, frameOfReferenceUID: '1.2.9' }), series(13, T2)]);
    expect(plan).toMatchObject({ kind: 'mr', primary: { role: 'mr-t2' } });
    expect(plan).not.toHaveProperty('t1');
  });

  it('takes the thinner of two CT series and the softer of two equal ones', () => {
    const thick = series(60, CT, { ...AXIAL, spacingMm: 5 });
    const thin = series(300, CT, AXIAL);
    const sharp = series(300, { ...CT, convolutionKernel: 'B70f' }, AXIAL);
    expect(gateStudy([thick, sharp, thin]).plan).toMatchObject({ kind: 'ct', ct: { series: thin } });
  });

  const refused: [string, () => Series[], string][] = [
    ['an empty study', () => [], 'NO_IMAGES'],
    ['a localiser only', () => [series(3, { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'] })], 'LOCALISER_ONLY'],
    ['images without pixel data', () => [series(13, { ...T2, hasPixelData: false })], 'NO_PIXEL_DATA'],
    ['a chest X-ray', () => [series(1, { modality: 'DX', imageOrientationPatient: undefined })], 'MODALITY_NOT_SUPPORTED'],
    ['CT of a few slices', () => [series(5, CT, AXIAL)], 'TOO_FEW_SLICES'],
    ['CT of 10 mm', () => [series(60, CT, { ...AXIAL, spacingMm: 10 })], 'SPACING_TOO_COARSE'],
    ['CT without HU', () => [series(60, { ...CT, rescale: undefined }, AXIAL)], 'NO_HU_SCALE'],
    ['CT in other units', () => [series(60, { ...CT, rescale: { slope: 1, intercept: 0, type: 'US' } }, AXIAL)], 'NO_HU_SCALE'],
    ['axial MR', () => [series(30, T2, { normal: [0, 0, 1] })], 'ORIENTATION_NOT_SUPPORTED'],
    ['MR without positions', () => [series(13, { ...T2, imagePositionPatient: undefined })], 'GEOMETRY_MISSING'],
    ['images of different sizes', () => {
      const mixed = series(2, T2);
      return [{ ...mixed, headers: [mixed.headers[0]!, header({ ...T2, rows: 256 })] }];
    }, 'GEOMETRY_UNUSABLE'],
  ]; // prettier-ignore
  it.each(refused)('refuses %s', (_name, list, code) => {
    const { plan, reason, uses } = gateStudy(list());
    expect(plan).toBeUndefined();
    expect(reason?.code).toBe(code);
    expect(uses.every((use) => !use.used)).toBe(true);
  });
});

describe('isSharpKernel', () => {
  it.each([['B30f', false], ['B60f', true], ['Br40', false], ['Hr68', true], ['STANDARD', false], ['BONEPLUS', true], ['FC08', false], ['FC52', true], [undefined, false]])('%s: %s', (kernel, sharp) => {
    expect(isSharpKernel(kernel)).toBe(sharp);
  }); // prettier-ignore
});
