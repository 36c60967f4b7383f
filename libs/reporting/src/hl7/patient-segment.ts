import { type StudyFindings } from '@endplate/findings';
import { patientStudyModules } from '../module/patient-study';
import { type ReportContext } from '../report-context';
import { type Component, segment } from './segment';

/** Representation codes of the groups of a Person Name: alphabetic, ideographic, phonetic. @standard HL7 v2.5.1 table 0465 */
const REPRESENTATION = ['A', 'I', 'P'] as const;

/** PID from the source's patient module. @standard HL7 v2.5.1 3.4.2 */
export function patientSegment(findings: StudyFindings, context: ReportContext): string {
  const patient = patientStudyModules(findings.studyInstanceUID, context);
  const text = (keyword: string): string | undefined => {
    const value = patient[keyword];
    return typeof value === 'string' ? value : undefined;
  };
  return segment('PID', [
    1,
    undefined,
    [text('PatientID'), undefined, undefined, text('IssuerOfPatientID')],
    undefined,
    { repeat: personNames(text('PatientName') ?? '') },
    undefined,
    text('PatientBirthDate'),
    text('PatientSex'),
  ]);
}

/**
 * A DICOM Person Name as XPN repetitions, one per group that is there: DICOM has prefix before suffix, HL7 suffix before
 * prefix.
 * @standard PS3.5 6.2.1, HL7 v2.5.1 2.A.88
 */
export function personNames(personName: string): (readonly Component[])[] {
  return personName.split('=').flatMap((group, n) => {
    if (group.replaceAll('^', '').trim() === '') return [];
    const [family, given, middle, prefix, suffix] = group.split('^').map((part) => part.trim());
    return [[family, given, middle, suffix, prefix, undefined, 'L', REPRESENTATION[n]]];
  });
}
