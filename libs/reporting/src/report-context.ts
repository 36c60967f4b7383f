import { type NaturalDataset } from '@endplate/dicom';
import { type ReportLanguage } from './text/language';

/** What a report needs besides the findings. Holds patient data: never log it. */
export interface ReportContext {
  /** Patient and general study attributes by keyword, copied from one source instance (see `SOURCE_KEYWORDS`). */
  readonly source: NaturalDataset;
  readonly manufacturer: string;
  readonly manufacturerModelName: string;
  readonly softwareVersion: string;
  /** Part of the UID derivation: the same study and version for another profile is another object. */
  readonly destinationProfile: string;
  /** Language of what people read; English when absent. Codes, coded numbers and UIDs are the same in every language. */
  readonly language?: ReportLanguage;
}

/** Attributes copied from the source. @standard PS3.3 C.7.1.1, PS3.3 C.7.2.1 */
export const SOURCE_KEYWORDS = [
  'PatientName', 'PatientID', 'IssuerOfPatientID', 'PatientBirthDate', 'PatientSex', 'StudyInstanceUID', 'StudyDate',
  'StudyTime', 'ReferringPhysicianName', 'StudyID', 'AccessionNumber', 'StudyDescription', 'TimezoneOffsetFromUTC',
] as const; // prettier-ignore
