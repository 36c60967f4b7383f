import { CODE } from '../../code/concept';
import { code, type ContentItem } from '../content/content-item';

/** Language of the report: English. @standard PS3.16 TID 1204 */
export function languageOfContent(): ContentItem {
  return code('HAS CONCEPT MOD', CODE.language, CODE.english);
}
