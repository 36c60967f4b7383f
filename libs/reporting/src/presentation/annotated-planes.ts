import { maskOutlines, type PixelOutline } from '@endplate/dicom';
import { type Segment } from '../seg/segment';
import { type SegmentFrame, segmentFrames } from '../seg/segment-frames';
import { type SegmentationSource } from '../seg/segmentation-source';

/** A segment as it shows on one plane. */
export interface DrawnSegment {
  readonly segment: Segment;
  /** [column, row] in pixels, the top left corner of the top left pixel 0, 0; largest first. */
  readonly outlines: readonly PixelOutline[];
}

/** One plane of the series with what is drawn on it. */
export interface AnnotatedPlane {
  readonly plane: number;
  readonly drawn: readonly DrawnSegment[];
}

/** More planes than this say no more. */
const MAX_PLANES = 32;

/**
 * The planes on which a reader sees the findings: the one that shows most discs, with all its structures, and for each
 * lesion the one that shows most of it, with the discs and lesions there; on axial planes the same for each disc.
 */
export function annotatedPlanes(segments: readonly Segment[], source: SegmentationSource): AnnotatedPlane[] {
  const frames = segmentFrames(segments, source);
  const layerOf = ({ segment }: SegmentFrame): string => segments[segment - 1]!.layer;
  const discs = frames.filter((frame) => layerOf(frame) === 'DISC');
  const overview = planeOfMostDiscs(discs);
  const lesions = frames.filter((frame) => layerOf(frame) !== 'DISC' && layerOf(frame) !== 'VERTEBRA');
  // On axial planes no picture shows the spine: each disc has its own.
  const axial = discs.filter(({ plane }) => plane === overview).length < 2;
  const planes = [
    ...new Set([
      ...(overview === undefined ? [] : [overview]),
      ...largestPlanes(lesions),
      ...(axial ? largestPlanes(discs) : []),
    ]),
  ];
  return planes
    .slice(0, MAX_PLANES)
    .sort((a, b) => a - b)
    .map((plane) => ({
      plane,
      drawn: frames
        .filter((frame) => frame.plane === plane && (plane === overview || layerOf(frame) !== 'VERTEBRA'))
        .map((frame) => ({ segment: segments[frame.segment - 1]!, outlines: outlinesOf(frame, source) })),
    }));
}

/** The plane with most discs, and among those the one with most of them. */
function planeOfMostDiscs(discs: readonly SegmentFrame[]): number | undefined {
  const planes = new Map<number, { discs: number; pixels: number }>();
  for (const { plane, pixels } of discs) {
    const { discs: count, pixels: sum } = planes.get(plane) ?? { discs: 0, pixels: 0 };
    planes.set(plane, { discs: count + 1, pixels: sum + pixels.length });
  }
  return [...planes].sort(([, a], [, b]) => b.discs - a.discs || b.pixels - a.pixels)[0]?.[0];
}

/** For each segment the plane with most of its pixels, larger lesions first. */
function largestPlanes(frames: readonly SegmentFrame[]): number[] {
  const largest = new Map<number, SegmentFrame>();
  for (const frame of frames) {
    if (frame.pixels.length > (largest.get(frame.segment)?.pixels.length ?? 0)) largest.set(frame.segment, frame);
  }
  return [...largest.values()].sort((a, b) => b.pixels.length - a.pixels.length).map(({ plane }) => plane);
}

/** Traced in the box around the pixels alone. */
function outlinesOf({ pixels }: SegmentFrame, { seriesDims }: SegmentationSource): PixelOutline[] {
  const [columns] = seriesDims;
  let [left, right, top, bottom] = [Infinity, -1, Infinity, -1];
  const inside = new Set<number>();
  for (const pixel of pixels) {
    const [column, row] = [pixel % columns, Math.floor(pixel / columns)];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
    inside.add(pixel);
  }
  if (right < 0) return [];
  return maskOutlines(right - left + 1, bottom - top + 1, (column, row) =>
    inside.has((row + top) * columns + column + left),
  ).map((outline) => outline.map(([x, y]) => [x + left, y + top] as const));
}
