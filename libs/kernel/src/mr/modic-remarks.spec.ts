import { assessed, notAssessed, type Assessment, type Modic } from '@endplate/findings';
import { modicRemarks } from './modic-remarks';

const modic = (value: Partial<Modic>): Assessment<Modic> => assessed<Modic>(value as Modic, 0.9);

describe('remarks on all endplates', () => {
  it.each<[string, Assessment<Modic>, boolean]>([
    ['type 1', modic({ type: '1' }), true],
    ['type 1 in a mixed change', modic({ type: 'mixed', mixedOf: ['2', '1'] }), true],
    ['a mixed change without type 1', modic({ type: 'mixed', mixedOf: ['2', '3-possible'] }), false],
    ['type 2', modic({ type: '2' }), false],
    ['an endplate that was not assessed', notAssessed('T1_MISSING', 'T1 is missing.'), false],
  ])('%s: infection and tumour are named where type 1 is', (_name, assessment, named) => {
    expect(modicRemarks([assessment]).join().includes('infection and tumour not excluded')).toBe(named);
  });

  it('says of a focal lesion that it is not Modic change', () => {
    const focalLesion = {
      areaMm2: 50,
      sliceCount: 2,
      centroidLps: [0, 0, 0] as [number, number, number],
      touchesEndplate: false,
    };
    expect(modicRemarks([modic({ type: 'none', focalLesion })])).toEqual([
      'A focal marrow lesion was seen, which is not Modic change.',
    ]);
  });
});
