import { type StudyFindings } from '@endplate/findings';
import { type ReportContext } from '../../report-context';
import { reportText } from '../../text/report-text';
import { type ContentItem } from '../content/content-item';
import { discGroup } from '../finding/disc-group';
import { endplateGroup } from '../finding/endplate-group';
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
): ContentItem {
  const words = reportText(context.language);
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
      ...findings.discs.map((disc) => discGroup(findings, disc, coordinates, words)),
      ...endplates.map((endplate) => endplateGroup(findings, endplate, coordinates, words)),
      ...vertebrae.map((vertebra) => vertebraGroup(findings, vertebra, coordinates, words)),
      ...spineGroups(findings, words),
    ],
    evaluations: studyItems(findings, words),
  });
}
