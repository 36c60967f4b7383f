import { studyFindingsSchema, type DiscFinding, type StudyFindings } from '@endplate/findings';
import { assembleVolume, groupSeries, resampleSagittal } from '@endplate/imaging';
import { type Vec3 } from '@endplate/dicom';
import { analyseStudy } from './analyse';
import { findSpineSlab } from './ct/spine-slab';
import { boxSpine, type BoxSpine } from './fixture/box-spine';
import { boxStudy, type BoxSeries, type BoxStudy } from './fixture/box-study';
import { truthSegmenter } from './fixture/truth-segmenter';
import { CLASS } from './segment/spine-class';
import { type SpineSegmenter } from './segment/segmenter.port';
import { type KernelResult } from './study-input';
import { THRESHOLDS } from './thresholds';

const SPINE = boxSpine(5, { bodyMm: 27, discMm: 10 });
const TOP_Z = 50 + 10 + 5 * 27 + 4 * 10;
/** Centre of the disc between the second and third mobile vertebra, LPS mm. */
const L3_L4_Z = 60 + 27 + 10 + 27 + 5;
const LESION_RADIUS = 3;
// Globals looked up a million times are slow in jest's sandbox.
const { hypot } = Math;

function hounsfield(spine: BoxSpine, lesion: boolean): (p: Vec3) => number {
  return (p) => {
    if (lesion && hypot(p[0], p[1] + 4, p[2] - L3_L4_Z) <= LESION_RADIUS) return 500;
    const cls = spine.classAt(p);
    if (cls === CLASS.body || cls === CLASS.sacrum) return 260;
    return cls === CLASS.disc ? 85 : cls === CLASS.canal ? 15 : 40;
  };
}

function ctSeries(lesion: boolean): BoxSeries {
  return {
    modality: 'CT',
    name: lesion ? 'calcified' : 'plain',
    orientation: 'axial',
    dims: [88, 88, 210],
    pixelMm: 0.8,
    sliceMm: 1.25,
    origin: [-36, -30, -10],
    valueAt: hounsfield(SPINE, lesion),
    noise: 10,
  };
}

interface Signals {
  readonly body: number;
  readonly disc: number;
  readonly canal: number;
  readonly other: number;
}

const T1: Signals = { body: 400, disc: 260, canal: 120, other: 200 };
const T2: Signals = { body: 260, disc: 320, canal: 800, other: 120 };

function mrSeries(name: 't1' | 't2', change?: (p: Vec3) => number | undefined, shiftZ = 0): BoxSeries {
  const signal = name === 't1' ? T1 : T2;
  return {
    modality: 'MR',
    name,
    orientation: 'sagittal',
    dims: [100, 270, 11],
    pixelMm: 0.9,
    sliceMm: 4,
    origin: [-20, -40, 238],
    valueAt: (p) => {
      const q: Vec3 = [p[0], p[1], p[2] - shiftZ];
      const cls = SPINE.classAt(q);
      const base =
        cls === CLASS.body || cls === CLASS.sacrum
          ? signal.body
          : cls === CLASS.disc
            ? signal.disc
            : cls === CLASS.canal
              ? signal.canal
              : signal.other;
      return base * (change?.(q) ?? 1);
    },
    noise: 8,
    attributes:
      name === 't1'
        ? { RepetitionTime: 550, EchoTime: 11, ScanningSequence: 'SE' }
        : { RepetitionTime: 3500, EchoTime: 100, ScanningSequence: 'SE' },
  };
}

/** The truth on the grids that the kernel will ask for, in its order. */
async function segmenterFor(
  study: BoxStudy,
  order: readonly { name: string; shiftZ?: number }[],
): Promise<SpineSegmenter> {
  const series = groupSeries(study.headers);
  const truths = [];
  for (const { name, shiftZ = 0 } of order) {
    const one = series.find((s) => (s.headers[0]!.echoTimeMs ?? 0) === (name === 't1' ? 11 : name === 't2' ? 100 : 0))!;
    const volume = await assembleVolume(one, study.readInstance);
    const slab = volume.unit === 'HU' ? findSpineSlab(volume) : undefined;
    const grid = resampleSagittal(volume, {
      inPlaneMm: 1,
      sliceMm: slab ? THRESHOLDS.segment.ctSliceMm : 'native',
      ...(slab ? { slab: { minXMm: slab.fromMm, maxXMm: slab.toMm } } : {}),
    });
    truths.push({ grid, classAt: (p: Vec3): number => SPINE.classAt([p[0], p[1], p[2] - shiftZ]) });
  }
  return truthSegmenter(truths);
}

async function analyse(study: BoxStudy, order: readonly { name: string; shiftZ?: number }[]): Promise<KernelResult> {
  const segmenter = await segmenterFor(study, order);
  const result = await analyseStudy(
    { ...study, version: 1, digest: 'd', createdAt: '2026-01-02T03:04:05Z' },
    { segmenter, software: { name: 'Endplate', version: '0.1.0' } },
  );
  studyFindingsSchema.parse(result.findings);
  return result;
}

const levels = (findings: StudyFindings): (string | null)[] => findings.discs.map((disc) => disc.level);
const disc = (findings: StudyFindings, level: string): DiscFinding => findings.discs.find((d) => d.level === level)!;

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

  it('gives the same bytes twice', async () => {
    const again = await analyse(boxStudy('ct', [ctSeries(true)]), [{ name: 'ct' }]);
    expect(JSON.stringify(again.findings)).toBe(JSON.stringify(calcified.findings));
    expect(again.keySlices.map((k) => Buffer.from(k.grey).toString('base64'))).toEqual(
      calcified.keySlices.map((k) => Buffer.from(k.grey).toString('base64')),
    );
  });
});

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
    findings.endplates.forEach((e) => expect(e.modic).toMatchObject({ reason: { code: 'T1_MISSING' } }));
  });

  it('does not believe TR and TE against the signal of CSF', async () => {
    const swapped = { ...mrSeries('t1'), attributes: mrSeries('t2').attributes!, name: 't2' };
    const { findings } = await analyse(boxStudy('mr', [swapped]), [{ name: 't2' }]);
    findings.discs.forEach((d) => expect(d.signal).toMatchObject({ reason: { code: 'SEQUENCE_NOT_RECOGNISED' } }));
  });
});

describe('analyseStudy on what it can not use', () => {
  it('marks a study without a spine as not analysed', async () => {
    const empty = boxSpine(0, { sacrum: false });
    const series = { ...ctSeries(false), dims: [60, 60, 40] as const, valueAt: hounsfield(empty, false) };
    const study = boxStudy('empty', [series]);
    const volume = await assembleVolume(groupSeries(study.headers)[0]!, study.readInstance);
    const grid = resampleSagittal(volume, { inPlaneMm: 1, sliceMm: THRESHOLDS.segment.ctSliceMm });
    const { findings, labelMaps, keySlices } = await analyseStudy(
      { ...study, version: 1, digest: 'd', createdAt: '2026-01-02T03:04:05Z' },
      {
        segmenter: truthSegmenter([{ grid, classAt: empty.classAt }]),
        software: { name: 'Endplate', version: '0.1.0' },
      },
    );
    expect(findings.outcome).toMatchObject({ status: 'not-analysed', reason: { code: 'NO_SPINE_FOUND' } });
    expect(findings.series.every((s) => !s.used)).toBe(true);
    expect([labelMaps, keySlices]).toEqual([[], []]);
  });

  it('marks pixel data that can not be decoded', async () => {
    const study = boxStudy('mr', [mrSeries('t2')]);
    const segmenter = await segmenterFor(study, [{ name: 't2' }]);
    const { findings } = await analyseStudy(
      {
        ...study,
        readInstance: async (uid) => (await study.readInstance(uid)).subarray(0, 4000),
        version: 1,
        digest: 'd',
        createdAt: '2026-01-02T03:04:05Z',
      },
      { segmenter, software: { name: 'Endplate', version: '0.1.0' } },
    );
    expect(findings.outcome).toMatchObject({ status: 'not-analysed', reason: { code: 'PIXEL_DATA_UNREADABLE' } });
  });

  it('lets a failing store pass through, so that the job is tried again', async () => {
    const study = boxStudy('mr', [mrSeries('t2')]);
    const segmenter = await segmenterFor(study, [{ name: 't2' }]);
    const input = {
      ...study,
      readInstance: () => Promise.reject(new Error('store is down')),
      version: 1,
      digest: 'd',
      createdAt: '2026-01-02T03:04:05Z',
    };
    await expect(analyseStudy(input, { segmenter, software: { name: 'Endplate', version: '0.1.0' } })).rejects.toThrow(
      'store is down',
    );
  });
});

it('puts the box spine where the spec thinks it is', () => {
  expect(SPINE.blockAt([0, 0, TOP_Z - 1])!.kind).toBe('body');
  expect(SPINE.blockAt([0, 0, L3_L4_Z])).toMatchObject({ kind: 'disc', fromZ: L3_L4_Z - 5 });
});
