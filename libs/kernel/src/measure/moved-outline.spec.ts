import { movedOutline, turnedBorder } from './moved-outline';
import { planeFrame } from './plane-frame';
import { type StructureProfile } from './structure-profile';

const u = Array.from({ length: 41 }, (_, n) => -10 + n / 2);
const profile: StructureProfile = {
  slice: 3,
  frame: planeFrame([0, 0], [0, 1]),
  u,
  top: u.map((at) => -4 + at / 10),
  bottom: u.map(() => 4),
  from: -10.5,
  to: 10.5,
  posteriorTop: 10,
  posteriorBottom: 11,
  areaMm2: 160,
};

describe('movedOutline', () => {
  it('goes out by a length on every side, its ends as they were', () => {
    const moved = movedOutline(profile, 1);
    expect([moved.u[0], moved.u.at(-1)]).toEqual([-11, 11]);
    expect([moved.top[0], moved.top[2], moved.top.at(-1)]).toEqual([-6, -6, -4]);
    expect(moved.bottom).toHaveLength(moved.u.length);
    expect(new Set(moved.bottom)).toEqual(new Set([5]));
    expect(moved).toMatchObject({ from: -11.5, to: 11.5, posteriorTop: 11, posteriorBottom: 12 });
  });

  it('goes in, and keeps enough of a small structure to measure it', () => {
    const moved = movedOutline(profile, -1);
    expect([moved.u[0], moved.u.at(-1), moved.bottom[0]]).toEqual([-9, 9, 3]);
    const small = { ...profile, u: u.slice(0, 9), top: profile.top.slice(0, 9), bottom: profile.bottom.slice(0, 9) };
    expect(movedOutline(small, -1).u).toHaveLength(9);
  });
});

test('turnedBorder moves the anterior end of one border alone', () => {
  const { top, bottom } = turnedBorder(profile, 'bottom', 1);
  expect(top).toEqual(profile.top);
  expect([bottom[0], bottom[20], bottom.at(-1)]).toEqual([5, 4.5, 4]);
});
