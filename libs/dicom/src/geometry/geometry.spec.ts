import {
  applyAffine,
  composeAffine,
  cross,
  dot,
  IDENTITY_AFFINE,
  imagePlaneAffine,
  invertAffine,
  lpsToPixel,
  lpsToScoord,
  planeAxes,
  pixelToLps,
  scoordToLps,
  type Vec3,
} from '../index';

const sagittal = {
  ImagePositionPatient: [10, -100, 80],
  ImageOrientationPatient: [0, 1, 0, 0, 0, -1],
  PixelSpacing: [0.5, 0.25],
} as const;

describe('image plane', () => {
  test('the centre of the first pixel is the position; columns run back, rows down', () => {
    expect(pixelToLps(sagittal, 0, 0)).toEqual([10, -100, 80]);
    expect(pixelToLps(sagittal, 8, 2)).toEqual([10, -98, 79]);
    expect(planeAxes(sagittal.ImageOrientationPatient).normal).toEqual([-1, 0, 0]);
  });

  test('SCOORD counts from the corner of the first pixel, which is half a pixel away', () => {
    expect(lpsToScoord(sagittal, [10, -100, 80])).toEqual([0.5, 0.5]);
    expect(scoordToLps(sagittal, 0, 0)).toEqual([10, -100.125, 80.25]);
  });

  test('a point off the plane keeps its distance along the normal', () => {
    expect(lpsToPixel(sagittal, [7, -99, 79])).toEqual({ column: 4, row: 2, distanceMm: 3 });
  });

  test.each([
    ['zero cosines', { ...sagittal, ImageOrientationPatient: [0, 0, 0, 0, 1, 0] }],
    ['parallel cosines', { ...sagittal, ImageOrientationPatient: [1, 0, 0, 1, 0, 0] }],
    ['no spacing', { ...sagittal, PixelSpacing: [0, 1] }],
    ['NaN', { ...sagittal, ImagePositionPatient: [Number.NaN, 0, 0] }],
    ['too few', { ...sagittal, ImagePositionPatient: [1] }],
  ])('refuses %s', (_, plane) => {
    expect(() => imagePlaneAffine(plane)).toThrow(expect.objectContaining({ code: 'DICOM_GEOMETRY_INVALID' }) as Error);
  });
});

describe('affine', () => {
  const oblique = imagePlaneAffine({ ...sagittal, ImageOrientationPatient: [0.6, 0.8, 0, 0, 0, -1] }, [3, 0.5, 0.25]);

  test('the inverse undoes it', () => {
    const p: Vec3 = [12.5, -7.25, 3];
    const back = applyAffine(invertAffine(oblique), applyAffine(oblique, p));
    back.forEach((value, n) => expect(value).toBeCloseTo(p[n] as number, 9));
    composeAffine(oblique, invertAffine(oblique)).forEach((value, n) =>
      expect(value).toBeCloseTo(IDENTITY_AFFINE[n] as number, 9),
    );
  });

  test('a singular affine has no inverse', () => {
    expect(() => invertAffine([1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])).toThrow(/singular/);
  });

  test('the normal is right-handed', () => {
    const { row, column, normal } = planeAxes([0.6, 0.8, 0, 0, 0, -1]);
    expect(dot(cross(row, column), normal)).toBeCloseTo(1);
  });
});
