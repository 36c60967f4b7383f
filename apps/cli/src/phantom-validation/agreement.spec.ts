import { type StudyFindings } from '@endplate/findings';
import { type PhantomTruth } from '@endplate/phantom';
import { compareCt } from './ct-agreement';
import { compareMr } from './mr-agreement';

const lesion = (z: number, site = 'nucleus'): object => ({
  site,
  centroidLps: [0, 0, z],
  volumeMm3: 14,
  densityHU: 600,
});

const heights = { anteriorHeightMm: 6, middleHeightMm: 6, posteriorHeightMm: 5 };

const truth = {
  seed: 7,
  discs: [
    { level: 'L5/S1', centreLps: [0, 0, 0], ...heights, calcificationMm3: 14, calcifications: [lesion(1)] },
    { level: 'L4/L5', centreLps: [0, 0, 37], ...heights, calcificationMm3: 0, calcifications: [] },
    { level: 'L3/L4', centreLps: [0, 0, 74], ...heights, calcificationMm3: 0, calcifications: [] },
    { level: 'L2/L3', centreLps: [0, 0, 111], ...heights, calcificationMm3: 0, calcifications: [] },
  ],
  endplates: [
    { disc: 'L5/S1', side: 'above', modic: '3' },
    { disc: 'L4/L5', side: 'below', modic: '1' },
    { disc: 'L2/L3', side: 'below', modic: 'none' },
  ],
} as unknown as PhantomTruth;

const imaged = { fromZ: -40, toZ: 118 };

const calcified = (islandZ: number | undefined): object => ({
  status: 'assessed',
  value: {
    present: islandZ !== undefined,
    volumeMm3: islandZ === undefined ? 0 : 20,
    islands: islandZ === undefined ? [] : [{ centroidLps: [0, 0, islandZ] }],
    boneContinuousVolumeMm3: 5,
    boneContinuous: [{ centroidLps: [0, 0, 1] }],
  },
});

const findings = {
  vertebrae: [],
  discs: [
    { id: 'd1', centroidLps: [0, 1, 1], calcification: calcified(2) },
    { id: 'd2', centroidLps: [0, 1, 36], calcification: calcified(36) },
    { id: 'd3', centroidLps: [0, 1, 75], calcification: { status: 'not-assessed', reason: { code: 'DISC_TOO_THIN' } } },
  ],
  endplates: [
    { discId: 'd1', position: 'inferior', modic: { status: 'assessed', value: { type: '3-possible' } } },
    { discId: 'd2', position: 'superior', modic: { status: 'not-assessed', reason: { code: 'T1_MISSING' } } },
  ],
} as unknown as StudyFindings;

describe('agreement with phantom truth', () => {
  it('pairs discs by place and counts hits, false discs, misses and what was withheld', () => {
    expect(compareCt(truth, findings, 'a', true, imaged)).toMatchObject({
      volumes: [{ truth: 14, found: 20 }],
      lesions: [{ site: 'nucleus', found: true, apart: true }],
      clean: 1,
      falseDiscs: 1,
      falseApart: 1,
      cut: 0,
      discs: 4,
      missed: 1,
      withheld: ['DISC_TOO_THIN'],
    });
  });

  it('counts a disc that the images cut apart, and whether it was withheld', () => {
    expect(compareCt(truth, findings, 'a', true, { fromZ: -5, toZ: 80 })).toMatchObject({
      cut: 3,
      cutWithheld: 2,
      missed: 0,
      clean: 1,
      lesions: [],
    });
  });

  it('does not take an island elsewhere in the disc for the lesion', () => {
    const far = { ...findings, discs: [{ ...findings.discs[0]!, calcification: calcified(9) }] } as StudyFindings;
    expect(compareCt(truth, far, 'a', true, imaged).lesions).toMatchObject([{ found: false }]);
  });

  it('pairs endplates and takes "3 possible" for 3', () => {
    expect(compareMr(truth, findings, 'a')).toMatchObject({
      endplates: [{ truth: '3', found: '3' }],
      missed: 1,
      withheld: ['T1_MISSING'],
    });
  });
});
