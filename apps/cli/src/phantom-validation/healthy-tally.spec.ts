import { type StudyFindings } from '@endplate/findings';
import { falsePositiveTable, tallyHealthy } from './healthy-tally';

const modic = (type: string, focal = false): object => ({
  modic: { status: 'assessed', value: { type, ...(focal ? { focalLesion: {} } : {}) } },
});
const withheld = { status: 'not-assessed', reason: { code: 'T1_MISSING' } };
const findings = {
  endplates: [modic('none'), modic('none', true), modic('2'), modic('none'), { modic: withheld }],
  discs: [{ calcification: { status: 'assessed', value: { present: false } } }, { calcification: withheld }],
} as unknown as StudyFindings;

it('counts what is called changed among what was assessed', () => {
  const outcome = tallyHealthy(findings);
  expect(outcome).toEqual({ endplates: 4, changed: ['2'], focal: 1, discs: 1, calcified: 0, withheld: ['T1_MISSING'] });
  const rows = falsePositiveTable([outcome, outcome]);
  expect(rows[1]!.slice(2)).toEqual(['2/8', '2 2']);
  expect(rows[1]![1]).toMatch(/^25\.0 % \(7\.1 % to 59\.1 %\)$/);
  expect(rows[3]!.slice(2)).toEqual(['0/2', '']);
  expect(rows[4]![2]).toBe('2');
});
