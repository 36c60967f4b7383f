import { type NaturalDataset } from '@endplate/dicom';
import { type KeyOutlineKind, type StudyFindings } from '@endplate/findings';
import { discSite, vertebraSite } from '../code/anatomy-code';
import { type CodedConcept } from '../code/coded-concept';
import { CODE } from '../code/concept';
import { PRIVATE } from '../code/private-code';
import { codeItem } from '../sr/content/content-item';
import { trackDisc, trackEndplate, type Tracking, trackVertebra } from '../sr/finding/tracking';
import { type PhraseKey } from '../text/catalogue';
import { type ReportText } from '../text/report-text';
import { cieLab, type Rgb } from './cielab';
import { type LesionMask, type SegmentationSource } from './segmentation-source';

/** One segment with the voxels of the box that belong to it. */
export interface Segment {
  /** Id of the disc or vertebra that it is; absent for lesions. */
  readonly structureId?: string;
  readonly label: string;
  /** Layer on which a presentation state draws it. @standard PS3.3 C.10.7 */
  readonly layer: string;
  readonly category: CodedConcept;
  readonly type: CodedConcept;
  /** Where a lesion lies. */
  readonly region?: CodedConcept;
  readonly regionModifier?: CodedConcept;
  readonly tracking: Tracking;
  readonly colour: Rgb;
  readonly voxels: Uint32Array;
}

/** Colours as on the key images. */
const COLOUR = { body: [150, 185, 225], sacrum: [120, 160, 205], disc: [79, 214, 201] } as const satisfies Record<string, Rgb>; // prettier-ignore

interface LesionStyle {
  readonly type: CodedConcept;
  readonly colour: Rgb;
  readonly label: PhraseKey;
  readonly layer: string;
}

const LESION: Readonly<Partial<Record<KeyOutlineKind, LesionStyle>>> = {
  calcification: {
    type: CODE.calcification,
    colour: [255, 176, 0],
    label: 'legend.calcification',
    layer: 'CALCIFICATION',
  },
  'modic-1': { type: PRIVATE.modic1, colour: [255, 127, 80], label: 'legend.modic-1', layer: 'MODIC_1' },
  'modic-2': { type: PRIVATE.modic2, colour: [240, 228, 66], label: 'legend.modic-2', layer: 'MODIC_2' },
  'modic-3-possible': {
    type: PRIVATE.modic3,
    colour: [204, 155, 255],
    label: 'legend.modic-3-possible',
    layer: 'MODIC_3_POSSIBLE',
  },
  'modic-mixed': {
    type: PRIVATE.modicMixed,
    colour: [255, 95, 162],
    label: 'legend.modic-mixed',
    layer: 'MODIC_MIXED',
  },
};

/** The segments of a series, those that matter most first: lesions, discs, vertebrae, each caudal to cranial. */
export function segmentsOf(findings: StudyFindings, source: SegmentationSource, words: ReportText): Segment[] {
  const voxelsOf = voxelsByInstance(source);
  const structures = source.instanceList.flatMap(({ value, kind, findingId }) => {
    const voxels = voxelsOf.get(value);
    const segment = voxels && structureSegment(findings, kind, findingId, voxels, words);
    return segment ? [segment] : [];
  });
  const discs = structures.filter(({ colour }) => colour === COLOUR.disc);
  const bones = structures.filter(({ colour }) => colour !== COLOUR.disc);
  return [...source.lesions.flatMap((lesion) => lesionSegment(findings, lesion, words)), ...discs, ...bones];
}

/** Item of the Segment Sequence. @standard PS3.3 C.8.20.4 */
export function segmentItem(segment: Segment, number: number, algorithm: NaturalDataset): NaturalDataset {
  const { region, regionModifier } = segment;
  return {
    SegmentNumber: number,
    SegmentLabel: segment.label,
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: algorithm['AlgorithmName'] ?? null,
    SegmentationAlgorithmIdentificationSequence: [algorithm],
    SegmentedPropertyCategoryCodeSequence: [codeItem(segment.category)],
    SegmentedPropertyTypeCodeSequence: [codeItem(segment.type)],
    ...(region
      ? {
          AnatomicRegionSequence: [
            {
              ...codeItem(region),
              ...(regionModifier ? { AnatomicRegionModifierSequence: [codeItem(regionModifier)] } : {}),
            },
          ],
        }
      : {}),
    RecommendedDisplayCIELabValue: cieLab(segment.colour),
    TrackingID: segment.tracking.trackingIdentifier,
    TrackingUID: segment.tracking.trackingUID,
  };
}

function structureSegment(
  findings: StudyFindings,
  kind: 'body' | 'disc' | 'sacrum',
  findingId: string,
  voxels: Uint32Array,
  words: ReportText,
): Segment | undefined {
  const category = CODE.anatomicalStructure;
  if (kind === 'disc') {
    const disc = findings.discs.find(({ id }) => id === findingId);
    if (!disc) return undefined;
    const tracking = trackDisc(findings, disc, words);
    const type = discSite(disc.level);
    return { structureId: findingId, label: short(tracking), layer: 'DISC', category, type, tracking, colour: COLOUR.disc, voxels }; // prettier-ignore
  }
  const vertebra = findings.vertebrae.find(({ id }) => id === findingId);
  if (!vertebra) return undefined;
  const tracking = trackVertebra(findings, vertebra, words);
  const type = vertebraSite(vertebra.level, vertebra.id);
  return { structureId: findingId, label: short(tracking), layer: 'VERTEBRA', category, type, tracking, colour: COLOUR[kind], voxels }; // prettier-ignore
}

function lesionSegment(findings: StudyFindings, { kind, findingId, voxels }: LesionMask, words: ReportText): Segment[] {
  const style = LESION[kind];
  if (!style || voxels.length === 0) return [];
  const { type, colour, layer } = style;
  const lesion = { layer, category: CODE.morphologicallyAbnormal, type, colour, voxels };
  const disc = findings.discs.find(({ id }) => id === findingId);
  if (disc) {
    const tracking = trackDisc(findings, disc, words);
    return [{ ...lesion, label: labelled(tracking, style.label, words), region: discSite(disc.level), tracking }];
  }
  const endplate = findings.endplates.find(({ id }) => id === findingId);
  if (!endplate) return [];
  const tracking = trackEndplate(findings, endplate, words);
  return [
    {
      ...lesion,
      label: labelled(tracking, style.label, words),
      region: vertebraSite(endplate.vertebraLevel, endplate.vertebraId),
      regionModifier: endplate.position === 'superior' ? CODE.superior : CODE.inferior,
      tracking,
    },
  ];
}

function voxelsByInstance({ instances }: SegmentationSource): Map<number, Uint32Array> {
  const counts = new Uint32Array(256);
  for (const value of instances) counts[value]!++;
  const voxels = new Map<number, Uint32Array>();
  for (let value = 1; value < 256; value++) if (counts[value]! > 0) voxels.set(value, new Uint32Array(counts[value]!));
  counts.fill(0);
  instances.forEach((value, at) => {
    if (value !== 0) voxels.get(value)![counts[value]!++] = at;
  });
  return voxels;
}

function labelled(tracking: Tracking, what: PhraseKey, words: ReportText): string {
  return words.parts([short(tracking), words.phrase(what)]);
}

/** LO takes 64 characters. @standard PS3.5 6.2 */
function short({ trackingIdentifier }: Tracking): string {
  return trackingIdentifier.slice(0, 44);
}
