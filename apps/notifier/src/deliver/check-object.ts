import { parseDataSet, Tag } from '@endplate/dicom';
import { type RenderedObject } from './rendered-objects';

/** What an object breaks, or nothing: the last look before it leaves. */
export function checkObject({ dataSet, sopClassUID, sopInstanceUID, transferSyntaxUID }: RenderedObject): string[] {
  const header = parseDataSet(dataSet, transferSyntaxUID, { untilTag: Tag.PixelData });
  const problems: string[] = [];
  if (header.string(Tag.SOPClassUID) !== sopClassUID) problems.push('its SOP class differs from the file meta');
  if (header.string(Tag.SOPInstanceUID) !== sopInstanceUID)
    problems.push('its SOP instance differs from the file meta');
  return problems;
}
