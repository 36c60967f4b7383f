import { assessed, notAssessed, type StudyFindings } from '@endplate/findings';
import { type PhantomTruth } from '@endplate/phantom';
import { compareLevels, levelTable } from './level-agreement';
import { cobbTable, compareShape, dentTable } from './shape-agreement';

const truth = {
  vertebrae: [
    { level: 'L5', centreLps: [0, 0, 0], tiltDeg: -8 },
    { level: 'L4', centreLps: [0, 0, 36], tiltDeg: 6 },
  ],
  discs: [{ level: 'L4/L5', centreLps: [0, 0, 18] }],
  endplates: [
    { disc: 'L4/L5', side: 'above', vertebra: 'L4', nodeDepthMm: 4.6 },
    { disc: 'L4/L5', side: 'below', vertebra: 'L5', nodeDepthMm: 0 },
  ],
} as unknown as PhantomTruth;

const dent = (depthMm: number) => assessed({ present: depthMm >= 3, depthMm, lengthMm: 6, sliceCount: 2 }, 0.9);
const none = notAssessed('NEEDS_CT', 'Dents of an endplate are measured on CT.');

function findings(change: Partial<StudyFindings> = {}): StudyFindings {
  return {
    vertebrae: [
      { id: 'vertebra-1', level: 'L5', centroidLps: [1, 0, 1], endplateDefects: { superior: dent(0.4), inferior: none } },
      { id: 'vertebra-2', level: 'L4', centroidLps: [0, 1, 35], endplateDefects: { superior: none, inferior: dent(4.1) } },
    ],
    discs: [{ level: 'L4/L5', centroidLps: [0, 0, 18] }],
    coronalCobb: assessed(
      { angleDeg: 15, convexTo: 'left', upperVertebraId: 'vertebra-2', lowerVertebraId: 'vertebra-1' },
      0.8,
    ),
    remarks: [],
    ...change,
  } as unknown as StudyFindings; // prettier-ignore
}

describe('shape of a phantom beside its findings', () => {
  it('takes the drawn angle between the vertebrae that the kernel chose', () => {
    expect(compareShape(truth, findings()).cobb).toEqual({ truthDeg: 14, foundDeg: 15 });
    const rows = cobbTable([compareShape(truth, findings()), { endplates: [] }]);
    expect(rows[2]!.slice(0, 3)).toEqual(['from 10 degrees', '1', '1.0']);
    expect(rows[3]![1]).toBe('1');
  });

  it('pairs endplates by vertebra and side, and leaves out those not assessed', () => {
    expect(compareShape(truth, findings()).endplates).toEqual([
      { nodeMm: 0, foundMm: 0.4, called: false },
      { nodeMm: 4.6, foundMm: 4.1, called: true },
    ]);
    const rows = dentTable([compareShape(truth, findings())]);
    expect(rows.map((row) => row[1])).toEqual(['endplates', '1', '0', '1']);
    expect(rows[3]![2]).toContain('1/1');
  });
});

describe('level names of a phantom', () => {
  const of = (level: string | null, remarks: string[] = []) =>
    compareLevels('five', truth, findings({ discs: [{ level, centroidLps: [0, 0, 19] }], remarks } as never));

  it('are right, wrong, withheld or missing', () => {
    expect(of('L4/L5')).toMatchObject({ right: 1, wrong: 0, withheld: 0, missed: 0 });
    expect(of('L3/L4')).toMatchObject({ right: 0, wrong: 1 });
    expect(of(null)).toMatchObject({ withheld: 1 });
    expect(compareLevels('five', truth, findings({ discs: [] }))).toMatchObject({ missed: 1 });
  });

  it('are counted by situation, wrong ones with the remark apart', () => {
    const remark = 'Levels are counted upward from the sacrum, as if there were five lumbar vertebrae.';
    const [, row] = levelTable([of('L3/L4', [remark]), of('L4/L5'), of('L3/L4')]);
    expect(row!.slice(0, 4)).toEqual(['five', '3', '2', '1']);
    expect(row![5]).toContain('1/3');
  });
});
