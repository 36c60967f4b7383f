import { readPart10, Tag } from '@endplate/dicom';

/**
 * What a presentation state of ours breaks, or nothing: annotations on images that are listed and on layers that are
 * described, points as many as they say.
 */
export function checkPresentationState(bytes: Buffer): readonly string[] {
  const { dataSet } = readPart10(bytes);
  const problems: string[] = [];
  const listed = new Set(
    dataSet
      .sequence(Tag.ReferencedSeriesSequence)
      .flatMap((series) => series.sequence(Tag.ReferencedImageSequence))
      .map((image) => image.string(Tag.ReferencedSOPInstanceUID)),
  );
  const layers = new Set(dataSet.sequence(Tag.GraphicLayerSequence).map((layer) => layer.string(Tag.GraphicLayer)));
  const annotations = dataSet.sequence(Tag.GraphicAnnotationSequence);
  if (listed.size === 0) problems.push('it is of no image');
  if (annotations.length === 0) problems.push('nothing is drawn');
  for (const [n, annotation] of annotations.entries()) {
    const images = annotation.sequence(Tag.ReferencedImageSequence);
    if (images.some((image) => !listed.has(image.string(Tag.ReferencedSOPInstanceUID)))) {
      problems.push(`annotation ${n + 1} is on an image that is not listed`);
    }
    if (!layers.has(annotation.string(Tag.GraphicLayer))) {
      problems.push(`annotation ${n + 1} is on a layer that is not described`);
    }
    for (const graphic of annotation.sequence(Tag.GraphicObjectSequence)) {
      const count = graphic.number(Tag.NumberOfGraphicPoints) ?? 0;
      const numbers = (graphic.bytes(Tag.GraphicData)?.length ?? 0) / 4;
      if (count < 4 || numbers !== 2 * count) {
        problems.push(`annotation ${n + 1} has ${numbers} numbers for ${count} points`);
      }
    }
    if (problems.length > 10) break;
  }
  return problems;
}
