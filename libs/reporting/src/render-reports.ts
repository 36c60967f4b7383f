import { SopClass, type UID } from '@endplate/dicom';
import { type KeySlice, type StudyFindings } from '@endplate/findings';
import { drawKeyImage } from './capture/draw-key-image';
import { type FontSet } from './capture/font-set';
import { keyImageName, keyImageUid, renderSecondaryCapture } from './capture/secondary-capture';
import { type ReportContext } from './report-context';
import { checkStructuredReport } from './sr/check/check-structured-report';
import { renderStructuredReport, type ReportProfile, reportUid } from './sr/document/structured-report';

/** What {@link renderReports} is to make. */
export interface RenderOptions {
  /** A structured report for each. */
  readonly profiles: readonly ReportProfile[];
  /** Key images are drawn where fonts are given. */
  readonly fonts?: FontSet;
}

/** One object to be stored and sent. */
export interface RenderedReport {
  readonly kind: 'sr' | 'sc';
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
 * Makes the objects of a version one after the other, so that no two pictures are held at once: reports first, then key
 * images. A version that was not analysed has none. The same input gives the same bytes.
 *
 * @throws ReportingError `REPORTING_…` for findings that no report can hold
 */
export function* renderReports(
  result: { readonly findings: StudyFindings; readonly keySlices: readonly KeySlice[] },
  context: ReportContext,
  options: RenderOptions,
): Generator<RenderedReport> {
  const { findings, keySlices } = result;
  if (findings.outcome.status !== 'analysed') return;
  for (const profile of options.profiles) {
    const bytes = renderStructuredReport(findings, context, profile);
    yield {
      kind: 'sr',
      name: `sr-${profile}`,
      sopClassUID: profile === 'comprehensive-3d' ? SopClass.Comprehensive3DSRStorage : SopClass.ComprehensiveSRStorage,
      sopInstanceUID: reportUid(findings, profile, context.destinationProfile),
      bytes,
      problems: checkStructuredReport(bytes),
    };
  }
  if (options.fonts === undefined) return;
  for (const [index, slice] of keySlices.entries()) {
    const drawn = drawKeyImage(slice, findings, options.fonts);
    yield {
      kind: 'sc',
      name: `sc-${keyImageName(slice, index)}`,
      sopClassUID: SopClass.SecondaryCaptureImageStorage,
      sopInstanceUID: keyImageUid(findings, slice, context),
      bytes: renderSecondaryCapture(drawn, slice, findings, context, index + 1),
      png: drawn.png,
      problems: [],
    };
  }
}
