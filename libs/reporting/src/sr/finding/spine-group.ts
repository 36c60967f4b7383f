import { deriveUid } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { CODE } from '../../code/concept';
import { PRIVATE } from '../../code/private-code';
import { UNIT } from '../../code/unit';
import { type SegmentationReference } from '../../seg/segmentation-reference';
import { type ContentItem, text } from '../content/content-item';
import { type MeasurementGroupInput } from '../template/measurement-group';
import { measurement } from '../template/tid-300';
import { cobbSentence } from '../../text/curvature';
import { type ReportForm } from './report-form';
import { structureGroup } from './structure-group';
import { given, withheldItems, type NamedAssessment } from './withheld';

const LINES = { method: PRIVATE.methodLines } as const;

/** Measurement group of the lumbar spine as a whole: its curvature. None where the findings say nothing of it. */
export function spineGroups(findings: StudyFindings, form: ReportForm): ContentItem[] {
  const { words, segmentation } = form;
  const { lumbarLordosisDeg: lordosis, coronalCobb: cobb, studyInstanceUID } = findings;
  if (!lordosis && !cobb) return [];
  const withheld: NamedAssessment[] = [
    ...(lordosis ? [[words.say('what.lordosis'), lordosis] as const] : []),
    ...(cobb ? [[words.say('what.cobb'), cobb] as const] : []),
  ];
  const input: MeasurementGroupInput = {
    trackingIdentifier: words.say('name.lumbarSpine'),
    trackingUID: deriveUid('tracking', studyInstanceUID, 'lumbar-spine'),
    finding: PRIVATE.curvature,
    findingSite: CODE.lumbarSpine,
    items: [
      ...(lordosis ? given(lordosis, (deg) => [measurement(PRIVATE.lordosis, deg, UNIT.degree, LINES)]) : []),
      ...(cobb
        ? given(cobb, (value) => [
            measurement(PRIVATE.coronalCobb, value.angleDeg, UNIT.degree, LINES),
            text('CONTAINS', CODE.comment, cobbSentence(value, findings, words)),
          ])
        : []),
      ...withheldItems(withheld, words),
    ],
  };
  return [structureGroup(input, [], footOf(findings, segmentation), form)];
}

/** The lowest bone that has a segment: levels and angles are counted from it. */
export function footOf(
  { vertebrae }: Pick<StudyFindings, 'vertebrae'>,
  segmentation: Pick<SegmentationReference, 'segmentOf'> | undefined,
): string {
  return ['sacrum', ...vertebrae.map(({ id }) => id)].find((id) => segmentation?.segmentOf.has(id)) ?? 'sacrum';
}
