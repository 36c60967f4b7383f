import { type StudyFindings } from '@endplate/findings';
import { type ReportContext } from '../../report-context';
import { type SegmentationReference } from '../../seg/segmentation-reference';
import { reportText } from '../../text/report-text';
import { type ContentItem } from '../content/content-item';
import { discGroups } from '../finding/disc-group';
import { endplateGroup } from '../finding/endplate-group';
import { type ReportForm } from '../finding/report-form';
import { endplatesReason, studyItems } from '../finding/study-items';
import { spineGroups } from '../finding/spine-group';
import { vertebraGroup } from '../finding/vertebra-group';
import { type CoordinateKind } from '../template/measurement-group';
import { observationContext } from '../template/tid-1001';
import { languageOfContent } from '../template/tid-1204';
import { measurementReport } from '../template/tid-1500';
import { imageLibrary } from '../template/tid-1600';
import { algorithmIdentification } from '../template/tid-4019';

/** The content tree of a report: discs, then endplates, then vertebrae, each caudal to cranial, then the spine as a whole. */
export function reportContent(
  findings: StudyFindings,
  context: ReportContext,
  coordinates: CoordinateKind,
  segmentation?: SegmentationReference,
): ContentItem {
  const words = reportText(context.language);
  const form: ReportForm = { coordinates, words, ...(segmentation ? { segmentation } : {}) };
  const used = findings.series.filter((series) => series.used && series.instances.length > 0);
  const endplates = endplatesReason(findings.endplates) ? [] : findings.endplates;
  const vertebrae = findings.vertebrae.filter(({ id }) => id !== 'sacrum');
  return measurementReport({
    language: languageOfContent(words.language),
    observer: observationContext(context),
    modalities: [...new Set(used.map((series) => series.modality))],
    imageLibrary: imageLibrary(used),
    algorithm: algorithmIdentification(findings, 'HAS CONCEPT MOD'),
    groups: [
      ...findings.discs.flatMap((disc) => discGroups(findings, disc, form)),
      ...endplates.map((endplate) => endplateGroup(findings, endplate, form)),
      ...vertebrae.map((vertebra) => vertebraGroup(findings, vertebra, form)),
      ...spineGroups(findings, form),
    ],
    evaluations: studyItems(findings, words),
  });
}
