import { type ContentItem } from '../content/content-item';
import { type GroupGraphic, measurementGroup, type MeasurementGroupInput } from './measurement-group';

/** Planar ROI: measurements on one plane, with its outline. @standard PS3.16 TID 1410, PS3.16 TID 1419 */
export function planarGroup(input: MeasurementGroupInput, graphic: GroupGraphic): ContentItem {
  return measurementGroup(input, '1410', graphic);
}
