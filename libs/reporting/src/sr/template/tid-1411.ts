import { type ContentItem } from '../content/content-item';
import { type GroupGraphic, measurementGroup, type MeasurementGroupInput } from './measurement-group';

/** Volumetric ROI: volumes and attenuation, with the outline on one image of it. @standard PS3.16 TID 1411, PS3.16 TID 1419 */
export function volumetricGroup(input: MeasurementGroupInput, graphic: GroupGraphic): ContentItem {
  return measurementGroup(input, '1411', graphic);
}
