import { readPart10, Tag } from '@endplate/dicom';

/**
 * What a segmentation of ours breaks, or nothing: segments numbered from 1, frames that refer to them and to images that
 * are listed, pixel data of the size that they say.
 */
export function checkSegmentation(bytes: Buffer): readonly string[] {
  const { dataSet } = readPart10(bytes);
  const problems: string[] = [];
  const segments = dataSet.sequence(Tag.SegmentSequence);
  if (segments.length === 0) problems.push('it has no segment');
  if (segments.some((segment, n) => segment.number(Tag.SegmentNumber) !== n + 1)) {
    problems.push('its segments are not numbered from 1');
  }
  const frames = dataSet.sequence(Tag.PerFrameFunctionalGroupsSequence);
  const count = dataSet.number(Tag.NumberOfFrames) ?? 0;
  if (frames.length !== count) problems.push(`it has ${frames.length} functional groups for ${count} frames`);
  const listed = new Set(
    dataSet
      .sequence(Tag.ReferencedSeriesSequence)
      .flatMap((series) => series.sequence(Tag.ReferencedInstanceSequence))
      .map((image) => image.string(Tag.ReferencedSOPInstanceUID)),
  );
  for (const [n, frame] of frames.entries()) {
    const [identification] = frame.sequence(Tag.SegmentIdentificationSequence);
    const segment = identification?.number(Tag.ReferencedSegmentNumber) ?? 0;
    if (segment < 1 || segment > segments.length) problems.push(`frame ${n + 1} is of segment ${segment}`);
    const [derivation] = frame.sequence(Tag.DerivationImageSequence);
    const source = derivation?.sequence(Tag.SourceImageSequence)[0]?.string(Tag.ReferencedSOPInstanceUID);
    if (!listed.has(source)) problems.push(`frame ${n + 1} refers to an image that is not listed`);
    if (problems.length > 10) break;
  }
  const bits = count * (dataSet.number(Tag.Rows) ?? 0) * (dataSet.number(Tag.Columns) ?? 0);
  const wanted = 2 * Math.ceil(bits / 16);
  const length = dataSet.bytes(Tag.PixelData)?.length ?? 0;
  if (length !== wanted) problems.push(`its pixel data have ${length} bytes instead of ${wanted}`);
  return problems;
}
