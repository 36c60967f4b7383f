import { type Vec3 } from '@endplate/dicom';
import { type EndplateDefect, type Assessment } from '@endplate/findings';
import { analyse, ctSeries, SPINE } from '../fixture/box-analysis';
import { boxStudy } from '../fixture/box-study';
import { CLASS } from '../segment/spine-class';

/** Upper end of L4 in the box spine, LPS z, mm. */
const TOP_OF_L4 = 60 + 27 + 10 + 27;
const DISC_HU = 85;

/** A node of disc material in the upper endplate of L4, 6 mm deep and 8 mm long. */
const node = (p: Vec3): boolean =>
  Math.abs(p[0]) <= 9 && Math.abs(p[1]) <= 4 && p[2] <= TOP_OF_L4 && p[2] > TOP_OF_L4 - 6;

/** The endplates of a CT with the node, by level and side, when marrow has a density. */
async function endplates(marrowHU: number): Promise<Map<string, Assessment<EndplateDefect>>> {
  const valueAt = (p: Vec3): number => {
    const cls = SPINE.classAt(p);
    if (cls === CLASS.disc || node(p)) return DISC_HU;
    return cls === CLASS.body || cls === CLASS.sacrum ? marrowHU : cls === CLASS.canal ? 15 : 40;
  };
  const { findings } = await analyse(boxStudy(`dents ${marrowHU}`, [{ ...ctSeries(false), noise: 6, valueAt }]), [
    { name: 'ct' },
  ]);
  return new Map(
    findings.vertebrae.flatMap(({ level, endplateDefects: both }) =>
      (['superior', 'inferior'] as const).map((side) => [`${level} ${side}`, both![side]] as const),
    ),
  );
}

describe('dents of endplates on CT', () => {
  it('are followed on native voxels, and no others are called', async () => {
    const found = await endplates(260);
    const called = [...found].filter(([, dent]) => dent.status === 'assessed' && dent.value.present);
    expect(called.map(([where]) => where)).toEqual(['L4 superior']);
    expect(called[0]![1]).toMatchObject({ value: { depthMm: expect.closeTo(6, -0.2) as number } });
  });

  it('are less sure where 30 HU of the reference would lose the endplate', async () => {
    const [dense, thin] = [await endplates(260), await endplates(138)];
    const sure = (all: typeof dense): number => {
      const dent = all.get('L4 superior')!;
      if (dent.status !== 'assessed') throw new Error(`withheld: ${dent.reason.code}`);
      return dent.confidence;
    };
    expect(sure(dense)).toBeGreaterThan(0.6);
    expect(sure(thin)).toBe(0.5);
  });

  it('are withheld where marrow is hardly denser than the disc', async () => {
    expect((await endplates(DISC_HU + 25)).get('L4 superior')).toMatchObject({
      status: 'not-assessed',
      reason: { code: 'REFERENCE_UNSTABLE' },
    });
  });
});
