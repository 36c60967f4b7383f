import { deepestDent, type SliceDent } from './deepest-dent';

const dents = (...depths: number[]): SliceDent[] => depths.map((depthMm, slice) => ({ slice, depthMm, lengthMm: 6 }));

describe('dent of an endplate over its slices', () => {
  it.each([
    ['two neighbours that both reach 5 mm', dents(0, 5, 5.5, 0), true, 5],
    ['one slice alone', dents(0, 0, 6, 0, 0), false, 0],
    ['two that are no neighbours', dents(5, 0, 5), false, 0],
    ['a shallow one', dents(2, 2.5), false, 2],
  ])('%s', (_name, slices, present, depthMm) => {
    expect(deepestDent(slices, 3, 0.9, 1)).toMatchObject({ status: 'assessed', value: { present, depthMm } });
  });

  it('is withheld on a single slice', () => {
    expect(deepestDent(dents(5), 3, 0.9, 1)).toMatchObject({ reason: { code: 'TOO_FEW_SLICES_OF_STRUCTURE' } });
  });

  it('is less sure where another reference would take the dent away', () => {
    const deep = dents(5, 5);
    expect(deepestDent(deep, 3, 0.9, 1, [dents(5.2, 5), dents(4.6, 5)])).toMatchObject({ confidence: 0.9 });
    expect(deepestDent(deep, 3, 0.9, 1, [dents(5.2, 5), dents(1, 5)])).toMatchObject({ confidence: 0.5 });
  });
});
