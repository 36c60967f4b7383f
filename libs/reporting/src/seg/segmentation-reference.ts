import { type UID } from '@endplate/dicom';

/** A segmentation as a report refers to it; known before either of them is written. */
export interface SegmentationReference {
  readonly sopClassUID: UID;
  readonly sopInstanceUID: UID;
  readonly seriesInstanceUID: UID;
  /** Of the images that were segmented. */
  readonly sourceSeriesInstanceUID: string;
  /** Segment Number, from 1, by the id of the disc or vertebra. */
  readonly segmentOf: ReadonlyMap<string, number>;
}
