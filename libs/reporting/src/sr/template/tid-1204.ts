import { CODE } from '../../code/concept';
import { LANGUAGE_CODE, type ReportLanguage } from '../../text/language';
import { code, type ContentItem } from '../content/content-item';

/** Language of the report's text. @standard PS3.16 TID 1204 */
export function languageOfContent(language: ReportLanguage): ContentItem {
  return code('HAS CONCEPT MOD', CODE.language, LANGUAGE_CODE[language]);
}
