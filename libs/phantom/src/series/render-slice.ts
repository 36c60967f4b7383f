import { add, cross, normalise, scale, type Vec3 } from '@endplate/dicom';
import { type Anatomy } from '../anatomy/anatomy';
import { createRaster, rasterise, type Raster, type RasterPlane } from '../anatomy/rasterise';
import { type ValueNoise } from '../random/value-noise';
import { blur } from '../slice/filter';

/** Signal (HU or arbitrary units) and standard deviation of the texture of every tissue number. */
export interface TissueSignal {
  readonly value: Float32Array;
  readonly texture: Float32Array;
}

/** Grid of one image of a study. */
export interface ImageGrid {
  /** Centre of the pixel at row 0, column 0, LPS mm. */
  readonly position: Vec3;
  /** Unit vectors along increasing column and row. */
  readonly alongRow: Vec3;
  readonly alongColumn: Vec3;
  readonly rows: number;
  readonly columns: number;
  readonly pixelMm: number;
}

/** How an acquisition blurs. */
export interface Acquisition {
  readonly sliceThicknessMm: number;
  /** Planes averaged over the slice thickness. */
  readonly planes: number;
  /** Full width at half maximum of the in-plane point spread beyond the pixel itself, mm; 0 for none. */
  readonly fwhmMm: number;
}

/** One image before noise, row-major. */
export interface RenderedSlice {
  readonly signal: Float32Array;
}

/** Truth on the grid of an image, row-major. */
export interface SliceTruth {
  readonly instance: Uint8Array;
  readonly spineClass: Uint8Array;
}

const FINE = 2;

/** Rasters that are used again for every slice of a series. */
export class SliceRenderer {
  private readonly raster: Raster;

  constructor(
    private readonly anatomy: Anatomy,
    private readonly tissueSignal: TissueSignal,
    private readonly noise: readonly [fine: ValueNoise, coarse: ValueNoise],
    private readonly size: { readonly rows: number; readonly columns: number },
  ) {
    this.raster = createRaster(size.columns * FINE, size.rows * FINE);
  }

  /** Averages the planes of a slice over pixels and thickness, and blurs. */
  render(grid: ImageGrid, acquisition: Acquisition): RenderedSlice {
    const { rows, columns } = this.size;
    const normal = normalise(cross(grid.alongRow, grid.alongColumn));
    const signal = new Float32Array(rows * columns);
    const { planes, sliceThicknessMm, fwhmMm } = acquisition;
    for (let n = 0; n < planes; n++) {
      const offset = ((n + 0.5) / planes - 0.5) * sliceThicknessMm;
      this.paint(grid, scale(normal, offset));
      this.accumulate(grid, scale(normal, offset), signal, 1 / planes);
    }
    const sigma = fwhmMm / 2.3548 / grid.pixelMm;
    blur(signal, columns, rows, sigma, sigma);
    return { signal };
  }

  /** What lies at the middle of the slice, on the grid of the image. */
  truth(grid: ImageGrid): SliceTruth {
    this.paint(grid, [0, 0, 0]);
    return { instance: this.majority(this.raster.instance), spineClass: this.majority(this.raster.spineClass) };
  }

  private paint(grid: ImageGrid, offset: Vec3): void {
    const step = grid.pixelMm / FINE;
    const corner = add(scale(grid.alongRow, -step / 2), scale(grid.alongColumn, -step / 2));
    const plane: RasterPlane = {
      origin: add(add(grid.position, offset), corner),
      columnStep: scale(grid.alongRow, step),
      rowStep: scale(grid.alongColumn, step),
      columns: this.size.columns * FINE,
      rows: this.size.rows * FINE,
    };
    rasterise(this.anatomy.solids, plane, this.raster);
  }

  private accumulate(grid: ImageGrid, offset: Vec3, signal: Float32Array, weight: number): void {
    const { rows, columns } = this.size;
    const { value, texture } = this.tissueSignal;
    const tissue = this.raster.tissue;
    const wide = columns * FINE;
    const [fine, coarse] = this.noise;
    const o = add(grid.position, offset);
    const { alongRow: a, alongColumn: b, pixelMm } = grid;
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = row * FINE * wide + column * FINE;
        let sum =
          value[tissue[at]!]! + value[tissue[at + 1]!]! + value[tissue[at + wide]!]! + value[tissue[at + wide + 1]!]!;
        const rough = texture[tissue[at]!]!;
        if (rough > 0) {
          const u = column * pixelMm;
          const v = row * pixelMm;
          const x = o[0] + a[0] * u + b[0] * v;
          const y = o[1] + a[1] * u + b[1] * v;
          const z = o[2] + a[2] * u + b[2] * v;
          sum += 4 * rough * (0.8 * fine.at(x, y, z) + 0.6 * coarse.at(x, y, z));
        }
        signal[row * columns + column]! += (sum / 4) * weight;
      }
    }
  }

  /** The most frequent value of each pixel's fine points. */
  private majority(values: Uint8Array): Uint8Array {
    const { rows, columns } = this.size;
    const wide = columns * FINE;
    const out = new Uint8Array(rows * columns);
    for (let n = 0; n < out.length; n++) {
      const at = Math.floor(n / columns) * FINE * wide + (n % columns) * FINE;
      const [a, b, c, d] = [values[at]!, values[at + 1]!, values[at + wide]!, values[at + wide + 1]!];
      out[n] = a === b || a === c || a === d ? a : b === c || b === d ? b : c === d ? c : a;
    }
    return out;
  }
}
