import { type Vec3 } from '@endplate/dicom';
import { type DiscFinding, type StudyFindings } from '@endplate/findings';
import { analyse, ctSeries, L3_L4_Z, LESION_RADIUS, SPINE, TOP_Z } from './fixture/box-analysis';
import { boxStudy } from './fixture/box-study';
import { CLASS } from './segment/spine-class';
import { type KernelResult } from './study-input';

const levels = (findings: StudyFindings): (string | null)[] => findings.discs.map((disc) => disc.level);
const disc = (findings: StudyFindings, level: string): DiscFinding => findings.discs.find((d) => d.level === level)!;

it('puts the box spine where the spec thinks it is', () => {
  expect(SPINE.blockAt([0, 0, TOP_Z - 1])!.kind).toBe('body');
  expect(SPINE.blockAt([0, 0, L3_L4_Z])).toMatchObject({ kind: 'disc', fromZ: L3_L4_Z - 5 });
});

describe('analyseStudy on CT', () => {
  let calcified: KernelResult;
  let plain: KernelResult;
  beforeAll(async () => {
    calcified = await analyse(boxStudy('ct', [ctSeries(true)]), [{ name: 'ct' }]);
    plain = await analyse(boxStudy('ct', [ctSeries(false)]), [{ name: 'ct' }]);
  });

  it('names the levels from the sacrum upward', () => {
    expect(calcified.findings.outcome).toEqual({ status: 'analysed' });
    expect(calcified.findings.labelling).toMatchObject({ anchored: true });
    expect(levels(calcified.findings)).toEqual(['L5/S1', 'L4/L5', 'L3/L4', 'L2/L3', 'L1/L2']);
    expect(calcified.findings.vertebrae.map((v) => v.level)).toEqual(['S1', 'L5', 'L4', 'L3', 'L2', 'L1']);
  });

  it('measures heights within half a millimetre', () => {
    for (const { heights, wedgeDeg, slip, level } of calcified.findings.discs) {
      if (heights.status !== 'assessed' || wedgeDeg.status !== 'assessed' || slip.status !== 'assessed')
        throw new Error(level ?? '');
      Object.values(heights.value).forEach((mm) => expect(Math.abs(mm - 10)).toBeLessThan(0.5));
      expect(Math.abs(wedgeDeg.value)).toBeLessThan(1.5);
      expect(Math.abs(slip.value.slipMm)).toBeLessThan(1);
    }
    const l3 = calcified.findings.vertebrae.find((v) => v.level === 'L3')!;
    if (l3.heights.status !== 'assessed') throw new Error('withheld');
    Object.values(l3.heights.value).forEach((mm) => expect(Math.abs(mm - 27)).toBeLessThan(0.6));
    expect(disc(calcified.findings, 'L3/L4').heightIndex).toMatchObject({ status: 'assessed' });
  });

  it('finds the calcification where it is, and no other', () => {
    const found = calcified.findings.discs.filter(
      (d) => d.calcification.status === 'assessed' && d.calcification.value.present,
    );
    expect(found.map((d) => d.level)).toEqual(['L3/L4']);
    const { calcification } = found[0]!;
    if (calcification.status !== 'assessed') throw new Error('withheld');
    const truth = (4 / 3) * Math.PI * LESION_RADIUS ** 3;
    expect(Math.abs(calcification.value.volumeMm3 - truth) / truth).toBeLessThan(0.2);
    const [x, y, z] = calcification.value.islands[0]!.centroidLps;
    expect(Math.hypot(x, y + 4, z - L3_L4_Z)).toBeLessThan(0.7);
    expect(calcification.value.islands[0]!.site).toBe('nucleus');
  });

  it('finds none in plain discs, and says what it could not do', () => {
    plain.findings.discs.forEach((d) => {
      expect(d.calcification).toMatchObject({ status: 'assessed', value: { present: false } });
      expect(d.vacuum).toMatchObject({ status: 'assessed', value: { present: false } });
      expect(d.signal).toMatchObject({ status: 'not-assessed', reason: { code: 'NEEDS_MR' } });
    });
    expect(plain.findings.endplates).toEqual([]);
  });

  it('outlines each disc on a reformat and on a source image', () => {
    const { outlines } = disc(calcified.findings, 'L3/L4');
    expect(outlines).toHaveLength(2);
    const axial = outlines.find((o) => o.image)!;
    axial.image!.points.forEach(([column, row]) => {
      // Pixel corners: the disc is a box of 44 by 34 mm around x = 0, y = 0; the first pixel centre is at -36, -30.
      expect(Math.abs((column - 0.5) * 0.8 - 36)).toBeLessThan(24.5);
      expect(Math.abs((row - 0.5) * 0.8 - 30)).toBeLessThan(19);
    });
    const sagittal = outlines.find((o) => !o.image)!;
    const zs = sagittal.pointsLps.map((p) => p[2]);
    expect(Math.max(...zs) - Math.min(...zs)).toBeGreaterThan(8);
    expect(Math.max(...zs) - Math.min(...zs)).toBeLessThan(13);
  });

  it('draws an overview and the calcified disc', () => {
    expect(calcified.keySlices.map((k) => [k.kind, k.discId])).toEqual([
      ['overview', undefined],
      ['disc', disc(calcified.findings, 'L3/L4').id],
    ]);
    expect(calcified.keySlices[1]!.outlines.map((o) => o.kind)).toEqual(['disc', 'calcification']);
    calcified.keySlices.forEach((k) => expect(k.grey).toHaveLength(k.width * k.height));
  });

  it('gives a label map on native voxels that agrees with the truth', () => {
    const [map] = calcified.labelMaps;
    const [ni, nj, nk] = map!.dims;
    let [agree, total] = [0, 0];
    for (let k = 0; k < nk; k++) {
      for (let j = 0; j < nj; j++) {
        for (let i = 0; i < ni; i++) {
          const p: Vec3 = [
            -36 + 0.8 * (i + map!.offset[0]),
            -30 + 0.8 * (j + map!.offset[1]),
            -10 + 1.25 * (k + map!.offset[2]),
          ];
          const truth = SPINE.classAt(p);
          if (truth !== CLASS.disc && truth !== CLASS.body) continue;
          total++;
          if (map!.classes[(k * nj + j) * ni + i] === truth) agree++;
        }
      }
    }
    // Slices of 3 mm leave up to half a slice at each side of a column 44 mm wide.
    expect(agree / total).toBeGreaterThan(0.93);
  });

  it('withholds calcification and gas where the images do not reach from side to side of the discs', async () => {
    // 36 of 44 mm: the network still finds the spine, but not the sides of its discs.
    const narrow = { ...ctSeries(true), dims: [45, 88, 210] as const, origin: [-18, -30, -10] as const };
    const { findings } = await analyse(boxStudy('narrow ct', [narrow]), [{ name: 'ct' }]);
    expect(findings.discs).toHaveLength(5);
    for (const one of findings.discs) {
      expect(one.calcification).toMatchObject({ status: 'not-assessed', reason: { code: 'DISC_PARTLY_OUTSIDE' } });
      expect(one.vacuum).toMatchObject({ status: 'not-assessed', reason: { code: 'DISC_PARTLY_OUTSIDE' } });
      expect(one.heights.status).toBe('assessed');
    }
  });

  it('gives the same bytes twice', async () => {
    const again = await analyse(boxStudy('ct', [ctSeries(true)]), [{ name: 'ct' }]);
    expect(JSON.stringify(again.findings)).toBe(JSON.stringify(calcified.findings));
    expect(again.keySlices.map((k) => Buffer.from(k.grey).toString('base64'))).toEqual(
      calcified.keySlices.map((k) => Buffer.from(k.grey).toString('base64')),
    );
  });
});
