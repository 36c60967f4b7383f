import { type Vec3 } from '@endplate/dicom';
import { ctSignal } from '../ct/ct-signal';
import { Rng } from '../random/rng';
import { drawAnatomy, type Anatomy } from './anatomy';
import { CALCIFICATION_SITES } from './disc-lesion';
import { pointIn } from './frame';
import { rasterise, type Raster } from './rasterise';
import { FIRST_LESION_TISSUE, FIRST_NUCLEUS_TISSUE, SpineClass, Tissue, type TissueName } from './tissue';

/** What the kernel is to be trained and validated on has to occur among these patients. */
const PATIENTS = Array.from({ length: 120 }, (_, n) => drawAnatomy(5040 + n));
const PIXEL_MM = 2;

/** A sagittal plane this far to the left of the spine at L3, from the pelvis to the upper end. */
function sagittal(anatomy: Anatomy, leftMm: number, pixelMm = PIXEL_MM): Raster & { readonly at: (p: Vec3) => number } {
  const x = anatomy.bodies[2]!.plan.frame.origin[0] + leftMm;
  const origin: Vec3 = [x, -190, 480];
  const size = { columns: Math.round(330 / pixelMm), rows: Math.round(680 / pixelMm) };
  const raster = rasterise(anatomy.solids, { origin, columnStep: [0, pixelMm, 0], rowStep: [0, 0, -pixelMm], ...size });
  const at = ([, y, z]: Vec3): number =>
    Math.round((origin[2] - z) / pixelMm) * size.columns + Math.round((y - origin[1]) / pixelMm);
  return { ...raster, at };
}

const has = (anatomy: Anatomy, tissue: number): boolean => anatomy.solids.some(({ core }) => core === tissue);
const hasShell = (anatomy: Anatomy, tissue: number): boolean => anatomy.solids.some(({ shell }) => shell === tissue);

/** Whether a tissue shows on the plane through the middle of the solid that it is drawn as, and with which HU. */
function shownHU(anatomy: Anatomy, name: TissueName): number | undefined {
  const solid = anatomy.solids.findLast(({ core, shell }) => core === Tissue[name] || shell === Tissue[name])!;
  const { tissue } = sagittal(anatomy, solid.frame.origin[0] - anatomy.bodies[2]!.plan.frame.origin[0], 1);
  if (!tissue.includes(Tissue[name])) return undefined;
  return ctSignal(anatomy, new Rng(anatomy.seed, 'spec'), false).value[Tissue[name]];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const count = (test: (anatomy: Anatomy) => boolean): number => PATIENTS.filter(test).length;

describe('drawn patients', () => {
  test('have T9 to S3 and more, four to six lumbar vertebrae, and transitions between L5 and S1', () => {
    for (const lumbar of [4, 5, 6]) expect(count(({ plan }) => plan.lumbarCount === lumbar)).toBeGreaterThan(1);
    for (const transition of ['sacralised', 'lumbarised'])
      expect(count(({ plan }) => plan.transition === transition)).toBeGreaterThan(1);
    for (const { bodies, sacrum } of PATIENTS) {
      expect(bodies.map(({ plan }) => plan.level)).toEqual(expect.arrayContaining(['T9', 'T12', 'L1', 'L4']));
      expect(sacrum.length).toBeGreaterThan(8);
    }
  });

  test('lie: lordosis as on a table, some with scoliosis that carries a straight slice off the middle', () => {
    const angles = PATIENTS.filter(({ plan }) => plan.lumbarCount === 5).map(({ plan }) => {
      const { up, posterior } = plan.bodies[4]!.frame;
      const s1 = plan.sacrumFrame.up;
      const along = s1[1] * posterior[1] + s1[2] * posterior[2];
      return (Math.atan2(-along, s1[1] * up[1] + s1[2] * up[2]) * 180) / Math.PI;
    });
    expect(Math.abs(mean(angles.map(Math.abs)) - 47)).toBeLessThan(12);
    const drift = PATIENTS.map(({ bodies }) => {
      const x = bodies.slice(0, 8).map(({ plan }) => plan.frame.origin[0]);
      return Math.max(...x) - Math.min(...x);
    });
    expect(drift.filter((mm) => mm > 12).length).toBeGreaterThan(8);
    expect(drift.filter((mm) => mm < 4).length).toBeGreaterThan(20);
  });

  test('show pedicles and foramina beside the middle', () => {
    for (const anatomy of PATIENTS.slice(0, 10)) {
      const { plan } = anatomy.bodies[2]!;
      const left = 0.62 * plan.halfWidthMm;
      const beside = sagittal(anatomy, left, 1);
      const disc = anatomy.discs[2]!.plan;
      const column = (from: Vec3, toMm: number): number[] =>
        Array.from({ length: toMm }, (_, n) => beside.at([from[0], from[1] + n, from[2]]));
      const pedicle = column(pointIn(plan.frame, left, plan.halfDepthMm - 2, plan.heightMm * 0.2), 14);
      expect(pedicle.map((at) => beside.spineClass[at])).toContain(SpineClass.PosteriorElements);
      const foramen = column(pointIn(disc.frame, left, disc.halfDepthMm, 2), 14);
      const inside = foramen.map((at) => beside.tissue[at]);
      expect(inside.includes(Tissue.epiduralFat) || inside.includes(Tissue.root)).toBe(true);
    }
  });

  test('have lower discs with age, and signs of wear where they are worn', () => {
    const discs = PATIENTS.flatMap(({ discs: all }) => all.slice(1, 4).map(({ plan }) => plan));
    const height = (worn: (wear: number) => boolean): number =>
      mean(discs.filter(({ wear }) => worn(wear)).map(({ heightMm }) => heightMm));
    expect(height((wear) => wear > 0.7)).toBeLessThan(0.85 * height((wear) => wear < 0.2));
    expect(count(({ bodies }) => bodies.some(({ shape }) => Math.max(...shape.lipMm) > 3))).toBeGreaterThan(10);
    expect(count((anatomy) => has(anatomy, Tissue.osteophyte))).toBeGreaterThan(10);
    expect(count(({ vacuums }) => vacuums.length > 0)).toBeGreaterThan(5);
    const slips = discs.map(({ slipMm }) => slipMm);
    expect([Math.max(...slips) > 4, Math.min(...slips) < -1]).toEqual([true, true]);
    expect(count(({ bodies }) => bodies.some(({ plan }) => plan.fractured))).toBeGreaterThan(5);
  });

  test('have calcification at every site, every Modic type, and Schmorl nodes', () => {
    const sites = new Set(PATIENTS.flatMap(({ calcifications }) => calcifications.map(({ site }) => site)));
    expect([...sites].sort()).toEqual([...CALCIFICATION_SITES].sort());
    const types = PATIENTS.flatMap(({ endplates }) => endplates.map(({ type }) => type));
    for (const type of ['1', '2', '3', 'mixed'] as const)
      expect(types.filter((t) => t === type).length).toBeGreaterThan(2);
    expect(count(({ endplates }) => endplates.some(({ nodeDepthMm }) => nodeDepthMm > 2))).toBeGreaterThan(5);
    const dense = PATIENTS.flatMap(({ lesionHU, calcifications }) =>
      calcifications.map(({ tissue }) => lesionHU[tissue - FIRST_LESION_TISSUE]!),
    );
    expect([Math.min(...dense) < 400, Math.max(...dense) > 800]).toEqual([true, true]);
  });

  const around: [TissueName, number, [number, number]][] = [
    ['urine', 110, [-10, 30]], ['bladderWall', 110, [20, 70]], ['faeces', 50, [-200, 200]], ['bowelGas', 100, [-1024, -600]],
    ['symphysis', 120, [40, 160]], ['pelvicCancellous', 120, [40, 280]], ['heart', 110, [30, 200]], ['lung', 120, [-950, -650]],
    ['liver', 60, [40, 120]], ['kidney', 110, [20, 200]], ['vessel', 120, [30, 80]], ['vein', 120, [30, 80]],
    ['wallCalcium', 10, [250, 950]], ['stent', 1, [800, 2300]], ['haemangioma', 10, [30, 150]], ['focalLesion', 5, [0, 520]],
    ['metal', 1, [2500, 3071]], ['gas', 5, [-1000, -400]], ['cement', 1, [800, 2000]], ['basivertebral', 30, [30, 120]],
  ]; // prettier-ignore
  test.each(around)('show %s in at least %d of 120, with its HU', (name, least, [low, high]) => {
    const those = PATIENTS.filter((anatomy) => has(anatomy, Tissue[name]) || hasShell(anatomy, Tissue[name]));
    expect(those.length).toBeGreaterThanOrEqual(least);
    const shown = those.slice(0, 6).flatMap((anatomy) => shownHU(anatomy, name) ?? []);
    expect(shown.length).toBeGreaterThan(0);
    for (const hu of shown) expect(hu >= low && hu <= high).toBe(true);
  });

  test('show the sacrum and the pelvis whole, with ribs above', () => {
    for (const anatomy of PATIENTS.slice(0, 6)) {
      const middle = sagittal(anatomy, 0);
      const rows = (test: (n: number) => boolean): number =>
        new Set(
          Array.from(middle.tissue.keys())
            .filter(test)
            .map((n) => Math.floor(n / middle.columns)),
        ).size;
      // A sacrum and coccyx of 10 cm or so from its upper endplate.
      expect(rows((n) => middle.spineClass[n] === SpineClass.Sacrum) * PIXEL_MM).toBeGreaterThan(80);
      const ribs = sagittal(anatomy, 50);
      const top = anatomy.bodies[anatomy.plan.lumbarCount]!.plan.frame.origin[2] - 40;
      const bone = Array.from(ribs.tissue.keys()).filter((n) => ribs.tissue[n] === Tissue.pelvicCancellous);
      expect(bone.some((n) => 480 - Math.floor(n / ribs.columns) * PIXEL_MM > top)).toBe(true);
      expect(bone.some((n) => 480 - Math.floor(n / ribs.columns) * PIXEL_MM < 0)).toBe(true);
    }
  });
});

describe('contrast medium', () => {
  const anatomy = PATIENTS[0]!;
  const hu = (medium?: Parameters<typeof ctSignal>[3]): Float32Array =>
    ctSignal(anatomy, new Rng(1, 'spec'), false, medium).value;

  test.each([
    ['intravenous', Tissue.vessel, 150],
    ['intrathecal', Tissue.csf, 200],
    ['intradiscal', FIRST_NUCLEUS_TISSUE, 200],
  ] as const)('%s is seen where it was given, and nothing else changes', (medium, tissue, least) => {
    const [plain, enhanced] = [hu(), hu(medium)];
    expect(plain[tissue]!).toBeLessThan(100);
    expect(enhanced[tissue]!).toBeGreaterThan(least);
    expect(enhanced[Tissue.cancellous]).toBe(plain[Tissue.cancellous]);
    expect(enhanced[Tissue.muscle]).toBe(plain[Tissue.muscle]);
  });
});
