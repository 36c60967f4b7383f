import { drawAnatomy } from './anatomy';
import { frameAt, localOf, pitched, pointIn, rolled, yawed } from './frame';
import { rasterise } from './rasterise';
import { ellipsoid, roundedBox, type Solid } from './solid';
import { SpineClass, Tissue } from './tissue';

const paint = {
  core: Tissue.cancellous,
  shell: Tissue.cortical,
  shellMm: 1.5,
  spineClass: SpineClass.VertebralBody,
  instance: 3,
};

describe('rasterise', () => {
  const anatomy = drawAnatomy(11, { metal: false });

  test('gives a point the same tissue, class and instance on every plane through it', () => {
    const size = 200;
    const at = anatomy.bodies[2]!.plan.frame.origin;
    const corner = [at[0] - 50.13, at[1] - 50.13, at[2] - 50.13] as const;
    const axial = rasterise(anatomy.solids, {
      origin: [corner[0], corner[1], at[2]],
      columnStep: [0.5, 0, 0],
      rowStep: [0, 0.5, 0],
      columns: size,
      rows: size,
    });
    const sagittal = rasterise(anatomy.solids, {
      origin: [corner[0] + 50, corner[1], corner[2]],
      columnStep: [0, 0.5, 0],
      rowStep: [0, 0, 0.5],
      columns: size,
      rows: size,
    });
    const z = (at[2] - corner[2]) / 0.5;
    const nearest = rasterise(anatomy.solids, {
      origin: [corner[0] + 50, corner[1], at[2]],
      columnStep: [0, 0.5, 0],
      rowStep: [0, 0, 0.5],
      columns: size,
      rows: 1,
    });
    for (let n = 0; n < size; n++) {
      expect(nearest.tissue[n]).toBe(axial.tissue[n * size + 100]);
      expect(nearest.spineClass[n]).toBe(axial.spineClass[n * size + 100]);
      expect(nearest.instance[n]).toBe(axial.instance[n * size + 100]);
    }
    expect(new Set(sagittal.spineClass).size).toBeGreaterThan(3);
    expect(sagittal.instance[Math.round(z) * size + 100]).toBe(3);
  });

  test.each([
    ['an ellipsoid', ellipsoid],
    ['a box', roundedBox],
  ] as const)('taking several points at once changes nothing in %s', (_, make) => {
    const frame = yawed(rolled(pitched(frameAt([2.2, -3.1, 1.7]), 0.4), -0.3), 0.8);
    const fast = make(frame, [21, 14, 17], paint);
    const { steepness: _steepness, ...slow } = fast;
    const plane = {
      origin: [-30, -30, 3] as const,
      columnStep: [0.4, 0, 0.05] as const,
      rowStep: [0, 0.4, 0] as const,
      columns: 150,
      rows: 150,
    };
    const a = rasterise([fast], plane);
    const b = rasterise([slow as Solid], plane);
    expect(a.tissue).toEqual(b.tissue);
    expect(a.spineClass).toEqual(b.spineClass);
    expect(a.tissue.some((t) => t === Tissue.cortical)).toBe(true);
  });

  test('a thin shell and a class that begins below it are where they were asked for', () => {
    const ball = ellipsoid(frameAt([0, 0, 0]), [10, 10, 10], { ...paint, classFromMm: 1 });
    const line = rasterise([ball], {
      origin: [-12, 0, 0],
      columnStep: [0.1, 0, 0],
      rowStep: [0, 1, 0],
      columns: 241,
      rows: 1,
    });
    const at = (x: number): number => Math.round((x + 12) / 0.1);
    expect([line.tissue[at(-10.5)], line.tissue[at(-9.5)], line.tissue[at(-8)]]).toEqual([
      0,
      Tissue.cortical,
      Tissue.cancellous,
    ]);
    expect([line.spineClass[at(-9.5)], line.spineClass[at(-8.8)], line.instance[at(0)]]).toEqual([0, 1, 3]);
  });
});

test('a frame that was turned gives back the local coordinates of its points', () => {
  const frame = yawed(rolled(pitched(frameAt([1, 2, 3]), 0.7), 0.2), -0.4);
  const [l, p, u] = localOf(frame, pointIn(frame, 4, -5, 6));
  expect(l).toBeCloseTo(4, 9);
  expect(p).toBeCloseTo(-5, 9);
  expect(u).toBeCloseTo(6, 9);
});
