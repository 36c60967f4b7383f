import {
  findingConfidence,
  labelConfidence,
  lengthStability,
  offsetStability,
  type ConfidenceParts,
} from './finding-confidence';

const SURE: ConfidenceParts = { voxelMargin: 0.9, shapePlausibility: 0.8, labelGap: 1, stability: 0.95 };

describe('findingConfidence', () => {
  it.each(['voxelMargin', 'shapePlausibility', 'labelGap', 'stability'] as const)(
    'is held down by %s alone',
    (part) => {
      expect(findingConfidence({ ...SURE, [part]: 0.3 })).toBe(0.3);
    },
  );

  it('is the smallest part, from 0.05 to 1, whatever comes in', () => {
    expect(findingConfidence(SURE)).toBe(0.8);
    expect(findingConfidence({ ...SURE, stability: -2 })).toBe(0.05);
    expect(findingConfidence({ ...SURE, voxelMargin: Number.NaN })).toBe(0.05);
    expect(findingConfidence({ voxelMargin: 7, shapePlausibility: 7, labelGap: 7, stability: 7 })).toBe(1);
  });
});

describe('labelConfidence', () => {
  it('is the gap of a named level, and nothing to a level that is only counted', () => {
    expect(labelConfidence(0.4, true)).toBe(0.4);
    expect(labelConfidence(0.1, false)).toBe(1);
  });
});

describe('stability', () => {
  it('of a length is the shortest over the longest that it may be', () => {
    expect(lengthStability(9, [7, 11])).toBeCloseTo(7 / 11, 6);
    expect(lengthStability(9, [])).toBe(1);
    expect(lengthStability(3, [0, 5])).toBe(0.2);
    expect(lengthStability(3, [Number.NaN])).toBe(0.2);
  });

  it('of an angle or an offset is what its largest change leaves of the scale', () => {
    expect(offsetStability(4, [3, 5.5], 5)).toBeCloseTo(0.7, 6);
    expect(offsetStability(4, [], 5)).toBe(1);
    expect(offsetStability(4, [40], 5)).toBe(0.2);
  });
});
