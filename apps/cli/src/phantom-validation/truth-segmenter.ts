import { affineColumn, applyAffine, scale, type Vec3 } from '@endplate/dicom';
import { type SlicePlace, type SpineSegmenter } from '@endplate/kernel';
import { type Anatomy, rasterise } from '@endplate/phantom';

const CLASSES = 6;
/** Points per pixel and direction: a border inside a pixel gives it a probability between. */
const FINE = 3;
/** Probability of the true class where a pixel lies wholly in it. */
const SURE = 0.94;

/**
 * A segmenter that reads the classes off the drawn anatomy where the kernel asks, in place of a network: what it leaves of
 * error belongs to the measurement alone.
 */
export function truthSegmenter(anatomy: Anatomy, like: SpineSegmenter): SpineSegmenter {
  return {
    model: { name: 'phantom-truth', version: '1', sha256: '0'.repeat(64) },
    input: { ...like.input, channels: 1 },
    segment(_slices, [n, , h, w], place) {
      if (!place) throw new RangeError('A segmenter of phantom truth has to be told where the slices lie.');
      const out = new Float32Array(n * CLASSES * h * w);
      for (let s = 0; s < n; s++) {
        paintSlice(anatomy, place, place.first + s, out.subarray(s * CLASSES * h * w, (s + 1) * CLASSES * h * w), h, w);
      }
      return Promise.resolve(out);
    },
    close: () => Promise.resolve(),
  };
}

function paintSlice(
  anatomy: Anatomy,
  { grid }: SlicePlace,
  slice: number,
  out: Float32Array,
  h: number,
  w: number,
): void {
  const [columns, rows] = grid.dims;
  const step = (axis: 0 | 1): Vec3 => scale(affineColumn(grid.affine, axis), 1 / FINE);
  const half = -0.5 + 0.5 / FINE;
  const raster = rasterise(anatomy.solids, {
    origin: applyAffine(grid.affine, [half, half, slice]),
    columnStep: step(0),
    rowStep: step(1),
    columns: columns * FINE,
    rows: rows * FINE,
  });
  const rest = (1 - SURE) / (CLASSES - 1);
  const gain = (SURE - rest) / (FINE * FINE);
  out.fill(rest);
  for (let r = 0; r < rows * FINE; r++) {
    for (let c = 0; c < columns * FINE; c++) {
      const tissue = raster.spineClass[r * columns * FINE + c]!;
      const at = Math.floor(r / FINE) * w + Math.floor(c / FINE);
      out[tissue * h * w + at]! += gain;
    }
  }
  // Padding outside the stack is background.
  for (let r = 0; r < h; r++) for (let c = r < rows ? columns : 0; c < w; c++) out[r * w + c] = SURE;
}
