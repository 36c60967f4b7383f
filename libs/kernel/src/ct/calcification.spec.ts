import { type Vec3 } from '@endplate/dicom';
import { type Calcification } from '@endplate/findings';
import { boxDisc, HALF_DEPTH, HALF_WIDTH, sphere, type BoxDisc } from '../fixture/box-disc';
import { assessCalcification } from './calcification';
import { smallestDetectableMm, type PointSpread } from './point-spread';
import { assessVacuum } from './vacuum';

// A global looked up a million times is slow in jest's sandbox.
const { abs, hypot } = Math;

function assessedValue(setting: BoxDisc): Calcification {
  const { assessment } = assessCalcification(boxDisc(setting));
  if (assessment.status !== 'assessed') throw new Error(`withheld: ${assessment.reason.code}`);
  return assessment.value;
}

describe('assessCalcification', () => {
  it('finds nothing in a plain disc at any allowed noise', () => {
    for (const noiseHU of [0, 10, 25, 36]) {
      expect(assessedValue({ noiseHU })).toMatchObject({ present: false, volumeMm3: 0, islands: [], agatstonLike: 0 });
    }
  });

  it('takes its reference from the core of the disc', () => {
    const value = assessedValue({ noiseHU: 12, discHU: 95 });
    expect(value.referenceMedianHU).toBeCloseTo(95, -0.5);
    expect(value.referenceSigmaHU).toBeGreaterThan(10);
    expect(value.referenceSigmaHU).toBeLessThan(14);
  });

  const sites: [string, Vec3, number, string][] = [
    ['in the middle', [0, 0, 0], 2.5, 'nucleus'],
    ['in front', [0, -10.6, 0], 2, 'annulus-anterior'],
    ['behind', [0, 10.6, 0], 2, 'annulus-posterior'],
    ['on the left', [12.4, 0, 0], 2, 'annulus-lateral'],
    ['near an endplate', [0, 0, 2.6], 1.3, 'endplate-adjacent'],
  ];
  it.each(sites)('measures a sphere %s', (_name, centre, radiusMm, site) => {
    const value = assessedValue({ lesion: sphere(centre, radiusMm, 450) });
    const truth = (4 / 3) * Math.PI * radiusMm ** 3;
    expect(value.islands).toHaveLength(1);
    expect(abs(value.volumeMm3 - truth) / truth).toBeLessThan(0.12);
    expect(value.islands[0]!.site).toBe(site);
    value.islands[0]!.centroidLps.forEach((v, axis) => expect(abs(v - centre[axis]!)).toBeLessThan(0.3));
    expect(abs(value.meanHU! - 450)).toBeLessThan(10);
    const { over130, over160, over200 } = value.sensitivityBandMm3;
    expect(over130).toBeGreaterThanOrEqual(over160);
    expect(over160).toBeGreaterThanOrEqual(over200);
    expect(value.percentOfDisc).toBeCloseTo((100 * value.volumeMm3) / value.discVolumeMm3, 6);
  });

  it('scores density per slice as Agatston does, scaled to 3 mm', () => {
    const cube = (p: Vec3): number | undefined => (p.every((v) => abs(v) <= 1.5) ? 350 : undefined);
    const value = assessedValue({ lesion: cube, noiseHU: 0 });
    expect(value.agatstonLike).toBeCloseTo((3 * value.volumeMm3) / 3, 1);
  });

  it('leaves out islands under 3 mm3 and without a seed of 200 HU', () => {
    expect(assessedValue({ lesion: sphere([0, 0, 0], 0.7, 500) }).present).toBe(false);
    expect(assessedValue({ lesion: sphere([0, 0, 0], 3, 170), noiseHU: 3 }).present).toBe(false);
  });

  it('reports what hangs on bone apart', () => {
    const spike = (p: Vec3): number | undefined => (hypot(p[0], p[1]) <= 2 && p[2] > -1 && p[2] <= 5 ? 500 : undefined);
    const value = assessedValue({ lesion: spike });
    expect(value.present).toBe(false);
    expect(value.volumeMm3).toBe(0);
    expect(value.boneContinuousVolumeMm3).toBeGreaterThan(20);
  });

  const hanging: [string, (p: Vec3) => boolean, string][] = [
    ['on one endplate', (p) => hypot(p[0], p[1]) <= 2 && p[2] > -1 && p[2] <= 5, 'endplate-continuous'],
    ['on an endplate at the rim', (p) => hypot(p[0], p[1] + 12) <= 1.8 && p[2] > -1 && p[2] <= 5, 'osteophyte-candidate'],
    ['from bone to bone', (p) => hypot(p[0], p[1] + 5) <= 2 && abs(p[2]) <= 5, 'bridge-candidate'],
  ]; // prettier-ignore
  it.each(hanging)('says what a piece is that stands %s', (_name, inside, kind) => {
    const value = assessedValue({ lesion: (p) => (inside(p) ? 500 : undefined) });
    expect(value.volumeMm3).toBe(0);
    expect(value.boneContinuous?.map((piece) => piece.kind)).toEqual([kind]);
    expect(value.boneContinuousVolumeMm3).toBeCloseTo(value.boneContinuous![0]!.volumeMm3, 6);
  });

  it('keeps an island that only blur ties to bone, and gives up one that bone itself reaches', () => {
    const tied = (tieHU: number) => (p: Vec3) =>
      hypot(p[0], p[1], p[2]) <= 2.5 ? 600 : hypot(p[0], p[1]) <= 1 && p[2] > 2 && p[2] <= 5 ? tieHU : undefined;
    expect(assessedValue({ lesion: tied(160) })).toMatchObject({ present: true });
    expect(assessedValue({ lesion: tied(420) })).toMatchObject({ present: false, volumeMm3: 0 });
  });

  const widths: [number, number][] = [[2.5, 300], [2.5, 900], [3.5, 450], [4, 700]]; // prettier-ignore
  it.each(widths)('takes partial volume out of a blurred sphere of %d mm at %d HU', (radiusMm, hu) => {
    // A soft edge whose inside and outside halves hold the same volume as the sharp sphere, nearly.
    const soft = (p: Vec3): number | undefined => {
      const r = hypot(...p);
      return r > radiusMm + 3 ? undefined : 80 + (hu - 80) / (1 + Math.exp((r - radiusMm) / 0.35));
    };
    let truth = 0;
    for (let r = 0.005; r < radiusMm + 3; r += 0.01) {
      truth += (4 * Math.PI * r * r * 0.01) / (1 + Math.exp((r - radiusMm) / 0.35));
    }
    const value = assessedValue({ heightMm: 14, lesion: soft });
    expect(abs(value.volumeMm3 - truth) / truth).toBeLessThan(0.12);
    expect(value.sensitivityBandMm3.over130 / truth).toBeGreaterThan(1.12);
  });

  it('does not count dense voxels outside the disc', () => {
    const vessel = sphere([0, -19, 0], 3, 900);
    expect(assessedValue({ lesion: vessel }).present).toBe(false);
  });

  it('gives larger detectable sizes for wider point spreads, never under the smallest island', () => {
    const spread = (throughPlaneMm: number): PointSpread => ({ inPlaneMm: 1, throughPlaneMm, sliceNormal: [0, 0, 1] });
    const sizes = [0.6, 1.5, 3, 5].map((mm) => smallestDetectableMm(spread(mm), 80, 400));
    expect(sizes[0]).toBeGreaterThanOrEqual(1.7);
    expect([...sizes].sort((a, b) => a - b)).toEqual(sizes);
    expect(sizes.at(-1)).toBeGreaterThan(sizes[0]!);
  });

  const withheld: [string, BoxDisc, string][] = [
    ['a disc under two widths of the point spread', { spacing: [0.5, 0.5, 3], heightMm: 5 }, 'DISC_TOO_THIN'],
    ['noise over 40 HU', { noiseHU: 48 }, 'NOISE_TOO_HIGH'],
    ['metal beside the disc', { lesion: sphere([0, 0, 8], 3, 3000) }, 'METAL'],
    ['cement in the body beside the disc', { lesion: sphere([0, 0, 9], 4.5, 1400) }, 'METAL'],
    ['cement that leaked into the disc', { lesion: sphere([0, 0, 0], 3.5, 1400) }, 'METAL'],
    ['a contrast-filled disc', { discHU: 320 }, 'CONTRAST_AGENT'],
    ['myelography', { canalHU: 400 }, 'CONTRAST_AGENT'],
    ['a disc cut by the border of the series', { cut: true }, 'DISC_PARTLY_OUTSIDE'],
  ];
  it.each(withheld)('abstains for %s', (_name, setting, code) => {
    expect(assessCalcification(boxDisc(setting)).assessment).toMatchObject({
      status: 'not-assessed',
      reason: { code },
    });
  });

  it('takes neither a dense calcification, nor a dense rim, nor a stent in front for cement', () => {
    const rim = (p: Vec3): number | undefined =>
      abs(abs(p[2]) - 5.4) < 0.5 && hypot(p[0], p[1]) < 3 ? 1300 : undefined;
    const stent = sphere([0, -19, 0], 4, 1600);
    for (const lesion of [sphere([0, 0, 0], 3.5, 1000), rim, stent])
      expect(assessCalcification(boxDisc({ lesion })).assessment.status).toBe('assessed');
  });

  it('is less confident about a burden that hangs on the threshold', () => {
    const sure = assessCalcification(boxDisc({ lesion: sphere([0, 0, 0], 3, 700) })).assessment;
    const unsure = assessCalcification(boxDisc({ lesion: sphere([0, 0, 0], 3, 205), noiseHU: 4 })).assessment;
    if (sure.status !== 'assessed' || unsure.status !== 'assessed') throw new Error('withheld');
    expect(sure.confidence).toBeGreaterThan(unsure.confidence);
  });
});

describe('assessVacuum', () => {
  it('abstains beside metal, which makes streaks', () => {
    const metal = boxDisc({ lesion: sphere([0, 0, 8], 3, 3000) });
    expect(assessVacuum(metal)).toMatchObject({ status: 'not-assessed', reason: { code: 'METAL' } });
  });

  it('measures gas inside the disc and ignores gas in front of it', () => {
    const inside = assessVacuum(boxDisc({ lesion: sphere([0, 0, 0], 2.5, -600) }));
    expect(inside).toMatchObject({ status: 'assessed', value: { present: true } });
    if (inside.status === 'assessed') expect(abs(inside.value.volumeMm3 - 65.4)).toBeLessThan(6);
    // A dark film at the border to fat lies in the guard ring.
    const film = assessVacuum(
      boxDisc({ lesion: (p) => (p[1] < 0 && abs(hypot(p[0] / HALF_WIDTH, p[1] / HALF_DEPTH) - 1) < 0.03 && abs(p[2]) < 5 ? -500 : undefined) }),
    ); // prettier-ignore
    expect(film).toMatchObject({ status: 'assessed', value: { present: false } });
    const bowel = assessVacuum(boxDisc({ lesion: (p) => (p[1] < -HALF_DEPTH + 1 ? -800 : undefined) }));
    expect(bowel).toMatchObject({ status: 'assessed', value: { present: false } });
  });
});
