import { parseDataSet, parseUid } from '@endplate/dicom';
import { type DicomObject, type FetchedObject } from '../destination/destination.port';
import { FetchFailedError } from '../errors';
import { type Comparison, compareDataSets } from './compare-data-sets';

/**
 * Compares an object that came back with the one that was sent: by its bytes, and where a destination encoded it anew
 * element by element.
 * @throws NOTIFIER_FETCH_FAILED where what came back is no data set
 */
export function compareObject(sent: DicomObject, back: FetchedObject): Comparison {
  if (sent.transferSyntaxUID === back.transferSyntaxUID && sent.dataSet.equals(back.dataSet)) {
    return { proof: 'identical', changed: [] };
  }
  const original = parseDataSet(sent.dataSet, parseUid(sent.transferSyntaxUID));
  try {
    return compareDataSets(original, parseDataSet(back.dataSet, parseUid(back.transferSyntaxUID)));
  } catch (cause) {
    throw new FetchFailedError('what came back is no data set', { cause });
  }
}
