import { type ContentItem } from '../content/content-item';
import { type GroupGraphic, measurementGroup, type MeasurementGroupInput } from './measurement-group';

/** Measurements and evaluations without a region that a ROI template could hold. @standard PS3.16 TID 1501 */
export function genericGroup(input: MeasurementGroupInput, graphic?: GroupGraphic): ContentItem {
  return measurementGroup(input, '1501', graphic);
}
