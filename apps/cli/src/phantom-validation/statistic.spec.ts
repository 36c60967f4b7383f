import { limitsOfAgreement, namedKappa, shareInterval, tally } from './statistic';

describe('statistic', () => {
  it('gives bias and limits of agreement of a worked example', () => {
    const { bias, low, high } = limitsOfAgreement([1, 2, 3, 4, 5]);
    expect(bias).toBe(3);
    // Standard deviation of 1 to 5 with n - 1: sqrt(2.5).
    expect(high - bias).toBeCloseTo(1.96 * Math.sqrt(2.5), 10);
    expect(bias - low).toBeCloseTo(1.96 * Math.sqrt(2.5), 10);
  });

  it('gives the score interval of a share: 0 of 10 is not certainty', () => {
    const [low, high] = shareInterval(0, 10);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(0.2775, 3);
    expect(shareInterval(0, 0)).toEqual([0, 1]);
  });

  it('gives kappa over names', () => {
    const pairs = [
      ...Array.from({ length: 20 }, () => ({ truth: 'a', found: 'a' })),
      ...Array.from({ length: 5 }, () => ({ truth: 'a', found: 'b' })),
      ...Array.from({ length: 10 }, () => ({ truth: 'b', found: 'a' })),
      ...Array.from({ length: 15 }, () => ({ truth: 'b', found: 'b' })),
    ];
    expect(namedKappa(pairs)).toBeCloseTo(0.4, 10);
  });

  it('counts names, the most frequent first', () => {
    expect(tally(['x', 'y', 'y'])).toBe('y 2, x 1');
    expect(tally([])).toBe('none');
  });
});
