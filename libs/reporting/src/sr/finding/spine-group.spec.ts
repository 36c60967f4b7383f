import { assessed, notAssessed, type StudyFindings } from '@endplate/findings';
import { reportObservations } from '../../observation/structure-observation';
import { conclusionLines } from '../../observation/conclusion';
import { someContext, someFindings } from '../../testing/some-findings';
import { reportText } from '../../text/report-text';

function curved(change: Partial<StudyFindings> = {}): StudyFindings {
  const findings = someFindings('CT').withDiscs(3).withVertebrae(5).build();
  const dent = { present: true, depthMm: 5.3, lengthMm: 8, sliceCount: 3 };
  const smooth = { present: false, depthMm: 0.4, lengthMm: 0, sliceCount: 0 };
  const endplateDefects = { superior: assessed(dent, 0.8), inferior: assessed(smooth, 0.9) };
  return {
    ...findings,
    vertebrae: findings.vertebrae.map((v) => (v.level === 'L3' ? { ...v, endplateDefects } : v)),
    lumbarLordosisDeg: assessed(44.6, 0.7),
    coronalCobb: assessed(
      { angleDeg: 17.8, convexTo: 'left', upperVertebraId: 'vertebra-5', lowerVertebraId: 'vertebra-2' },
      0.7,
    ),
    ...change,
  };
}

const spineOf = (findings: StudyFindings) =>
  reportObservations(findings, someContext()).structures.find(({ name }) => name === 'Lumbar spine');

describe('curvature in the report', () => {
  it('is a group of the lumbar spine with both angles in degrees', () => {
    const values = spineOf(curved())!.values;
    const number = (code: string) => values.find(({ concept }) => concept.value === code);
    expect(spineOf(curved())!.site.value).toBe('122496007');
    expect(number('EP0035')).toMatchObject({ value: 44.6, unit: { value: 'deg' } });
    expect(number('EP0036')).toMatchObject({ value: 17.8, unit: { value: 'deg' } });
    expect(values).toContainEqual(expect.objectContaining({ text: 'Coronal Cobb angle 18 degrees, L1 to L4, convex to the left (lying).' })); // prettier-ignore
  });

  it('gives the reason for an angle that was withheld, and no number', () => {
    const cobb = notAssessed<never>('COVERAGE_INCOMPLETE', 'The slices do not cover the vertebrae from side to side.');
    const { values } = spineOf(curved({ coronalCobb: cobb }))!;
    expect(values.some(({ concept }) => concept.value === 'EP0036')).toBe(false);
    expect(values).toContainEqual(expect.objectContaining({ kind: 'not-assessed' }));
  });

  it('is not there in findings of before', () => {
    const { lumbarLordosisDeg: _lordosis, coronalCobb: _cobb, ...before } = curved();
    expect(spineOf(before)).toBeUndefined();
  });

  it('keeps its tracking UID over versions', () => {
    expect(spineOf(curved({ version: 2 }))!.trackingUID).toBe(spineOf(curved())!.trackingUID);
  });
});

describe('dents of endplates in the report', () => {
  it('are measured per endplate and said in the conclusion where deep enough', () => {
    const l3 = reportObservations(curved(), someContext()).structures.find(({ name }) => name === 'Vertebra L3')!;
    const depths = l3.values.filter(({ concept }) => concept.value === 'EP0033');
    expect(depths.map((one) => [one.modifiers[0]?.meaning, 'value' in one && one.value])).toEqual([
      ['Superior', 5.3],
      ['Inferior', 0.4],
    ]);
    const lines = conclusionLines(curved(), reportText('en'));
    expect(lines).toContain('Local dents of endplates (Schmorl node, for example): L3 superior 5.3 mm.');
    expect(lines).toContain('Lumbar lordosis 45 degrees, L1 to S1 (lying).');
  });

  it.each(['de', 'fr', 'es', 'zh'] as const)('and the counting of levels are said in %s', (language) => {
    const counted = 'Levels are counted upward from the sacrum, as if there were five lumbar vertebrae.';
    const words = reportText(language);
    expect(words.sentence(counted)).not.toBe(counted);
    expect(conclusionLines(curved(), words).join(' ')).toContain(language === 'es' || language === 'de' || language === 'fr' ? '5,3' : '5.3'); // prettier-ignore
  });
});
