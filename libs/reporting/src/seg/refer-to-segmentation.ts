import { SopClass } from '@endplate/dicom';
import { type Outline, type StudyFindings } from '@endplate/findings';
import { type ReportContext } from '../report-context';
import { footOf } from '../sr/finding/spine-group';
import { endplatesReason } from '../sr/finding/study-items';
import { reportText } from '../text/report-text';
import { plannedSegments } from './planned-segments';
import { type SegmentationSource } from './segmentation-source';
import { segmentationSeriesUid, segmentationUid } from './segmentation-uid';
import { type SegmentationReference } from './segmentation-reference';

/**
 * What `renderSegmentation` will write of the same findings, source and context. Undefined where it would write nothing,
 * and where some group of the report would have neither a segment nor an outline on an image: validators take all groups
 * of a report with a referenced segment for TID 1411, which needs the one or the other.
 */
export function segmentationReference(
  findings: StudyFindings,
  source: SegmentationSource,
  context: ReportContext,
): SegmentationReference | undefined {
  if (source.frameOfReferenceUID === undefined) return undefined;
  const { segments } = plannedSegments(findings, source, reportText(context.language));
  const numbered = segments.flatMap(({ structureId }, n): [string, number][] =>
    structureId === undefined ? [] : [[structureId, n + 1]],
  );
  const segmentOf = new Map(numbered);
  if (segments.length === 0 || !everyGroupHasRegion(findings, segmentOf)) return undefined;
  return {
    sopClassUID: SopClass.SegmentationStorage,
    sopInstanceUID: segmentationUid(findings, source, context),
    seriesInstanceUID: segmentationSeriesUid(findings, context),
    sourceSeriesInstanceUID: source.seriesInstanceUID,
    segmentOf,
  };
}

function everyGroupHasRegion(findings: StudyFindings, segmentOf: ReadonlyMap<string, number>): boolean {
  const onImage = (outlines: readonly Outline[]): boolean => outlines.some(({ image }) => image !== undefined);
  const { discs, vertebrae, lumbarLordosisDeg, coronalCobb } = findings;
  const curvature = lumbarLordosisDeg !== undefined || coronalCobb !== undefined;
  const endplates = endplatesReason(findings.endplates) ? [] : findings.endplates;
  return (
    (!curvature || segmentOf.has(footOf(findings, { segmentOf }))) &&
    discs.every(({ id, outlines }) => segmentOf.has(id) || onImage(outlines)) &&
    vertebrae.every(({ id, outlines }) => id === 'sacrum' || segmentOf.has(id) || onImage(outlines)) &&
    endplates.every(
      ({ vertebraId, modic }) =>
        segmentOf.has(vertebraId) || (modic.status === 'assessed' && onImage(modic.value.outlines)),
    )
  );
}
