import { deriveUid, encodePart10, SopClass, type UID } from '@endplate/dicom';
import { type KeySlice, type StudyFindings } from '@endplate/findings';
import { CODE } from '../code/concept';
import { contentTime } from '../module/content-time';
import { equipmentModules } from '../module/equipment';
import { patientStudyModules } from '../module/patient-study';
import { type ReportContext } from '../report-context';
import { reportText } from '../text/report-text';
import { codeItem, sopItem } from '../sr/content/content-item';
import { type DrawnKeyImage } from './draw-key-image';

/** SOP Instance UID of a key image: a pure function of study, version, slice and destination profile. */
export function keyImageUid(findings: StudyFindings, slice: KeySlice, context: ReportContext): UID {
  return deriveUid(
    'sc',
    findings.studyInstanceUID,
    String(findings.version),
    context.destinationProfile,
    slice.seriesInstanceUID,
    slice.kind,
    slice.discId ?? '',
  );
}

/** `01-overview`, `02-disc-3`: file name of a key image without its ending. @param index - place among its slices, from 0 */
export function keyImageName(slice: Pick<KeySlice, 'kind' | 'discId'>, index: number): string {
  return `${String(index + 1).padStart(2, '0')}-${slice.discId ?? slice.kind}`;
}

/**
 * Writes a key image as DICOM Secondary Capture, derived from the images that its slice was sampled from.
 *
 * @param instanceNumber - place in its series, from 1
 * @returns Part 10 bytes, explicit VR little endian, RGB
 * @standard PS3.3 A.8.1
 */
export function renderSecondaryCapture(
  drawn: DrawnKeyImage,
  slice: KeySlice,
  findings: StudyFindings,
  context: ReportContext,
  instanceNumber = 1,
): Buffer {
  const { date, time } = contentTime(findings.createdAt, context);
  const disc = findings.discs.find(({ id }) => id === slice.discId);
  const words = reportText(context.language);
  const what =
    slice.kind === 'overview'
      ? words.say('picture.overview')
      : words.say('name.disc', { level: disc?.level ?? disc?.ordinal ?? '' }).trim();
  return encodePart10({
    SOPClassUID: SopClass.SecondaryCaptureImageStorage,
    SOPInstanceUID: keyImageUid(findings, slice, context),
    ...patientStudyModules(findings.studyInstanceUID, context),
    Modality: 'OT',
    SeriesInstanceUID: deriveUid(
      'sc-series',
      findings.studyInstanceUID,
      String(findings.version),
      context.destinationProfile,
    ),
    SeriesNumber: 9101,
    SeriesDescription: words.say('series.keyImages'),
    SeriesDate: date,
    SeriesTime: time,
    Laterality: null,
    ...equipmentModules(context),
    ConversionType: 'WSD',
    InstanceNumber: instanceNumber,
    ContentDate: date,
    ContentTime: time,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    DateOfSecondaryCapture: date,
    TimeOfSecondaryCapture: time,
    ImageType: ['DERIVED', 'SECONDARY'],
    PatientOrientation: ['P', 'F'],
    ImageComments: words.say('join.note', { what, use: words.say('use.intended') }),
    BurnedInAnnotation: 'YES',
    RecognizableVisualFeatures: 'NO',
    LossyImageCompression: '00',
    DerivationDescription: words.say('object.derivation'),
    SourceImageSequence: sources(slice).map((source) => ({
      ...sopItem(source),
      PurposeOfReferenceCodeSequence: [codeItem(CODE.sourceImage)],
    })),
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    Rows: drawn.height,
    Columns: drawn.width,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    PixelData: drawn.rgb,
  });
}

/** Every source once; the nearest one where the slice names no others. */
function sources(slice: KeySlice): readonly KeySlice['reference'][] {
  const all = slice.sources.length > 0 ? slice.sources : [slice.reference];
  return [...new Map(all.map((source) => [`${source.sopInstanceUID} ${source.frameNumber ?? ''}`, source])).values()];
}
