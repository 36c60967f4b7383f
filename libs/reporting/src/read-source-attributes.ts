import { type DataSet, type NaturalDataset, type NaturalValue, tagOfKeyword } from '@endplate/dicom';
import { SOURCE_KEYWORDS } from './report-context';

/** Patient and general study attributes of a source instance, decoded by its own character set. */
export function readSourceAttributes(dataSet: DataSet): NaturalDataset {
  const source: Record<string, NaturalValue> = {};
  for (const keyword of SOURCE_KEYWORDS) {
    const tag = tagOfKeyword(keyword);
    const value = tag === undefined ? undefined : dataSet.string(tag);
    if (value !== undefined && value !== '') source[keyword] = value;
  }
  return source;
}
