import { assessed, notAssessed } from '../model/assessment.schema';
import { type Calcification } from '../model/calcification.schema';
import { type DiscFinding } from '../model/disc.schema';
import { type Modic } from '../model/modic.schema';
import { type StudyFindings } from '../model/study-findings.schema';

/** A study to correct: a calcified disc, one without, one that was not assessed, and a Modic change of type 2. */
export function readerStudy(): StudyFindings {
  return {
    schema: 'endplate.findings/1',
    studyInstanceUID: '1.2.3',
    version: 1,
    digest: 'd',
    createdAt: '2026-01-01T12:00:00Z',
    software: { name: 'Endplate', version: '0.1.0' },
    model: { name: 'spine-seg', version: '1', sha256: 'a'.repeat(64) },
    thresholdsVersion: '1',
    intendedUse: 'Research and triage only. Not a diagnosis.',
    outcome: { status: 'analysed' },
    series: [],
    vertebrae: [],
    discs: [disc(1, 'L5/S1', calcification(120)), disc(2, 'L4/L5', calcification(0)), disc(3, 'L3/L4', undefined)],
    endplates: [
      {
        id: 'vertebra-1-inferior',
        vertebraId: 'vertebra-1',
        discId: 'disc-1',
        position: 'inferior',
        vertebraLevel: 'L5',
        modic: assessed(MODIC, 0.7),
      },
    ],
    remarks: [],
  };
}

const MODIC: Modic = {
  type: '2',
  t1Ratio: 1.4,
  t2Ratio: 1.2,
  areaMm2: 90,
  sliceCount: 3,
  heightPercent: 30,
  apFraction: 0.6,
  caveats: ['Focal marrow lesion, not Modic.'],
  outlines: [{ pointsLps: [[0, 0, 0], [0, 1, 0], [0, 1, 1]] }],
}; // prettier-ignore

function calcification(volumeMm3: number): Calcification {
  const present = volumeMm3 > 0;
  return {
    present,
    volumeMm3,
    percentOfDisc: volumeMm3 / 80,
    discVolumeMm3: 8000,
    ...(present ? { meanHU: 300, p95HU: 480, maxHU: 500 } : {}),
    islands: present ? [{ volumeMm3, centroidLps: [0, 0, 0], site: 'nucleus', meanHU: 300, maxHU: 500 }] : [],
    sensitivityBandMm3: { over130: 150, over160: 130, over200: 90 },
    boneContinuousVolumeMm3: 0,
    agatstonLike: present ? 10 : 0,
    referenceMedianHU: 80,
    referenceSigmaHU: 10,
    smallestDetectableMm: 2,
  };
}

function disc(ordinal: number, level: DiscFinding['level'], calcified: Calcification | undefined): DiscFinding {
  const withheld = notAssessed<never>('DISC_TOO_THIN', 'The disc is too thin.');
  return {
    id: `disc-${ordinal}`,
    ordinal,
    level,
    vertebraAboveId: null,
    vertebraBelowId: null,
    centroidLps: [0, 0, 0],
    outlines: [],
    seriesInstanceUID: '1.2',
    heights: withheld,
    heightIndex: withheld,
    wedgeDeg: withheld,
    slip: withheld,
    calcification: calcified ? assessed(calcified, 0.8) : withheld,
    vacuum: withheld,
    signal: withheld,
  };
}
