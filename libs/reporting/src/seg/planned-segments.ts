import { type StudyFindings } from '@endplate/findings';
import { type ReportText } from '../text/report-text';
import { type Segment, segmentsOf } from './segment';
import { type SegmentFrame, segmentFrames } from './segment-frames';
import { type SegmentationSource } from './segmentation-source';

/** Most bytes of pixel data: what does not fit is left out, vertebrae first. */
const MAX_PIXEL_BYTES = 56 * 1024 ** 2;

/** What a segmentation will hold; segments are numbered from 1 in this order. */
export interface PlannedSegments {
  readonly segments: readonly Segment[];
  readonly frames: readonly SegmentFrame[];
  /** Segments for which there was no room. */
  readonly left: number;
}

/** As many segments of a series as there is room for, in their order. */
export function plannedSegments(
  findings: StudyFindings,
  source: SegmentationSource,
  words: ReportText,
): PlannedSegments {
  const all = segmentsOf(findings, source, words);
  const [columns, rows] = source.seriesDims;
  const most = Math.floor((MAX_PIXEL_BYTES * 8) / (columns * rows));
  const frames = segmentFrames(all, source);
  if (frames.length <= most) return { segments: all, frames, left: 0 };
  const count = frames[most]!.segment - 1;
  return {
    segments: all.slice(0, count),
    frames: frames.filter(({ segment }) => segment <= count),
    left: all.length - count,
  };
}
