import { type CodeableConcept, type Observation, type ObservationComponent } from 'fhir/r4';
import { CODE } from '../code/concept';
import { type ObservedValue, type StructureObservation } from '../observation/structure-observation';
import { CERTAINTY_EXTENSION, codeable, coding, MODIFIER_EXTENSION } from './coding';
import { uidIdentifier } from './identity';

/** What all observations of a report share. */
export type ObservationFrame = Pick<
  Observation,
  'language' | 'subject' | 'device' | 'derivedFrom' | 'effectiveDateTime' | 'issued'
>;

/** Nobody has verified what a program measured. @standard FHIR R4 valueset-observation-status */
export const UNVERIFIED = 'preliminary';

const IMAGING = codeOf('http://terminology.hl7.org/CodeSystem/observation-category', 'imaging');
const ABSENT = 'http://terminology.hl7.org/CodeSystem/data-absent-reason';

/** One structure as an Observation; its values are components. @standard FHIR R4 observation */
export function observationResource(structure: StructureObservation, frame: ObservationFrame): Observation {
  const { name, trackingUID, finding, site, topographicalModifier, values } = structure;
  const modifier: readonly ObservedValue[] = topographicalModifier
    ? [{ concept: CODE.topographicalModifier, modifiers: [], kind: 'concept', value: topographicalModifier }]
    : [];
  return {
    resourceType: 'Observation',
    identifier: [uidIdentifier(trackingUID)],
    status: UNVERIFIED,
    category: [IMAGING],
    code: codeable(finding, name),
    bodySite: codeable(site),
    ...frame,
    component: [...modifier, ...values].map(component),
  };
}

function component(value: ObservedValue): ObservationComponent {
  const { concept, modifiers, method } = value;
  const narrowing = method ? [...modifiers, method] : modifiers;
  const code: CodeableConcept = {
    ...(narrowing.length === 0
      ? {}
      : { extension: narrowing.map((one) => ({ url: MODIFIER_EXTENSION, valueCodeableConcept: codeable(one) })) }),
    ...codeable(concept, [concept, ...modifiers].map(({ meaning }) => meaning).join(', ')),
  };
  switch (value.kind) {
    case 'number': {
      const { system = '', code: unit = '' } = coding(value.unit);
      return { code, valueQuantity: { value: value.value, unit: value.unit.meaning, system, code: unit } };
    }
    case 'concept':
      return {
        ...(value.certaintyPercent === undefined
          ? {}
          : { extension: [{ url: CERTAINTY_EXTENSION, valueDecimal: value.certaintyPercent }] }),
        code,
        valueCodeableConcept: codeable(value.value),
      };
    case 'not-assessed':
      return {
        code,
        dataAbsentReason: {
          coding: [{ system: ABSENT, code: 'not-performed', display: 'Not Performed' }, coding(value.reason)],
          text: value.sentence,
        },
      };
    case 'text':
      return { code, valueString: value.text };
  }
}

function codeOf(system: string, code: string): CodeableConcept {
  return { coding: [{ system, code }] };
}
