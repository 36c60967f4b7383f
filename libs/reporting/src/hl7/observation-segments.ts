import { type StudyFindings } from '@endplate/findings';
import { type CodedConcept } from '../code/coded-concept';
import { CODE } from '../code/concept';
import { UNIT } from '../code/unit';
import { conclusionLines } from '../observation/conclusion';
import { type ObservedValue, type ReportObservations } from '../observation/structure-observation';
import { type ReportText } from '../text/report-text';
import { type Field, segment } from './segment';

/** Results entered, not verified: nobody has looked at what a program measured. @standard HL7 v2.5.1 table 0085 */
const NOT_VERIFIED = 'R';

/** Which study the images are of. @standard PS3.16 D (110180) */
const STUDY: CodedConcept = { value: '110180', scheme: 'DCM', meaning: 'Study Instance UID' };

type Result = readonly [type: 'NM' | 'CE' | 'TX' | 'ST', concept: CodedConcept, value: Field, unit?: CodedConcept, method?: CodedConcept | undefined]; // prettier-ignore

/**
 * OBX segments: first what is said of the study (sub-ID 0), then structure by structure (sub-ID 1, 2, …), each begun by
 * its name and its site.
 * @standard HL7 v2.5.1 7.4.2
 */
export function observationSegments(
  findings: StudyFindings,
  { structures, study }: ReportObservations,
  observedAt: string | undefined,
  words: ReportText,
): string[] {
  const groups: (readonly Result[])[] = [
    [
      ['ST', STUDY, findings.studyInstanceUID],
      ...conclusionLines(findings, words).map((line): Result => ['TX', CODE.comment, line]),
      ...study.flatMap(results),
    ],
    ...structures.map(({ name, site, topographicalModifier, finding, values }): Result[] => [
      ['TX', CODE.trackingIdentifier, name],
      ['CE', CODE.finding, coded(finding)],
      ['CE', CODE.findingSite, coded(site)],
      ...(topographicalModifier ? [['CE', CODE.topographicalModifier, coded(topographicalModifier)] as const] : []),
      ...values.flatMap(results),
    ]),
  ];
  let count = 0;
  return groups.flatMap((group, subId) =>
    group.map(([type, concept, value, unit, method]) =>
      segment('OBX', [
        (count += 1),
        type,
        coded(concept),
        subId,
        value,
        unit ? coded(unit) : undefined,
        ...[undefined, undefined, undefined, undefined],
        NOT_VERIFIED,
        ...[undefined, undefined],
        observedAt,
        ...[undefined, undefined],
        method ? coded(method) : undefined,
      ]),
    ),
  );
}

/** Modifiers stand in the concept's text, since an OBX has one identifier. */
function results(observed: ObservedValue): Result[] {
  const { modifiers } = observed;
  const concept = {
    ...observed.concept,
    meaning: [observed.concept, ...modifiers].map(({ meaning }) => meaning).join(', '),
  };
  switch (observed.kind) {
    case 'number':
      return [['NM', concept, observed.value, observed.unit, observed.method]];
    case 'concept':
      return [
        ['CE', concept, coded(observed.value)],
        ...(observed.certaintyPercent === undefined ? [] : [certainty(concept, observed.certaintyPercent)]),
      ];
    case 'not-assessed':
      return [
        ['CE', concept, coded(observed.reason)],
        ['TX', CODE.comment, observed.sentence],
      ];
    case 'text':
      return [['TX', concept, observed.text]];
  }
}

function certainty({ meaning }: CodedConcept, percent: number): Result {
  const concept = { ...CODE.certainty, meaning: `${CODE.certainty.meaning}, ${meaning}` };
  return ['NM', concept, percent, UNIT.percent];
}

function coded({ value, scheme, meaning }: CodedConcept): Field {
  return [value, meaning, scheme];
}
