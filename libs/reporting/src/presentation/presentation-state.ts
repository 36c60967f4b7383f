import {
  affineColumn,
  deriveUid,
  encodePart10,
  length,
  type NaturalDataset,
  SopClass,
  type UID,
} from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { ReportNotPossibleError } from '../errors';
import { contentTime } from '../module/content-time';
import { equipmentModules } from '../module/equipment';
import { patientStudyModules } from '../module/patient-study';
import { type ReportContext } from '../report-context';
import { cieLab } from '../seg/cielab';
import { reportText } from '../text/report-text';
import { type Segment, segmentsOf } from '../seg/segment';
import { type SegmentationSource } from '../seg/segmentation-source';
import { sopItem } from '../sr/content/content-item';
import { type AnnotatedPlane, annotatedPlanes, type DrawnSegment } from './annotated-planes';

/** SOP Instance UID of the presentation state of one series: a pure function of study, version, series and destination profile. */
export function presentationStateUid(findings: StudyFindings, source: SegmentationSource, context: ReportContext): UID {
  return deriveUid('gsps', ...names(findings, context), source.seriesInstanceUID);
}

/**
 * Writes a Grayscale Softcopy Presentation State over the source images: outlines and labels of lesions, discs and
 * vertebrae in layers of their own, and the window in which they were judged. A viewer can switch it off, which a burned-in
 * picture does not allow. The same input gives the same bytes.
 *
 * @returns Part 10 bytes, explicit VR little endian
 * @throws {@link ReportNotPossibleError} `REPORTING_NOT_POSSIBLE` where nothing is drawn or the grey values have no one meaning
 * @standard PS3.3 A.33.1
 */
export function renderPresentationState(
  findings: StudyFindings,
  source: SegmentationSource,
  context: ReportContext,
): Buffer {
  const { display } = source;
  if (!display) throw new ReportNotPossibleError('the images of the series differ in their rescale.');
  const words = reportText(context.language);
  const planes = annotatedPlanes(segmentsOf(findings, source, words), source).filter(({ drawn }) => drawn.length > 0);
  if (planes.length === 0) throw new ReportNotPossibleError('nothing is there to draw.');
  const { date, time } = contentTime(findings.createdAt, context);
  const images = planes.map(({ plane }) => imageItem(source, plane));
  return encodePart10({
    SOPClassUID: SopClass.GrayscaleSoftcopyPresentationStateStorage,
    SOPInstanceUID: presentationStateUid(findings, source, context),
    ...patientStudyModules(findings.studyInstanceUID, context),
    Modality: 'PR',
    SeriesInstanceUID: deriveUid('gsps-series', findings.studyInstanceUID, context.destinationProfile),
    SeriesNumber: 9105,
    SeriesDescription: words.say('series.outlines'),
    SeriesDate: date,
    SeriesTime: time,
    // The spine is no paired structure.
    Laterality: null,
    ...equipmentModules(context),
    InstanceNumber: findings.version,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    PresentationCreationDate: date,
    PresentationCreationTime: time,
    ContentLabel: 'ENDPLATE',
    ContentDescription: words.say('use.intended'),
    ContentCreatorName: null,
    ReferencedSeriesSequence: [{ SeriesInstanceUID: source.seriesInstanceUID, ReferencedImageSequence: images }],
    ...greyValues(display),
    DisplayedAreaSelectionSequence: [displayedArea(source, images)],
    GraphicAnnotationSequence: planes.flatMap((plane) => annotations(plane, source)),
    GraphicLayerSequence: layers(planes),
  });
}

function names(findings: StudyFindings, context: ReportContext): [string, string, string] {
  return [findings.studyInstanceUID, String(findings.version), context.destinationProfile];
}

function imageItem({ images }: SegmentationSource, plane: number): NaturalDataset {
  const image = images[plane];
  if (!image) throw new ReportNotPossibleError(`the series has no image for plane ${plane}.`);
  return sopItem(image);
}

/** Modality LUT, Softcopy VOI LUT, Presentation LUT. @standard PS3.3 C.11.1, PS3.3 C.11.8, PS3.3 C.11.6 */
function greyValues({ rescale, window }: NonNullable<SegmentationSource['display']>): NaturalDataset {
  return {
    ...(rescale ? { RescaleIntercept: rescale.intercept, RescaleSlope: rescale.slope, RescaleType: 'HU' } : {}),
    SoftcopyVOILUTSequence: [{ WindowCenter: window.centre, WindowWidth: window.width }],
    PresentationLUTShape: 'IDENTITY',
  };
}

/** The whole image, as large as the place allows. @standard PS3.3 C.10.4 */
function displayedArea({ seriesDims, ijkToLps }: SegmentationSource, images: NaturalDataset[]): NaturalDataset {
  const [columns, rows] = seriesDims;
  return {
    ReferencedImageSequence: images,
    DisplayedAreaTopLeftHandCorner: [1, 1],
    DisplayedAreaBottomRightHandCorner: [columns, rows],
    PresentationSizeMode: 'SCALE TO FIT',
    PresentationPixelSpacing: [length(affineColumn(ijkToLps, 1)), length(affineColumn(ijkToLps, 0))],
  };
}

/** One item per layer that the plane shows. @standard PS3.3 C.10.5 */
function annotations({ plane, drawn }: AnnotatedPlane, source: SegmentationSource): NaturalDataset[] {
  const onLayer = new Map<string, DrawnSegment[]>();
  for (const one of drawn) onLayer.set(one.segment.layer, [...(onLayer.get(one.segment.layer) ?? []), one]);
  return [...onLayer].map(([GraphicLayer, here]) => ({
    ReferencedImageSequence: [imageItem(source, plane)],
    GraphicLayer,
    TextObjectSequence: here.flatMap(labelItem),
    GraphicObjectSequence: here.flatMap(({ outlines }) => outlines.map(polyline)),
  }));
}

function polyline(outline: DrawnSegment['outlines'][number]): NaturalDataset {
  const points = [...outline, outline[0]!];
  return {
    GraphicAnnotationUnits: 'PIXEL',
    GraphicDimensions: 2,
    NumberOfGraphicPoints: points.length,
    GraphicData: points.flat(),
    GraphicType: 'POLYLINE',
    GraphicFilled: 'N',
  };
}

/** Beside the largest outline, at its right edge. */
function labelItem({ segment, outlines }: DrawnSegment): NaturalDataset[] {
  const [largest] = outlines;
  if (!largest) return [];
  const right = Math.max(...largest.map(([x]) => x));
  const rows = largest.map(([, y]) => y);
  return [
    {
      UnformattedTextValue: segment.label,
      AnchorPointAnnotationUnits: 'PIXEL',
      AnchorPoint: [right + 2, (Math.min(...rows) + Math.max(...rows)) / 2],
      AnchorPointVisibility: 'N',
    },
  ];
}

/** Lesions lie over structures. @standard PS3.3 C.10.7 */
function layers(planes: readonly AnnotatedPlane[]): NaturalDataset[] {
  const seen = new Map<string, Segment>();
  for (const { drawn } of planes) for (const { segment } of drawn) seen.set(segment.layer, segment);
  const rank = (layer: string): number => (layer === 'VERTEBRA' ? 1 : layer === 'DISC' ? 2 : 3);
  return [...seen]
    .sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
    .map(([GraphicLayer, { colour }], n) => ({
      GraphicLayer,
      GraphicLayerOrder: n + 1,
      GraphicLayerRecommendedDisplayCIELabValue: cieLab(colour),
    }));
}
