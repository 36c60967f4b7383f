import { assessDiscSignal } from './disc-signal';

const SURE = { outlineConfidence: 0.9, labelConfidence: 1 };
const many = (value: number): number[] => new Array<number>(60).fill(value);

describe('assessDiscSignal', () => {
  it.each([
    [420, 0.4, 1],
    [200, 0.4, 2],
    [130, 0.4, 3],
    [70, 0.4, 4],
    [70, 0.1, 5],
  ])('a nucleus of %i over CSF of 500, height index %d: grade %i', (nucleus, index, grade) => {
    expect(assessDiscSignal(many(nucleus), many(500), index, SURE)).toMatchObject({
      status: 'assessed',
      value: { pfirrmannLike: grade },
    });
  });

  it('takes 4 and 5 as one where the height is not known', () => {
    expect(assessDiscSignal(many(70), many(500), undefined, SURE)).toMatchObject({ value: { pfirrmannLike: 4 } });
  });

  it.each([
    ['DISC_TOO_SMALL', many(100).slice(0, 4), many(500)],
    ['NO_CSF_REFERENCE', many(100), many(500).slice(0, 10)],
    ['NO_CSF_REFERENCE', many(100), many(0)],
  ])('withholds: %s', (code, nucleus, canal) => {
    expect(assessDiscSignal(nucleus, canal, 0.4, SURE)).toMatchObject({ status: 'not-assessed', reason: { code } });
  });

  it('is less sure of a grade that 10 % of the reference would change, and of an unsure level', () => {
    const sureOf = (nucleus: number, sure = SURE): number => {
      const signal = assessDiscSignal(many(nucleus), many(500), 0.4, sure);
      return signal.status === 'assessed' ? signal.confidence : Number.NaN;
    };
    expect(sureOf(420)).toBe(0.9);
    expect(sureOf(165)).toBe(0.6);
    expect(sureOf(420, { ...SURE, labelConfidence: 0.3 })).toBe(0.3);
  });

  it('is less sure of a grade that an outline a voxel further out would change', () => {
    const outer = assessDiscSignal(many(420), many(500), 0.4, SURE, [many(430), many(150)]);
    expect(outer).toMatchObject({ value: { pfirrmannLike: 1 }, confidence: 0.6 });
    expect(assessDiscSignal(many(420), many(500), 0.4, SURE, [many(430), many(410), []])).toMatchObject({
      confidence: 0.9,
    });
  });
});
