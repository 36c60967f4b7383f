import { type Outline } from '@endplate/findings';
import { type ContentItem } from '../content/content-item';
import { graphicOf, type MeasurementGroupInput } from '../template/measurement-group';
import { planarGroup } from '../template/tid-1410';
import { segmentGroup } from '../template/tid-1411';
import { genericGroup } from '../template/tid-1501';
import { type ReportForm } from './report-form';

/**
 * Group of a structure that is measured on a plane: planar with its outline on an image, else on the segment of the bone
 * that it belongs to, else without a region that a ROI template could hold.
 */
export function structureGroup(
  input: MeasurementGroupInput,
  outlines: readonly Outline[],
  boneId: string,
  { coordinates, segmentation }: ReportForm,
): ContentItem {
  const graphic = graphicOf(outlines, coordinates);
  if (graphic?.kind === 'image') return planarGroup(input, graphic);
  const segment = segmentation?.segmentOf.get(boneId);
  if (segmentation && segment !== undefined) return segmentGroup(input, segmentation, segment);
  return genericGroup(input, graphic);
}
