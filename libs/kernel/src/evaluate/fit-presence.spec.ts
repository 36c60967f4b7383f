import { presenceScore } from '../mr/modic-presence';
import { fitGradeBorders, gradeByBorders } from './fit-grades';
import { fitPresence } from './fit-presence';

describe('fitPresence', () => {
  const samples = Array.from({ length: 400 }, (_, n) => {
    const [x, noise] = [(n % 40) / 20 - 1, ((n * 7919) % 101) / 50 - 1];
    return { measures: [x, noise], truth: x > 0.1 };
  });

  it('weighs what tells and leaves aside what does not', () => {
    const model = fitPresence(samples);
    expect(model.weights[0]).toBeGreaterThan(1);
    expect(Math.abs(model.weights[1]!)).toBeLessThan(0.15 * model.weights[0]!);
    const right = samples.filter((s) => presenceScore(s.measures, model) >= model.cut === s.truth).length;
    expect(right / samples.length).toBeGreaterThan(0.97);
  });

  it('calls as many as are true where the measures can not part them', () => {
    const unclear = samples.map((s, n) => ({ ...s, truth: s.truth !== (n % 7 === 0) }));
    const model = fitPresence(unclear);
    const called = unclear.filter((s) => presenceScore(s.measures, model) >= model.cut);
    const present = unclear.filter((s) => s.truth).length;
    expect(present).toBeGreaterThan(150);
    expect(Math.abs(called.length - present)).toBeLessThanOrEqual(1);
    expect(called.some((s) => !s.truth)).toBe(true);
  });

  it('calls nothing after samples of which none is true', () => {
    const model = fitPresence(samples.map((s) => ({ ...s, truth: false })));
    expect(samples.some((s) => presenceScore(s.measures, model) >= model.cut)).toBe(false);
  });

  it('is not moved by the unit of a measure', () => {
    const scaled = samples.map((s) => ({ ...s, measures: [s.measures[0]! * 1000, s.measures[1]!] }));
    expect(fitPresence(scaled).weights[0]! * 1000).toBeCloseTo(fitPresence(samples).weights[0]!, 6);
  });
});

describe('fitGradeBorders', () => {
  it('finds the borders that the grades follow', () => {
    const samples = Array.from({ length: 200 }, (_, n) => {
      const ratio = n / 200;
      return { ratio, truth: ratio >= 0.7 ? 1 : ratio >= 0.4 ? 2 : ratio >= 0.2 ? 3 : 4 };
    });
    const borders = fitGradeBorders(samples);
    const agreed = samples.filter((s) => gradeByBorders(s.ratio, borders) === s.truth).length;
    expect(agreed / samples.length).toBeGreaterThan(0.95);
    expect(borders[0]! > borders[1]! && borders[1]! > borders[2]!).toBe(true);
  });
});
