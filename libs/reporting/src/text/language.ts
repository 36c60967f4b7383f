import { type CodedConcept } from '../code/coded-concept';
import { CODE } from '../code/concept';

/** Languages that text is written in: subtags of RFC 5646. */
export const REPORT_LANGUAGES = ['en', 'de', 'fr', 'es', 'zh'] as const;

/** Language of everything that people read in a report; `zh` is written in simplified characters. */
export type ReportLanguage = (typeof REPORT_LANGUAGES)[number];

/** Code of each language. @standard PS3.16 CID 5000 */
export const LANGUAGE_CODE: Readonly<Record<ReportLanguage, CodedConcept>> = {
  en: CODE.english,
  de: CODE.german,
  fr: CODE.french,
  es: CODE.spanish,
  zh: CODE.chinese,
};
