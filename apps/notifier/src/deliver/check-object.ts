import { parseDataSet, Tag } from '@endplate/dicom';
import { checkSegmentation, checkStructuredReport } from '@endplate/reporting';
import { type RenderedObject } from './rendered-objects';

/** What an object breaks, or nothing: the last look before it leaves, for it was made by another process. */
export function checkObject(object: RenderedObject): readonly string[] {
  const { kind, bytes, dataSet, sopClassUID, sopInstanceUID, transferSyntaxUID } = object;
  if (kind === 'sr') return checkStructuredReport(bytes);
  const header = parseDataSet(dataSet, transferSyntaxUID, { untilTag: Tag.PixelData });
  const problems: string[] = [];
  if (header.string(Tag.SOPClassUID) !== sopClassUID) problems.push('its SOP class differs from the file meta');
  if (header.string(Tag.SOPInstanceUID) !== sopInstanceUID)
    problems.push('its SOP instance differs from the file meta');
  if (kind === 'seg') return [...problems, ...checkSegmentation(bytes)];
  if (kind === 'ko') return problems;
  if (header.string(Tag.BurnedInAnnotation) !== 'YES') problems.push('it does not say that text is burned in');
  return problems;
}
