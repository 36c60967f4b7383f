import { type StudyFindings } from '@endplate/findings';
import { repeatabilityTable } from './repeatability';

const withheld = { status: 'not-assessed', reason: { code: 'METAL' } };
const assessed = (value: unknown): object => ({ status: 'assessed', value });
const study = (middleMm: number, slipMm?: number): StudyFindings =>
  ({
    discs: [
      {
        level: 'L4/L5',
        heights: assessed({ anteriorMm: 10, middleMm, posteriorMm: 7 }),
        heightIndex: withheld,
        wedgeDeg: withheld,
        slip: slipMm === undefined ? withheld : assessed({ slipMm }),
        calcification: assessed({ volumeMm3: 0 }),
      },
      { level: null, heights: assessed({ anteriorMm: 99, middleMm: 99, posteriorMm: 99 }), heightIndex: withheld, wedgeDeg: withheld, slip: withheld, calcification: withheld },
    ],
  }) as unknown as StudyFindings; // prettier-ignore

it('pools the spread within named discs that were measured twice', () => {
  const rows = new Map(repeatabilityTable([study(8), study(9), study(10, 3)]).map((row) => [row[0], row.slice(1)]));
  expect(rows.get('middle height, mm')).toEqual(['1', '3', '9.00', '1.00', '2.77']);
  expect(rows.get('anterior height, mm')).toEqual(['1', '3', '10.00', '0.00', '0.00']);
  expect(rows.get('slip, mm')!.slice(0, 2)).toEqual(['0', '0']);
  expect(rows.get('calcification of a calcified disc, mm3')!.slice(0, 2)).toEqual(['0', '0']);
});
