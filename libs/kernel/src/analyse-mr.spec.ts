import { type Vec3 } from '@endplate/dicom';
import { analyse, mrSeries } from './fixture/box-analysis';
import { boxStudy, type BoxSeries } from './fixture/box-study';

describe('analyseStudy on MR', () => {
  /** A band under the upper endplate of L4, 8 mm deep. */
  const topOfL4 = 60 + 27 + 10 + 27;
  const band = (p: Vec3): boolean =>
    Math.abs(p[0]) <= 9 && Math.abs(p[1]) <= 9 && p[2] <= topOfL4 && p[2] > topOfL4 - 8;
  const pair = (shiftZ = 0): BoxSeries[] => [
    mrSeries('t1', (p) => (band(p) ? 0.6 : undefined), shiftZ),
    mrSeries('t2', (p) => (band(p) ? 1.5 : undefined)),
  ];

  it('types a change of one endplate from T1 and T2', async () => {
    const { findings } = await analyse(boxStudy('mr', pair()), [{ name: 't2' }, { name: 't1' }]);
    const changed = findings.endplates.filter((e) => e.modic.status === 'assessed' && e.modic.value.type !== 'none');
    expect(changed.map((e) => [e.vertebraLevel, e.position])).toEqual([['L4', 'superior']]);
    const { modic } = changed[0]!;
    if (modic.status !== 'assessed') throw new Error('withheld');
    expect(modic.value.type).toBe('1');
    expect(modic.value.t1Ratio).toBeCloseTo(0.6, 1);
    expect(modic.value.outlines[0]!.image).toBeDefined();
    expect(findings.endplates).toHaveLength(10);
    expect(findings.remarks.join(' ')).toContain('infection and tumour not excluded');
    findings.discs.forEach((d) => {
      expect(d.signal).toMatchObject({ status: 'assessed' });
      if (d.signal.status === 'assessed') expect(d.signal.value.t2RatioToCsf).toBeCloseTo(0.4, 1);
      expect(d.calcification).toMatchObject({ status: 'not-assessed', reason: { code: 'NEEDS_CT' } });
      expect(d.outlines[0]!.image).toBeDefined();
    });
  });

  it('follows a shift of T1 by 1.5 mm and abstains over 2 mm', async () => {
    const near = await analyse(boxStudy('mr', pair(1.5)), [{ name: 't2' }, { name: 't1', shiftZ: 1.5 }]);
    const typed = near.findings.endplates.filter((e) => e.modic.status === 'assessed' && e.modic.value.type !== 'none');
    expect(typed.map((e) => [e.vertebraLevel, e.position])).toEqual([['L4', 'superior']]);
    const far = await analyse(boxStudy('mr', pair(4)), [{ name: 't2' }, { name: 't1', shiftZ: 4 }]);
    far.findings.endplates.forEach((e) =>
      expect(e.modic).toMatchObject({ status: 'not-assessed', reason: { code: 'T1_T2_NOT_ALIGNED' } }),
    );
  });

  it('says which sequence is missing', async () => {
    const { findings } = await analyse(boxStudy('mr', [mrSeries('t2')]), [{ name: 't2' }]);
    expect(findings.endplates).toHaveLength(10);
    findings.endplates.forEach((e) => expect(e.modic).toMatchObject({ reason: { code: 'T1_MISSING' } }));
    const other = await analyse(boxStudy('mr', [mrSeries('t1')]), [{ name: 't1' }]);
    expect(other.findings.endplates).toHaveLength(10);
    other.findings.endplates.forEach((e) => expect(e.modic).toMatchObject({ reason: { code: 'T2_MISSING' } }));
    other.findings.discs.forEach((d) => expect(d.signal).toMatchObject({ reason: { code: 'T2_MISSING' } }));
  });

  it.each(['t1', 't2'] as const)('says of a change seen on %s alone that its type is not assessable', async (name) => {
    const one = mrSeries(name, (p) => (band(p) ? (name === 't1' ? 0.6 : 1.5) : undefined));
    const { findings } = await analyse(boxStudy(`only ${name}`, [one]), [{ name }]);
    const changed = findings.endplates.filter(
      (e) => e.modic.status === 'not-assessed' && e.modic.reason.text.startsWith('Signal change, type not assessable.'),
    );
    expect(changed.map((e) => [e.vertebraLevel, e.position])).toEqual([['L4', 'superior']]);
    expect(findings.endplates.every((e) => e.modic.status === 'not-assessed')).toBe(true);
  });

  it('withholds dents of endplates, and says so once', async () => {
    /** A node of disc material in the upper endplate of L4, 6 mm deep. */
    const node = (p: Vec3): boolean =>
      Math.abs(p[0]) <= 9 && Math.abs(p[1]) <= 4 && p[2] <= topOfL4 && p[2] > topOfL4 - 6;
    const { findings } = await analyse(boxStudy('dents', [mrSeries('t2'), mrSeries('t1', (p) => (node(p) ? 0.5 : undefined))]), [{ name: 't2' }, { name: 't1' }]); // prettier-ignore
    expect(findings.vertebrae.length).toBeGreaterThan(4);
    for (const { endplateDefects } of findings.vertebrae) {
      expect(endplateDefects!.superior).toMatchObject({ status: 'not-assessed', reason: { code: 'NEEDS_CT' } });
      expect(endplateDefects!.inferior).toMatchObject({ status: 'not-assessed', reason: { code: 'NEEDS_CT' } });
    }
    expect(findings.remarks.filter((remark) => remark.includes('are not assessed on MR'))).toHaveLength(1);
  });

  it('does not believe TR and TE against the signal of CSF', async () => {
    const swapped = { ...mrSeries('t1'), attributes: mrSeries('t2').attributes!, name: 't2' };
    const { findings } = await analyse(boxStudy('mr', [swapped]), [{ name: 't2' }]);
    findings.discs.forEach((d) => expect(d.signal).toMatchObject({ reason: { code: 'SEQUENCE_NOT_RECOGNISED' } }));
  });
});
