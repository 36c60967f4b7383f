import { endplateLesions, type ChangedVoxel } from './lesion';

/** A patch of changed voxels on three slices, 10 columns by 6 rows of 0.9 mm, turned in the frame by an angle. */
function patch(turnDeg: number, shiftMm: number): ChangedVoxel[] {
  const [cos, sin] = [Math.cos((turnDeg * Math.PI) / 180), Math.sin((turnDeg * Math.PI) / 180)];
  const voxels: ChangedVoxel[] = [];
  for (let slice = 0; slice < 3; slice++) {
    for (let row = 0; row < 6; row++) {
      for (let column = 0; column < 10; column++) {
        // A little to one side and to the other, as rounding leaves it.
        const jitter = (column + row) % 2 === 0 ? 1e-12 : -1e-12;
        const [x, y] = [column * 0.9 + shiftMm + jitter, row * 0.9 + shiftMm - jitter];
        const [u, w] = [x * cos - y * sin, x * sin + y * cos];
        const voxel = {
          at: 0,
          slice,
          u,
          w,
          fromTopMm: 1 + row,
          fromBottomMm: 20,
          lps: [0, 0, 0] as const,
          t1: 1,
          t2: 1,
        };
        voxels.push({ voxel, type: '1', depthMm: 1 + row });
      }
    }
  }
  return voxels;
}

describe('endplateLesions', () => {
  it.each([
    [0, 0],
    [0, 0.45],
    [30, 0.1],
    [45, 0.45],
    [-20, 0.3],
  ])('keeps a patch whole when the frame is turned by %d degrees and shifted by %d mm', (turn, shift) => {
    const lesions = endplateLesions(patch(turn, shift), 0.9, 0.81, 5);
    expect(lesions.map((lesion) => lesion.voxels.length)).toEqual([60, 60, 60]);
    expect(lesions[0]!.areaMm2).toBeCloseTo(60 * 0.81, 6);
  });

  it('parts patches that lie two pixels from each other', () => {
    const gap = patch(0, 0).filter(({ voxel }) => Math.round(voxel.u / 0.9) !== 5 && Math.round(voxel.u / 0.9) !== 4);
    expect(endplateLesions(gap, 0.9, 0.81, 5)).toEqual([]);
  });
});
