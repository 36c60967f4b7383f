import { acrossFolds, bootstrapByStudy } from './folds';

const items = Array.from({ length: 300 }, (_, n) => ({ study: `p${n % 60}`, value: n }));
const studyOf = (item: { study: string }): string => item.study;

describe('acrossFolds', () => {
  it('judges every item once, by a model that never saw its patient', () => {
    const judged = acrossFolds(
      items,
      studyOf,
      (others) => new Set(others.map(studyOf)),
      (item, model) => model.has(item.study),
    );
    expect(judged).toHaveLength(items.length);
    expect(new Set(judged.map(({ item }) => item.value)).size).toBe(items.length);
    expect(judged.every(({ result }) => !result)).toBe(true);
  });

  it('makes five folds of about one size', () => {
    const sizes = new Set<number>();
    acrossFolds(
      items,
      studyOf,
      (others) => others.length,
      (_, size) => sizes.add(size),
    );
    expect(sizes.size).toBeGreaterThan(1);
    for (const size of sizes) expect(size).toBeGreaterThan(200);
  });
});

describe('another partition', () => {
  const groups = (split: number): string[] =>
    acrossFolds(
      items,
      studyOf,
      (others) => [...new Set(others.map(studyOf))].sort().join(),
      (_, left) => left,
      split,
    )
      .map(({ item, result }) => `${item.value} ${result}`)
      .sort();

  it('parts the patients otherwise, and the same way each time', () => {
    expect(groups(1)).toEqual(groups(1));
    expect(groups(1)).not.toEqual(groups(0));
    expect(groups(1)).not.toEqual(groups(2));
  });
});

describe('bootstrapByStudy', () => {
  it('gives the same interval each time, around the statistic', () => {
    const mean = (drawn: readonly { value: number }[]): number =>
      drawn.reduce((sum, item) => sum + item.value, 0) / drawn.length;
    const [low, high] = bootstrapByStudy(items, studyOf, mean);
    expect(bootstrapByStudy(items, studyOf, mean)).toEqual([low, high]);
    expect(low).toBeLessThan(149.5);
    expect(high).toBeGreaterThan(149.5);
    // Patients differ by 17 in the mean of their items, 60 of them: standard error 2.2.
    expect(high - low).toBeGreaterThan(5);
    expect(high - low).toBeLessThan(14);
  });

  it('takes nothing for nothing', () => {
    expect(bootstrapByStudy([], studyOf, () => 1)).toEqual([0, 0]);
  });
});
