import { quantile } from './statistics';

describe('quantile', () => {
  const lines: [string, number[]][] = [
    ['one number', [3]],
    ['equal numbers', [2, 2, 2, 2, 2, 2]],
    ['falling numbers', Array.from({ length: 40 }, (_, n) => 40 - n)],
    ['many of a few numbers', Array.from({ length: 500 }, (_, n) => (n * 7919) % 13)],
    ['infinities and NaN', [4, Number.NaN, -Infinity, 1, Infinity, Number.NaN, 0.5]],
  ];
  it.each(lines)('is what a sort brings to the place, NaN last: %s', (_name, values) => {
    const sorted = Float64Array.from(values).sort();
    for (const fraction of [0, 0.01, 0.1, 0.5, 0.9, 0.99, 1]) {
      const place = Math.min(values.length - 1, Math.floor(fraction * values.length));
      expect(quantile(values, fraction)).toBe(sorted[place]);
    }
  });

  it('leaves its input as it was', () => {
    const values = [3, 1, 2];
    quantile(values, 0.5);
    expect(values).toEqual([3, 1, 2]);
  });
});
