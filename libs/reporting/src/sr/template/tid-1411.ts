import { CODE } from '../../code/concept';
import { type SegmentationReference } from '../../seg/segmentation-reference';
import { type ContentItem, segmentImage, uidRef } from '../content/content-item';
import { type GroupGraphic, measurementGroup, type MeasurementGroupInput } from './measurement-group';

/** Volumetric ROI: volumes and attenuation, with the outline on one image of it. @standard PS3.16 TID 1411, PS3.16 TID 1419 */
export function volumetricGroup(input: MeasurementGroupInput, graphic: GroupGraphic): ContentItem {
  return measurementGroup(input, '1411', graphic);
}

/**
 * Volumetric ROI that is a segment of a segmentation. Has no graphic: the template takes the one or the other.
 *
 * @standard PS3.16 TID 1411, PS3.16 TID 1419
 */
export function segmentGroup(
  input: MeasurementGroupInput,
  segmentation: SegmentationReference,
  segmentNumber: number,
): ContentItem {
  const region = [
    segmentImage(CODE.referencedSegment, segmentation, segmentNumber),
    uidRef('CONTAINS', CODE.sourceSeriesForSegmentation, segmentation.sourceSeriesInstanceUID),
  ];
  return measurementGroup({ ...input, region }, '1411', undefined);
}
