import { SopClass, type UID } from '@endplate/dicom';
import { type KeySlice, type StudyFindings } from '@endplate/findings';
import { drawKeyImage } from './capture/draw-key-image';
import { type FontSet } from './capture/font-set';
import { keyImageName, keyImageUid, renderSecondaryCapture } from './capture/secondary-capture';
import { keyObjectUid, renderKeyObjectSelection } from './key-object/key-object-selection';
import { encapsulatedPageUid, renderEncapsulatedPage } from './pdf/encapsulated-page';
import { renderReportPage } from './pdf/report-page';
import { checkPresentationState } from './presentation/check-presentation-state';
import { presentationStateUid, renderPresentationState } from './presentation/presentation-state';
import { type ReportContext } from './report-context';
import { checkSegmentation } from './seg/check-segmentation';
import { renderSegmentation } from './seg/segmentation';
import { type SegmentationReference } from './seg/segmentation-reference';
import { type SegmentationSource } from './seg/segmentation-source';
import { segmentationUid } from './seg/segmentation-uid';
import { checkStructuredReport } from './sr/check/check-structured-report';
import { renderStructuredReport, type ReportProfile, reportSopClass, reportUid } from './sr/document/structured-report';

/** Kinds of objects besides the structured report. */
export type ImageObjectKind = 'sc' | 'seg' | 'gsps' | 'pdf' | 'ko';

/** What {@link renderReports} is to make. */
export interface RenderOptions {
  /** A structured report for each. */
  readonly profiles: readonly ReportProfile[];
  /** The other kinds that are wanted. */
  readonly kinds: readonly ImageObjectKind[];
  /** The segmentation to which the structured reports refer, where it goes to the same place; see `segmentationReference`. */
  readonly segmentation?: SegmentationReference;
  /** Needed for `sc` and `pdf`. */
  readonly fonts?: FontSet;
}

/** What the objects are made from; the kernel's result is one. */
export interface RenderInput {
  readonly findings: StudyFindings;
  readonly keySlices: readonly KeySlice[];
  /** The first one is of the series that was measured. */
  readonly labelMaps?: readonly SegmentationSource[];
}

/** One object to be stored and sent. */
export interface RenderedReport {
  readonly kind: 'sr' | ImageObjectKind;
  /** `sr-comprehensive-3d`, `sc-01-overview`: file name without its ending, free of patient data. */
  readonly name: string;
  readonly sopClassUID: UID;
  readonly sopInstanceUID: UID;
  /** Part 10. */
  readonly bytes: Buffer;
  /** The picture as PNG, for a console. */
  readonly png?: Buffer;
  /** What our own check found; with any of it the object must not leave. */
  readonly problems: readonly string[];
}

/**
 * Makes the objects of a version one after the other, so that no two pictures are held at once: reports, key images,
 * segmentation, presentation state, page, key objects. A version that was not analysed has none. The same input gives the same bytes.
 *
 * @throws ReportingError `REPORTING_…` for findings that no report can hold
 */
export function* renderReports(
  result: RenderInput,
  context: ReportContext,
  options: RenderOptions,
): Generator<RenderedReport> {
  if (result.findings.outcome.status !== 'analysed') return;
  for (const profile of options.profiles) {
    yield structuredReport(result.findings, context, profile, options.segmentation);
  }
  const { fonts, kinds } = options;
  if (fonts && kinds.includes('sc')) yield* captures(result, context, fonts);
  if (kinds.includes('seg')) yield* segmentations(result, context);
  if (kinds.includes('gsps')) yield* presentationStates(result, context);
  if (fonts && kinds.includes('pdf')) yield page(result, context, fonts);
  if (kinds.includes('ko') && result.keySlices.length > 0) yield keyObjects(result, context);
}

function structuredReport(
  findings: StudyFindings,
  context: ReportContext,
  profile: ReportProfile,
  segmentation: SegmentationReference | undefined,
): RenderedReport {
  const bytes = renderStructuredReport(findings, context, profile, segmentation);
  const regions = segmentation ? 'segments' : 'outlines';
  return {
    kind: 'sr',
    name: segmentation ? `sr-${profile}-segments` : `sr-${profile}`,
    sopClassUID: reportSopClass(profile),
    sopInstanceUID: reportUid(findings, profile, context.destinationProfile, regions),
    bytes,
    problems: checkStructuredReport(bytes),
  };
}

function* captures({ findings, keySlices }: RenderInput, context: ReportContext, fonts: FontSet) {
  for (const [index, slice] of keySlices.entries()) {
    const drawn = drawKeyImage(slice, findings, fonts, context.language);
    const capture: RenderedReport = {
      kind: 'sc',
      name: `sc-${keyImageName(slice, index)}`,
      sopClassUID: SopClass.SecondaryCaptureImageStorage,
      sopInstanceUID: keyImageUid(findings, slice, context),
      bytes: renderSecondaryCapture(drawn, slice, findings, context, index + 1),
      png: drawn.png,
      problems: [],
    };
    yield capture;
  }
}

/** Series without a frame of reference cannot be segmented for others. */
function* segmentations({ findings, labelMaps }: RenderInput, context: ReportContext) {
  const source = labelMaps?.[0];
  if (source?.frameOfReferenceUID === undefined) return;
  const bytes = renderSegmentation(findings, source, context);
  const segmentation: RenderedReport = {
    kind: 'seg',
    name: 'seg-structures',
    sopClassUID: SopClass.SegmentationStorage,
    sopInstanceUID: segmentationUid(findings, source, context),
    bytes,
    problems: checkSegmentation(bytes),
  };
  yield segmentation;
}

/** Series whose grey values have no one meaning have none, and those where nothing was found. */
function* presentationStates({ findings, labelMaps }: RenderInput, context: ReportContext) {
  const source = labelMaps?.[0];
  if (source?.display === undefined || findings.discs.length + findings.vertebrae.length === 0) return;
  const bytes = renderPresentationState(findings, source, context);
  const state: RenderedReport = {
    kind: 'gsps',
    name: 'gsps-outlines',
    sopClassUID: SopClass.GrayscaleSoftcopyPresentationStateStorage,
    sopInstanceUID: presentationStateUid(findings, source, context),
    bytes,
    problems: checkPresentationState(bytes),
  };
  yield state;
}

function page({ findings, keySlices }: RenderInput, context: ReportContext, fonts: FontSet): RenderedReport {
  return {
    kind: 'pdf',
    name: 'pdf-report',
    sopClassUID: SopClass.EncapsulatedPDFStorage,
    sopInstanceUID: encapsulatedPageUid(findings, context),
    bytes: renderEncapsulatedPage(renderReportPage(findings, keySlices, fonts, context.language), findings, context),
    problems: [],
  };
}

function keyObjects({ findings, keySlices }: RenderInput, context: ReportContext): RenderedReport {
  return {
    kind: 'ko',
    name: 'ko-findings',
    sopClassUID: SopClass.KeyObjectSelectionDocumentStorage,
    sopInstanceUID: keyObjectUid(findings, context),
    bytes: renderKeyObjectSelection(findings, keySlices, context),
    problems: [],
  };
}
