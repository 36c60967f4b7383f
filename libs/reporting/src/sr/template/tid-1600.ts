import { type SeriesUse } from '@endplate/findings';
import { CODE } from '../../code/concept';
import { code, container, type ContentItem, image, uidRef } from '../content/content-item';

/** Image library: a group per series with what its images have in common. @standard PS3.16 TID 1600, PS3.16 TID 1602 */
export function imageLibrary(series: readonly SeriesUse[]): ContentItem {
  return container(CODE.imageLibrary, series.map(imageLibraryGroup), { templateId: '1600' });
}

function imageLibraryGroup(series: SeriesUse): ContentItem {
  const modality = series.modality === 'CT' ? CODE.computedTomography : CODE.magneticResonance;
  const frame = series.frameOfReferenceUID;
  return container(CODE.imageLibraryGroup, [
    code('HAS ACQ CONTEXT', CODE.modality, modality),
    ...(frame === undefined ? [] : [uidRef('HAS ACQ CONTEXT', CODE.frameOfReferenceUID, frame)]),
    ...distinctImages(series).map((reference) => image('CONTAINS', reference)),
  ]);
}

/** An enhanced image is listed once, not once per frame. */
function distinctImages(series: SeriesUse): { sopClassUID: string; sopInstanceUID: string }[] {
  const seen = new Map(
    series.instances.map(({ sopClassUID, sopInstanceUID }) => [sopInstanceUID, { sopClassUID, sopInstanceUID }]),
  );
  return [...seen.values()];
}
