import { type SegmentationReference } from '../../seg/segmentation-reference';
import { type ReportText } from '../../text/report-text';
import { type CoordinateKind } from '../template/measurement-group';

/** What the groups of a report may hold. */
export interface ReportForm {
  readonly coordinates: CoordinateKind;
  readonly words: ReportText;
  /** The segmentation to which volumetric groups refer; absent where the reader of the report does not get it. */
  readonly segmentation?: SegmentationReference;
}
