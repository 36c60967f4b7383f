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

  describe('dents of endplates', () => {
    /** A node of disc material in the upper endplate of L4, 6 mm deep and 8 mm long. */
    const node = (p: Vec3): boolean =>
      Math.abs(p[0]) <= 9 && Math.abs(p[1]) <= 4 && p[2] <= topOfL4 && p[2] > topOfL4 - 6;
    const t1 = (inside = node, factor = 0.65): BoxSeries => mrSeries('t1', (p) => (inside(p) ? factor : undefined));
    const dentsOf = async (series: BoxSeries[]): Promise<{ called: string[]; reasons: Set<string>; depth: number }> => {
      const { findings } = await analyse(
        boxStudy('dents', series),
        series.map(({ name }) => ({ name })),
      );
      const all = findings.vertebrae.flatMap(({ level, endplateDefects: d }) =>
        (['superior', 'inferior'] as const).map((side) => ({ where: `${level} ${side}`, dent: d![side] })),
      );
      const called = all.flatMap((e) =>
        e.dent.status === 'assessed' && e.dent.value.present ? [{ ...e, ...e.dent.value }] : [],
      );
      const reasons = all.flatMap((e) =>
        e.dent.status === 'not-assessed' ? [`${e.where}: ${e.dent.reason.code}`] : [],
      );
      return { called: called.map((e) => e.where), reasons: new Set(reasons), depth: called[0]?.depthMm ?? 0 };
    };

    it('are followed on T1, to a millimetre or so', async () => {
      const { called, depth } = await dentsOf([mrSeries('t2'), t1()]);
      expect(called).toEqual(['L4 superior']);
      expect(Math.abs(depth - 6)).toBeLessThan(1.2);
    });

    it('are withheld where marrow dark on T1 may be taken for one, and only there', async () => {
      const t2 = mrSeries('t2', (p) => (band(p) ? 1.5 : undefined));
      const { called, reasons } = await dentsOf([t2, t1(band, 0.6)]);
      expect(called).toEqual([]);
      expect(reasons).toContain('L4 superior: REFERENCE_UNSTABLE');
      expect(reasons).not.toContain('L3 superior: REFERENCE_UNSTABLE');
    });

    it('are withheld without T1 where discs are bright on T2', async () => {
      const { called, reasons } = await dentsOf([mrSeries('t2', (p) => (node(p) ? 1.2 : undefined))]);
      expect(called).toEqual([]);
      expect(reasons).toContain('L4 superior: REFERENCE_UNSTABLE');
    });
  });

  it('does not believe TR and TE against the signal of CSF', async () => {
    const swapped = { ...mrSeries('t1'), attributes: mrSeries('t2').attributes!, name: 't2' };
    const { findings } = await analyse(boxStudy('mr', [swapped]), [{ name: 't2' }]);
    findings.discs.forEach((d) => expect(d.signal).toMatchObject({ reason: { code: 'SEQUENCE_NOT_RECOGNISED' } }));
  });
});
