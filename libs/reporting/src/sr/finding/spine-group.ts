import { deriveUid } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { UNIT } from '../../code/unit';
import { type ReportText } from '../../text/report-text';
import { type ContentItem, text } from '../content/content-item';
import { genericGroup } from '../template/tid-1501';
import { measurement } from '../template/tid-300';
import { cobbSentence } from '../../text/curvature';
import { given, withheldItems, type NamedAssessment } from './withheld';

/** Measurement group of the lumbar spine as a whole: its curvature. None where the findings say nothing of it. */
export function spineGroups(findings: StudyFindings, words: ReportText): ContentItem[] {
  const { lumbarLordosisDeg: lordosis, coronalCobb: cobb, studyInstanceUID } = findings;
  if (!lordosis && !cobb) return [];
  const withheld: NamedAssessment[] = [
    ...(lordosis ? [[words.say('what.lordosis'), lordosis] as const] : []),
    ...(cobb ? [[words.say('what.cobb'), cobb] as const] : []),
  ];
  const group = genericGroup({
    trackingIdentifier: words.say('name.lumbarSpine'),
    trackingUID: deriveUid('tracking', studyInstanceUID, 'lumbar-spine'),
    finding: PRIVATE.curvature,
    findingSite: CODE.lumbarSpine,
    items: [
      ...(lordosis ? given(lordosis, (deg) => [measurement(PRIVATE.lordosis, deg, UNIT.degree)]) : []),
      ...(cobb
        ? given(cobb, (value) => [
            measurement(PRIVATE.coronalCobb, value.angleDeg, UNIT.degree),
            text('CONTAINS', CODE.comment, cobbSentence(value, findings, words)),
          ])
        : []),
      ...withheldItems(withheld, words),
    ],
  });
  return [group];
}
