import { Rng } from './rng';
import { ValueNoise } from './value-noise';

const draw = (rng: Rng, count: number): number[] => Array.from({ length: count }, () => rng.next());

describe('Rng', () => {
  test('gives the same sequence for the same seed and name, another one for others', () => {
    expect(draw(new Rng(7, 'a'), 50)).toEqual(draw(new Rng(7, 'a'), 50));
    expect(draw(new Rng(7, 'a'), 5)).not.toEqual(draw(new Rng(8, 'a'), 5));
    expect(draw(new Rng(7, 'a'), 5)).not.toEqual(draw(new Rng(7, 'b'), 5));
  });

  test('forks do not depend on what was drawn before', () => {
    const used = new Rng(3);
    draw(used, 11);
    expect(draw(used.fork('x'), 5)).toEqual(draw(new Rng(3).fork('x'), 5));
  });

  test('draws uniform and normal deviates with the right moments', () => {
    const rng = new Rng(1);
    const uniform = Array.from({ length: 20_000 }, () => rng.uniform(2, 4));
    const normal = Array.from({ length: 20_000 }, () => rng.normal(5, 2));
    const mean = (v: number[]): number => v.reduce((a, b) => a + b, 0) / v.length;
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...uniform)).toBeLessThan(4);
    expect(mean(uniform)).toBeCloseTo(3, 1);
    expect(mean(normal)).toBeCloseTo(5, 1);
    expect(Math.sqrt(mean(normal.map((v) => (v - 5) ** 2)))).toBeCloseTo(2, 1);
  });
});

describe('ValueNoise', () => {
  test('is smooth, has a standard deviation near 1 and no jump at the seams', () => {
    const noise = new ValueNoise(new Rng(5), 4);
    let square = 0;
    for (let n = 0; n < 4000; n++) square += noise.at(n * 1.37, n * 0.71, n * 0.29) ** 2;
    expect(Math.sqrt(square / 4000)).toBeGreaterThan(0.6);
    expect(Math.sqrt(square / 4000)).toBeLessThan(1.4);
    for (const x of [0, 4, 128, -128])
      expect(Math.abs(noise.at(x - 1e-4, 3, 9) - noise.at(x + 1e-4, 3, 9))).toBeLessThan(1e-2);
  });
});
