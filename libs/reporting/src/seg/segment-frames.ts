import { applyAffine, type Vec3 } from '@endplate/dicom';
import { type Segment } from './segment';
import { type SegmentationSource } from './segmentation-source';

/** One frame: a segment on one plane of the series. */
export interface SegmentFrame {
  /** From 1. */
  readonly segment: number;
  /** Plane of the series, from 0. */
  readonly plane: number;
  /** Centre of the first pixel, LPS mm. */
  readonly positionLps: Vec3;
  /** Pixels set, row-major indices into the series' whole plane, ascending. */
  readonly pixels: Uint32Array;
}

/** The frames of segments that have any pixel on their plane, segment by segment, plane by plane. */
export function segmentFrames(segments: readonly Segment[], source: SegmentationSource): SegmentFrame[] {
  const [ni, nj] = source.dims;
  const [columns] = source.seriesDims;
  return segments.flatMap(({ voxels }, index) => {
    const frames: SegmentFrame[] = [];
    // Voxels ascend, so that those of one plane lie together.
    for (let from = 0; from < voxels.length;) {
      const k = Math.floor(voxels[from]! / (ni * nj));
      let to = from;
      while (to < voxels.length && voxels[to]! < (k + 1) * ni * nj) to++;
      const pixels = voxels.subarray(from, to).map((at) => {
        const [i, j] = [at % ni, Math.floor(at / ni) % nj];
        return (j + source.offset[1]) * columns + i + source.offset[0];
      });
      const positionLps = applyAffine(source.ijkToLps, [-source.offset[0], -source.offset[1], k]);
      frames.push({ segment: index + 1, plane: k + source.offset[2], positionLps, pixels });
      from = to;
    }
    return frames;
  });
}

/**
 * Frames as bits, the first pixel in the lowest bit; frames follow each other without a gap, so that one may begin
 * inside a byte.
 *
 * @standard PS3.5 8.1.1
 */
export function packBits(frames: readonly SegmentFrame[], pixelsPerFrame: number): Uint8Array {
  const bytes = new Uint8Array(Math.ceil((frames.length * pixelsPerFrame) / 8));
  frames.forEach(({ pixels }, n) => {
    for (const pixel of pixels) {
      const bit = n * pixelsPerFrame + pixel;
      bytes[Math.floor(bit / 8)]! |= 1 << (bit % 8);
    }
  });
  return bytes;
}
