import { applyAffine, type Affine, type Vec3 } from '@endplate/dicom';
import { lpsSampler, type Volume } from '@endplate/imaging';
import { quantile } from '../measure/statistics';

/** A square-pixel window onto a sagittal plane of the segmentation's grid. */
export interface SliceWindow {
  /** Grid column and row of the top left corner of the top left pixel. */
  readonly column: number;
  readonly row: number;
  /** Grid slice, fractional. */
  readonly slice: number;
  /** Size in pixels. */
  readonly width: number;
  readonly height: number;
  /** Edge of a pixel, mm. */
  readonly spacingMm: number;
}

/** Grey values from black to white, in the volume's unit. */
export interface GreyWindow {
  readonly low: number;
  readonly high: number;
}

/** LPS of the centre of pixel (x, y) of a window; grid spacing is 1 mm in plane. */
export function windowPointLps(affine: Affine, window: SliceWindow, x: number, y: number): Vec3 {
  const c = window.column + (x + 0.5) * window.spacingMm - 0.5;
  const r = window.row + (y + 0.5) * window.spacingMm - 0.5;
  return applyAffine(affine, [c, r, window.slice]);
}

/** Samples a volume over a window, NaN outside. */
export function sampleWindow(volume: Volume, affine: Affine, window: SliceWindow): Float32Array {
  const values = new Float32Array(window.width * window.height);
  const at = lpsSampler(volume);
  for (let y = 0; y < window.height; y++) {
    for (let x = 0; x < window.width; x++) {
      values[y * window.width + x] = at(windowPointLps(affine, window, x, y)) ?? Number.NaN;
    }
  }
  return values;
}

/** Grey window of a picture: bone window on CT, 0.5th to 99.5th percentile on MR. */
export function greyWindow(volume: Volume, values: Float32Array): GreyWindow {
  if (volume.unit === 'HU') return { low: -250, high: 750 };
  const known = [...values].filter(Number.isFinite);
  const [low, high] = [quantile(known, 0.005), quantile(known, 0.995)];
  return { low: Number.isFinite(low) ? low : 0, high: high > low ? high : low + 1 };
}

/** Eight-bit picture of sampled values. */
export function toGrey(values: Float32Array, window: GreyWindow): Uint8Array {
  return Uint8Array.from(values, (value) =>
    Number.isFinite(value)
      ? Math.round(255 * Math.min(1, Math.max(0, (value - window.low) / (window.high - window.low))))
      : 0,
  );
}
