import { readPart10, Tag } from '@endplate/dicom';
import { type StudyFindings } from '@endplate/findings';
import { CODE } from '../code/concept';
import { childrenNamed, readCode, readContent, type ReadItem } from '../sr/check/read-content';
import { renderStructuredReport, type ReportProfile } from '../sr/document/structured-report';
import { someContext } from './some-findings';

type Concept = Parameters<typeof childrenNamed>[1];

/** A report, rendered and read back. */
export function render(
  findings: StudyFindings,
  profile: ReportProfile = 'comprehensive',
  context = someContext(),
): { dataSet: ReturnType<typeof readPart10>['dataSet']; root: ReadItem } {
  const { dataSet } = readPart10(renderStructuredReport(findings, context, profile));
  return { dataSet, root: readContent(dataSet) };
}

/** Its measurement groups. */
export function groups(root: ReadItem): ReadItem[] {
  return childrenNamed(root, CODE.imagingMeasurements).flatMap((item) => [
    ...childrenNamed(item, CODE.measurementGroup),
  ]);
}

/** The texts under a concept name. */
export function text(item: ReadItem, concept: Concept): string[] {
  return childrenNamed(item, concept).map((child) => child.dataSet.string(Tag.TextValue) ?? '');
}

/** The code values under a concept name. */
export function codeOf(item: ReadItem, concept: Concept): string[] {
  return childrenNamed(item, concept).map((child) => readCode(child.dataSet, Tag.ConceptCodeSequence)!.value);
}

/** The numbers under a concept name, each with its UCUM unit. */
export function number(item: ReadItem, concept: Concept): [number, string][] {
  return childrenNamed(item, concept).map((child) => {
    const [measured] = child.dataSet.sequence(Tag.MeasuredValueSequence);
    return [measured!.number(Tag.NumericValue)!, readCode(measured!, Tag.MeasurementUnitsCodeSequence)!.value];
  });
}

/** The tracking UIDs of all groups. */
export const uidsOf = (root: ReadItem): string[] =>
  groups(root).map((group) => childrenNamed(group, CODE.trackingUniqueIdentifier)[0]!.dataSet.string(Tag.UID)!);
