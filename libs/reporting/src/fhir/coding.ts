import { deriveUid } from '@endplate/dicom';
import { type CodeableConcept, type Coding } from 'fhir/r4';
import { type CodedConcept, type CodingScheme } from '../code/coded-concept';

/** Code system of our own codes, those of `99ENDPLATE` in docs/sr-template.md. */
export const ENDPLATE_CODE_SYSTEM = `urn:oid:${deriveUid('coding-scheme', '99ENDPLATE')}`;
/** Extension of a coded component by a part of the site, or by how its number was drawn from the voxels. */
export const MODIFIER_EXTENSION = `urn:oid:${deriveUid('fhir-extension', 'modifier')}`;
/** Extension of a coded value by its certainty in per cent. */
export const CERTAINTY_EXTENSION = `urn:oid:${deriveUid('fhir-extension', 'certainty')}`;

/** Code systems of the schemes. @standard FHIR R4 terminologies-systems, PS3.16 8 */
const SYSTEM: Readonly<Record<CodingScheme, string>> = {
  DCM: 'http://dicom.nema.org/resources/ontology/DCM',
  SCT: 'http://snomed.info/sct',
  LN: 'http://loinc.org',
  UCUM: 'http://unitsofmeasure.org',
  RFC5646: 'urn:ietf:bcp:47',
  UMLS: 'http://www.nlm.nih.gov/research/umls',
  NCIt: 'http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl',
  '99ENDPLATE': ENDPLATE_CODE_SYSTEM,
};

/** A code of the report as FHIR has it. */
export function coding({ value, scheme, meaning }: CodedConcept): Coding {
  return { system: SYSTEM[scheme], code: value, display: meaning };
}

/** The same as a concept, with words of its own where the code alone says less. */
export function codeable(concept: CodedConcept, text?: string): CodeableConcept {
  return { coding: [coding(concept)], ...(text === undefined ? {} : { text }) };
}
