import { type NaturalDataset, type NaturalValue } from '@endplate/dicom';
import { type ReportContext } from '../report-context';

const DATE = /^[0-9]{8}$/;
const TIME = /^[0-9]{2}([0-9]{2}([0-9]{2}(\.[0-9]{1,6})?)?)?$/;

/** Type 2 attributes, empty where unknown, and what their VR takes: sources break it, and our objects must not. */
const TYPE_2: Readonly<Record<string, (value: string) => string | null>> = {
  PatientName: personName,
  PatientID: longString,
  PatientBirthDate: matching(DATE),
  PatientSex: matching(/^[MFO]$/),
  StudyDate: matching(DATE),
  StudyTime: matching(TIME),
  ReferringPhysicianName: personName,
  StudyID: shortString,
  AccessionNumber: shortString,
};

/** Type 3 attributes, left out where unknown. */
const TYPE_3: Readonly<Record<string, (value: string) => string | null>> = {
  IssuerOfPatientID: longString,
  StudyDescription: longString,
  TimezoneOffsetFromUTC: matching(/^[+-][0-9]{4}$/),
};

/**
 * Patient and General Study modules from the source; a value that breaks its VR is cut to its length or left empty.
 *
 * @standard PS3.3 C.7.1.1, PS3.3 C.7.2.1
 */
export function patientStudyModules(studyInstanceUID: string, context: ReportContext): NaturalDataset {
  const modules: Record<string, NaturalValue> = {};
  for (const [keyword, fit] of Object.entries(TYPE_2)) {
    const value = context.source[keyword];
    modules[keyword] = typeof value === 'string' ? fit(value) : null;
  }
  for (const [keyword, fit] of Object.entries(TYPE_3)) {
    const value = context.source[keyword];
    const fitted = typeof value === 'string' ? fit(value) : null;
    if (fitted !== null) modules[keyword] = fitted;
  }
  return { ...modules, StudyInstanceUID: studyInstanceUID };
}

function matching(pattern: RegExp): (value: string) => string | null {
  return (value) => (pattern.test(value) ? value : null);
}

/** LO takes 64 characters, SH 16; the backslash divides values. @standard PS3.5 6.2 */
function longString(value: string): string | null {
  return cut(value, 64);
}

function shortString(value: string): string | null {
  return cut(value, 16);
}

/** PN takes three groups of 64 characters each, of five components. @standard PS3.5 6.2.1 */
function personName(value: string): string | null {
  const groups = value.split('=').slice(0, 3);
  return groups.map((group) => cut(group.split('^').slice(0, 5).join('^'), 64) ?? '').join('=') || null;
}

function cut(value: string, length: number): string | null {
  // Control characters and the backslash may not stand in these VRs.
  const plain = [...value.replace(/[\u0000-\u001f\u007f\\]/g, ' ')].slice(0, length).join('').trim();
  return plain === '' ? null : plain;
}
