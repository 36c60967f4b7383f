import {
  affineColumn,
  cross,
  dot,
  encodePart10,
  length,
  type NaturalDataset,
  normalise,
  SopClass,
  Tag,
} from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { CODE } from '../code/concept';
import { ReportNotPossibleError } from '../errors';
import { contentTime } from '../module/content-time';
import { equipmentModules } from '../module/equipment';
import { patientStudyModules } from '../module/patient-study';
import { type ReportContext } from '../report-context';
import { codeItem, sopItem } from '../sr/content/content-item';
import { plannedSegments } from './planned-segments';
import { packBits, type SegmentFrame } from './segment-frames';
import { type ReportText, reportText } from '../text/report-text';
import { segmentItem } from './segment';
import { dimensionOrganizationUid, segmentationSeriesUid, segmentationUid } from './segmentation-uid';
import { type SegmentationSource } from './segmentation-source';

/**
 * Writes structures and lesions of one series as a DICOM Segmentation: binary, on the whole planes of the series, one
 * segment per structure and per lesion, each with the codes and tracking UIDs of the report. The same input gives the
 * same bytes.
 *
 * @returns Part 10 bytes, explicit VR little endian
 * @throws {@link ReportNotPossibleError} `REPORTING_NOT_POSSIBLE` where there is no segment or no frame of reference
 * @standard PS3.3 A.51, PS3.3 C.8.20
 */
export function renderSegmentation(
  findings: StudyFindings,
  source: SegmentationSource,
  context: ReportContext,
): Buffer {
  const { frameOfReferenceUID, seriesDims } = source;
  if (frameOfReferenceUID === undefined) throw new ReportNotPossibleError('the series has no frame of reference.');
  const [columns, rows] = seriesDims;
  const words = reportText(context.language);
  const { segments, frames, left } = plannedSegments(findings, source, words);
  if (frames.length === 0) throw new ReportNotPossibleError('nothing was segmented.');
  const { date, time } = contentTime(findings.createdAt, context);
  const algorithm = algorithmItem(findings);
  return encodePart10({
    SOPClassUID: SopClass.SegmentationStorage,
    SOPInstanceUID: segmentationUid(findings, source, context),
    ...patientStudyModules(findings.studyInstanceUID, context),
    Modality: 'SEG',
    SeriesInstanceUID: segmentationSeriesUid(findings, context),
    SeriesNumber: 9102,
    SeriesDescription: words.say('series.segmentation'),
    SeriesDate: date,
    SeriesTime: time,
    FrameOfReferenceUID: frameOfReferenceUID,
    PositionReferenceIndicator: null,
    ...equipmentModules(context),
    // What made the object is told apart by the network's digest.
    DeviceSerialNumber: findings.model.sha256,
    InstanceNumber: 1,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    ContentDate: date,
    ContentTime: time,
    ContentLabel: 'ENDPLATE',
    ContentDescription: describe(left, words),
    ContentCreatorName: null,
    ImageType: ['DERIVED', 'PRIMARY'],
    LossyImageCompression: '00',
    SegmentationType: 'BINARY',
    SegmentSequence: segments.map((segment, n) => segmentItem(segment, n + 1, algorithm)),
    ...references(frames, source),
    ...dimensions(findings, source, context),
    ...functionalGroups(frames, source),
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    NumberOfFrames: frames.length,
    Rows: rows,
    Columns: columns,
    BitsAllocated: 1,
    BitsStored: 1,
    HighBit: 0,
    PixelRepresentation: 0,
    PixelData: packBits(frames, rows * columns),
  });
}

/** @standard PS3.3 10.16 */
function algorithmItem({ software, model }: StudyFindings): NaturalDataset {
  return {
    AlgorithmFamilyCodeSequence: [codeItem(CODE.artificialIntelligence)],
    AlgorithmName: software.name,
    AlgorithmVersion: software.version,
    AlgorithmParameters: `model ${model.name} ${model.version} sha256 ${model.sha256}`,
  };
}

/** The images under the segments. @standard PS3.3 C.12.2 */
function references(frames: readonly SegmentFrame[], source: SegmentationSource): NaturalDataset {
  const images = new Map<string, NaturalDataset>();
  for (const plane of [...new Set(frames.map((frame) => frame.plane))].sort((a, b) => a - b)) {
    const { sopClassUID, sopInstanceUID } = imageOf(source, plane);
    images.set(sopInstanceUID, sopItem({ sopClassUID, sopInstanceUID }));
  }
  return {
    ReferencedSeriesSequence: [
      { SeriesInstanceUID: source.seriesInstanceUID, ReferencedInstanceSequence: [...images.values()] },
    ],
  };
}

/** Frames are ordered by segment, then along the normal. @standard PS3.3 C.7.6.17 */
function dimensions(findings: StudyFindings, source: SegmentationSource, context: ReportContext): NaturalDataset {
  const uid = dimensionOrganizationUid(findings, source, context);
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: uid }],
    DimensionIndexSequence: [
      {
        DimensionOrganizationUID: uid,
        DimensionIndexPointer: Tag.ReferencedSegmentNumber,
        FunctionalGroupPointer: Tag.SegmentIdentificationSequence,
        DimensionDescriptionLabel: 'Segment',
      },
      {
        DimensionOrganizationUID: uid,
        DimensionIndexPointer: Tag.ImagePositionPatient,
        FunctionalGroupPointer: Tag.PlanePositionSequence,
        DimensionDescriptionLabel: 'Position',
      },
    ],
  };
}

/** @standard PS3.3 A.51.5 */
function functionalGroups(frames: readonly SegmentFrame[], source: SegmentationSource): NaturalDataset {
  const [i, j, k] = ([0, 1, 2] as const).map((axis) => affineColumn(source.ijkToLps, axis));
  const [row, column] = [normalise(i!), normalise(j!)];
  const spacing = Math.abs(dot(k!, normalise(cross(row, column))));
  const planes = [...new Set(frames.map(({ plane }) => plane))].sort((a, b) => a - b);
  const place = new Map(planes.map((plane, n) => [plane, n + 1]));
  return {
    SharedFunctionalGroupsSequence: [
      {
        PixelMeasuresSequence: [
          { SliceThickness: spacing, SpacingBetweenSlices: spacing, PixelSpacing: [length(j!), length(i!)] },
        ],
        PlaneOrientationSequence: [{ ImageOrientationPatient: [...row, ...column] }],
      },
    ],
    PerFrameFunctionalGroupsSequence: frames.map(({ segment, plane, positionLps }) => ({
      FrameContentSequence: [{ DimensionIndexValues: [segment, place.get(plane)!] }],
      PlanePositionSequence: [{ ImagePositionPatient: [...positionLps] }],
      SegmentIdentificationSequence: [{ ReferencedSegmentNumber: segment }],
      DerivationImageSequence: [
        {
          DerivationCodeSequence: [codeItem(CODE.segmentation)],
          SourceImageSequence: [
            {
              ...sopItem(imageOf(source, plane)),
              SpatialLocationsPreserved: 'YES',
              PurposeOfReferenceCodeSequence: [codeItem(CODE.sourceImage)],
            },
          ],
        },
      ],
    })),
  };
}

function imageOf({ images }: SegmentationSource, plane: number): SegmentationSource['images'][number] {
  const image = images[plane];
  if (!image) throw new ReportNotPossibleError(`the series has no image for plane ${plane}.`);
  return image;
}

/** LO takes 64 characters, so that what was left out needs the shorter warning. @standard PS3.5 6.2 */
function describe(left: number, words: ReportText): string {
  return left === 0
    ? words.say('use.intended')
    : words.say('object.leftOut', { use: words.say('use.burnedIn'), count: left });
}
