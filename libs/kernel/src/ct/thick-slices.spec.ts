import { type Vec3 } from '@endplate/dicom';
import { type Calcification } from '@endplate/findings';
import { boxDisc, sphere, type BoxDisc } from '../fixture/box-disc';
import { distanceFromBone } from './bone-distance';
import { assessCalcification } from './calcification';

const { abs, hypot } = Math;

function assessedValue(setting: BoxDisc): Calcification {
  const { assessment } = assessCalcification(boxDisc(setting));
  if (assessment.status !== 'assessed') throw new Error(`withheld: ${assessment.reason.code}`);
  return assessment.value;
}

describe('calcification on slices of 3 mm', () => {
  const THICK: BoxDisc = { spacing: [0.6, 0.6, 3], layers: 12, heightMm: 13 };

  it('finds an island that the blur of bone meets across the slices', () => {
    for (const z of [-0.5, 0, 0.5]) {
      const value = assessedValue({ ...THICK, lesion: sphere([3, -2, z], 2.5, 700) });
      const truth = (4 / 3) * Math.PI * 2.5 ** 3;
      expect(value.islands).toHaveLength(1);
      expect(abs(value.volumeMm3 - truth) / truth).toBeLessThan(0.35);
    }
  });

  it('finds nothing in a plain disc, wherever its endplates lie between the slices', () => {
    for (const heightMm of [8, 9, 10, 11, 12, 13])
      expect(assessedValue({ ...THICK, heightMm })).toMatchObject({ present: false, boneContinuous: [] });
  });

  it('gives up what stands on bone', () => {
    const spur = (p: Vec3): number | undefined =>
      hypot(p[0], p[1]) <= 2.5 && p[2] > 0 && p[2] <= 6.5 ? 600 : undefined;
    expect(assessedValue({ ...THICK, lesion: spur })).toMatchObject({ present: false, volumeMm3: 0 });
  });

  it('abstains in a disc where whatever it could show would reach bone', () => {
    const { assessment } = assessCalcification(boxDisc({ ...THICK, heightMm: 7 }));
    expect(assessment).toMatchObject({ status: 'not-assessed', reason: { code: 'DISC_TOO_THIN' } });
  });
});

it('keeps distance from bone in widths of the point spread, which differ across and within the slices', () => {
  const [nx, ny, nz] = [1, 9, 9];
  const bone = new Uint8Array(81);
  bone[0] = 1;
  const far = distanceFromBone({ nx, ny, nz }, [1, 0.6, 3], [1, 1.2, 3], bone, () => 0.2);
  // Voxels (z, y): the surface lies 0.2 of a slice over the centre of the first voxel.
  expect(far[9]).toBeCloseTo(0.8, 6);
  expect(far[18]).toBeCloseTo(1.8, 6);
  expect(far[2]).toBeCloseTo(1, 6);
  expect(far[9 + 2]).toBeCloseTo(hypot(0.8, 1), 6);
  expect(far[0]).toBeCloseTo(-0.2, 6);
});
