import { deriveUid, SopClass } from '@endplate/dicom';
import {
  assessed,
  type Calcification,
  type DiscFinding,
  type EndplateFinding,
  type ImageReference,
  type Modic,
  notAssessed,
  type Outline,
  type StudyFindings,
  type VertebraFinding,
} from '@endplate/findings';
import { type ReportContext } from '../report-context';

const LEVELS = [
  'L5/S1',
  'L4/L5',
  'L3/L4',
  'L2/L3',
  'L1/L2',
  'T12/L1',
  'T11/T12',
  'T10/T11',
  'T9/T10',
  'T8/T9',
] as const;
const VERTEBRAE = ['L5', 'L4', 'L3', 'L2', 'L1', 'T12', 'T11', 'T10', 'T9', 'T8'] as const;

/** Begins findings of a CT study with realistic numbers; discs are added with {@link SomeFindings.withDisc}. */
export function someFindings(modality: 'CT' | 'MR' = 'CT'): SomeFindings {
  return new SomeFindings(modality);
}

/** A context with patient data of a source. */
export function someContext(source: ReportContext['source'] = {}): ReportContext {
  return {
    source: {
      PatientName: 'Doe^Jane',
      PatientID: 'P-0042',
      PatientBirthDate: '19600229',
      PatientSex: 'F',
      StudyDate: '20260301',
      StudyTime: '101500',
      ReferringPhysicianName: 'House^Gregory',
      StudyID: '77',
      AccessionNumber: 'ACC77',
      StudyDescription: 'Lumbar spine',
      ...source,
    },
    manufacturer: 'Endplate',
    manufacturerModelName: 'Endplate',
    softwareVersion: '0.1.0',
    destinationProfile: 'pacs',
  };
}

/** Builder of findings; every `with` adds to the same study. */
export class SomeFindings {
  private readonly study: StudyFindings;

  constructor(private readonly modality: 'CT' | 'MR') {
    const studyInstanceUID = deriveUid('spec-study', modality);
    this.study = {
      schema: 'endplate.findings/1',
      studyInstanceUID,
      version: 1,
      digest: 'a'.repeat(64),
      createdAt: '2026-03-01T10:20:30.000Z',
      software: { name: 'Endplate', version: '0.1.0' },
      model: { name: 'spine-seg', version: '1.0.0', sha256: 'b'.repeat(64) },
      thresholdsVersion: '1',
      intendedUse: 'Research and triage only. Not a diagnosis.',
      outcome: { status: 'analysed' },
      series: modality === 'CT' ? [series(modality, 'ct', 24)] : [series('MR', 'mr-t1', 15), series('MR', 'mr-t2', 15)],
      labelling: { anchored: true, gap: 0.4, best: ['S1', ...VERTEBRAE], secondBest: [] },
      vertebrae: [],
      discs: [],
      endplates: [],
      remarks: [],
    };
  }

  /** Adds the next disc upward, with its lower vertebra's and upper vertebra's endplates on MR. */
  withDisc(change: Partial<DiscFinding> = {}): this {
    const index = this.study.discs.length;
    this.study.discs.push({ ...disc(index, this.modality, this.outline(index), this.seriesUid()), ...change });
    return this;
  }

  withDiscs(count: number, change: Partial<DiscFinding> = {}): this {
    for (let n = 0; n < count; n++) this.withDisc(change);
    return this;
  }

  withVertebrae(count: number): this {
    for (let n = 0; n < count; n++) this.study.vertebrae.push(vertebra(n, this.outline(n)));
    return this;
  }

  withEndplate(modic: EndplateFinding['modic'], change: Partial<EndplateFinding> = {}): this {
    const index = this.study.endplates.length >> 1;
    const position = this.study.endplates.length % 2 === 0 ? 'inferior' : 'superior';
    const vertebraId = position === 'inferior' ? `vertebra-${index + 1}` : index === 0 ? 'sacrum' : `vertebra-${index}`;
    this.study.endplates.push({
      id: `${vertebraId}-${position}`,
      vertebraId,
      discId: `disc-${index + 1}`,
      position,
      vertebraLevel: position === 'inferior' ? VERTEBRAE[index]! : index === 0 ? 'S1' : VERTEBRAE[index - 1]!,
      modic,
      ...change,
    });
    return this;
  }

  with(change: Partial<StudyFindings>): this {
    Object.assign(this.study, change);
    return this;
  }

  /** An outline on the middle image of the first series, as sagittal acquisitions have it. */
  outline(index: number): Outline {
    const { instances, frameOfReferenceUID } = this.study.series[0]!;
    const y = 300 - 24 * index;
    const points: [number, number][] = [[140, y], [180, y - 3], [182, y + 8], [142, y + 10]]; // prettier-ignore
    return {
      ...(frameOfReferenceUID === undefined ? {} : { frameOfReferenceUID }),
      pointsLps: points.map(([column, row]) => [3, column * 0.8 - 120, 150 - row * 0.8]),
      image: { reference: { ...instances[instances.length >> 1]! }, points },
    };
  }

  build(): StudyFindings {
    return structuredClone(this.study);
  }

  private seriesUid(): string {
    return this.study.series[0]!.seriesInstanceUID;
  }
}

/** An outline in space alone, as reformats of axial images have it. */
export function inSpace(outline: Outline): Outline {
  const { image: _image, ...rest } = outline;
  return rest;
}

/** Calcification of a disc with two islands. */
export function someCalcification(change: Partial<Calcification> = {}): Calcification {
  return {
    present: true,
    volumeMm3: 41.7,
    percentOfDisc: 0.38,
    discVolumeMm3: 10973,
    meanHU: 312.4,
    p95HU: 498,
    maxHU: 544,
    islands: [
      { volumeMm3: 30.2, centroidLps: [2, -14, 0], site: 'annulus-posterior', meanHU: 330, maxHU: 544 },
      { volumeMm3: 11.5, centroidLps: [-4, -20, 1], site: 'nucleus', meanHU: 268, maxHU: 301 },
    ],
    sensitivityBandMm3: { over130: 63.1, over160: 52.8, over200: 40.1 },
    boneContinuousVolumeMm3: 12.2,
    agatstonLike: 61,
    referenceMedianHU: 92,
    referenceSigmaHU: 17,
    smallestDetectableMm: 1.4,
    ...change,
  };
}

/** A Modic change of one endplate. */
export function someModic(change: Partial<Modic> = {}): Modic {
  return {
    type: '2',
    t1Ratio: 1.41,
    t2Ratio: 1.22,
    areaMm2: 118,
    sliceCount: 4,
    heightPercent: 31,
    apFraction: 0.62,
    caveats: [],
    outlines: [],
    ...change,
  };
}

function series(modality: 'CT' | 'MR', role: 'ct' | 'mr-t1' | 'mr-t2', count: number): StudyFindings['series'][number] {
  const sopClassUID = modality === 'CT' ? SopClass.CTImageStorage : SopClass.MRImageStorage;
  const instance = (n: number): ImageReference => ({ sopClassUID, sopInstanceUID: deriveUid('spec', role, String(n)) });
  return {
    seriesInstanceUID: deriveUid('spec-series', role),
    frameOfReferenceUID: deriveUid('spec-frame', modality),
    modality,
    role,
    roleEvidence: 'tr-te',
    used: true,
    spacingMm: { row: 0.8, column: 0.8, slice: 3 },
    instances: Array.from({ length: count }, (_, n) => instance(n)),
  };
}

function disc(index: number, modality: 'CT' | 'MR', outline: Outline, seriesInstanceUID: string): DiscFinding {
  const ct = modality === 'CT';
  return {
    id: `disc-${index + 1}`,
    ordinal: index + 1,
    level: LEVELS[index] ?? null,
    vertebraAboveId: `vertebra-${index + 1}`,
    vertebraBelowId: index === 0 ? 'sacrum' : `vertebra-${index}`,
    centroidLps: [3, 10, 40 + 34 * index],
    outlines: [outline],
    seriesInstanceUID,
    heights: assessed({ anteriorMm: 11.2, middleMm: 9.4, posteriorMm: 6.1 }, 0.9),
    heightIndex: assessed(0.33, 0.9),
    wedgeDeg: assessed(7.4, 0.8),
    slip: assessed({ slipMm: 0.6, percentOfEndplate: 1.7 }, 0.8),
    calcification: ct
      ? assessed(someCalcification(), 0.87)
      : notAssessed('NEEDS_CT', 'MR does not show calcium; a CT is needed.'),
    vacuum: ct
      ? assessed({ present: false, volumeMm3: 0 }, 0.9)
      : notAssessed('NEEDS_CT', 'MR does not show calcium; a CT is needed.'),
    signal: ct
      ? notAssessed('NEEDS_MR', 'The T2 signal needs an MR.')
      : assessed({ t2RatioToCsf: 0.31, pfirrmannLike: 3 }, 0.7),
  };
}

function vertebra(index: number, outline: Outline): VertebraFinding {
  return {
    id: `vertebra-${index + 1}`,
    ordinal: index + 1,
    level: VERTEBRAE[index] ?? null,
    centroidLps: [3, 8, 57 + 34 * index],
    outlines: [outline],
    heights: assessed({ anteriorMm: 27.9, middleMm: 27.1, posteriorMm: 28.6 }, 0.9),
    wedgePercent: 2.4,
  };
}
