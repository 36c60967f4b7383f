import { discBetween, levelAbove } from './level';

describe('levels', () => {
  it('name the disc between two vertebrae', () => {
    expect(discBetween('L4', 'L5')).toBe('L4/L5');
    expect(discBetween('L5', 'L4')).toBeUndefined();
  });

  it.each([
    ['L5', 0, 'L5'],
    ['L5', 5, 'T12'],
    ['S1', 1, 'L5'],
    ['L5/S1', 4, 'L1/L2'],
    ['L4/L5', 4, 'T12/L1'],
    ['T8', 1, undefined],
    ['T8/T9', 1, undefined],
    ['L6', 1, undefined],
  ] as const)('%s and %d further up is %s', (level, count, expected) => {
    expect(levelAbove(level, count)).toBe(expected);
  });
});
