import { type FoundSpine } from '../level/find-spine';
import { registerSpines } from './registration';

/** Discs and bodies 18 mm apart; `move` gives the place of each in the second series, [column, row] mm. */
function spine(move: (row: number) => readonly [number, number]): FoundSpine {
  const instances = Array.from({ length: 12 }, (_, n) => {
    const [column, row] = move(n * 18);
    const segment = { kind: 'body', from: 0, to: 1, support: 1, sacralShare: 0, cut: false };
    return { label: n + 1, kind: n % 2 === 0 ? 'body' : 'disc', segment, voxels: 100, centroid: [column, row, 0] };
  });
  const affine = [0, 0, 1, 0, 1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 0, 1];
  return { line: [], named: {}, map: { affine, instances } } as unknown as FoundSpine;
}

describe('registerSpines', () => {
  const still = spine((row) => [0, row]);

  it('measures a shift in the plane and nothing beside it', () => {
    const found = registerSpines(
      still,
      spine((row) => [1.2, row + 0.5]),
    )!;
    expect(found.shiftLps[1]).toBeCloseTo(1.2, 6);
    expect(found.shiftLps[2]).toBeCloseTo(-0.5, 6);
    expect(found.misalignmentMm).toBeCloseTo(1.3, 6);
  });

  it('tells another scale, though the middle of both agrees', () => {
    const found = registerSpines(
      still,
      spine((row) => [0, 99 + (row - 99) * 0.93]),
    )!;
    expect(found.shiftMm).toBeLessThan(1);
    expect(found.misalignmentMm).toBeGreaterThan(2);
  });

  it('says nothing about too few structures', () => {
    expect(
      registerSpines(
        still,
        spine((row) => [40, row]),
      ),
    ).toBeUndefined();
  });
});
