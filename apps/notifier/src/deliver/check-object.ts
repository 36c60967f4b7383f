import { parseDataSet, Tag } from '@endplate/dicom';
import { checkPresentationState, checkSegmentation, checkStructuredReport } from '@endplate/reporting';
import { type RenderedObject } from './rendered-objects';

/** What an object breaks, or nothing: the last look before it leaves, for it was made by another process. */
export function checkObject(object: RenderedObject): readonly string[] {
  if (object.form === 'message') return checkMessage(object);
  const { kind, bytes, dataSet, sopClassUID, sopInstanceUID, transferSyntaxUID } = object;
  if (kind === 'sr') return checkStructuredReport(bytes);
  const header = parseDataSet(dataSet, transferSyntaxUID, { untilTag: Tag.PixelData });
  const problems: string[] = [];
  if (header.string(Tag.SOPClassUID) !== sopClassUID) problems.push('its SOP class differs from the file meta');
  if (header.string(Tag.SOPInstanceUID) !== sopInstanceUID)
    problems.push('its SOP instance differs from the file meta');
  if (kind === 'seg') return [...problems, ...checkSegmentation(bytes)];
  if (kind === 'gsps') return [...problems, ...checkPresentationState(bytes)];
  if (kind === 'ko') return problems;
  if (header.string(Tag.BurnedInAnnotation) !== 'YES') problems.push('it does not say that text is burned in');
  return problems;
}

/** Only what would make the conversation fail: the content was validated when it was rendered. */
function checkMessage({ kind, bytes }: RenderedObject): readonly string[] {
  if (bytes.length === 0) return ['it is empty'];
  if (kind === 'hl7') return bytes.subarray(0, 4).toString('latin1') === 'MSH|' ? [] : ['it does not begin with MSH'];
  try {
    const bundle = JSON.parse(bytes.toString('utf8')) as { resourceType?: unknown; type?: unknown };
    return bundle.resourceType === 'Bundle' && bundle.type === 'transaction' ? [] : ['it is no transaction Bundle'];
  } catch {
    return ['it is no JSON'];
  }
}
