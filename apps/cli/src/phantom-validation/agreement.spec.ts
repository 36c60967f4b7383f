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

const truth = {
  seed: 7,
  discs: [
    { level: 'L5/S1', centreLps: [0, 0, 0], calcificationMm3: 14, calcifications: [lesion(1)] },
    { level: 'L4/L5', centreLps: [0, 0, 37], calcificationMm3: 0, calcifications: [] },
    { level: 'L3/L4', centreLps: [0, 0, 74], calcificationMm3: 0, calcifications: [] },
    { level: 'L2/L3', centreLps: [0, 0, 111], calcificationMm3: 0, calcifications: [] },
  ],
  endplates: [
    { disc: 'L5/S1', side: 'above', modic: '3' },
    { disc: 'L4/L5', side: 'below', modic: '1' },
    { disc: 'L2/L3', side: 'below', modic: 'none' },
  ],
} as unknown as PhantomTruth;

const calcified = (islandZ: number | undefined): object => ({
  status: 'assessed',
  value: {
    present: islandZ !== undefined,
    volumeMm3: islandZ === undefined ? 0 : 20,
    islands: islandZ === undefined ? [] : [{ centroidLps: [0, 0, islandZ] }],
  },
});

const findings = {
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
    expect(compareCt(truth, findings, 'a', true)).toMatchObject({
      volumes: [{ truth: 14, found: 20 }],
      lesions: [{ site: 'nucleus', found: true }],
      clean: 1,
      falseDiscs: 1,
      discs: 4,
      missed: 1,
      withheld: ['DISC_TOO_THIN'],
    });
  });

  it('does not take an island elsewhere in the disc for the lesion', () => {
    const far = { ...findings, discs: [{ ...findings.discs[0]!, calcification: calcified(9) }] } as StudyFindings;
    expect(compareCt(truth, far, 'a', true).lesions).toMatchObject([{ found: false }]);
  });

  it('pairs endplates and takes "3 possible" for 3', () => {
    expect(compareMr(truth, findings, 'a')).toMatchObject({
      endplates: [{ truth: '3', found: '3' }],
      missed: 1,
      withheld: ['T1_MISSING'],
    });
  });
});
