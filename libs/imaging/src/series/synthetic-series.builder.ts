import {
  add,
  cross,
  deriveUid,
  encodePart10,
  pixelToLps,
  readPart10,
  scale,
  SopClass,
  type NaturalDataset,
  type UID,
  type Vec3,
} from '@endplate/dicom';
import { assembleVolume } from '../volume/assemble-volume';
import { type Volume } from '../volume/volume';
import { groupSeries } from './group-series';
import { type InstanceHeader } from './instance-header';
import { readInstanceHeader } from './read-instance-header';
import { type Series } from './series';

/** Where and how a synthetic series lies; the values are those of `field`. */
export interface SyntheticSeries {
  readonly modality: 'CT' | 'MR';
  readonly rows: number;
  readonly columns: number;
  readonly slices: number;
  readonly pixelSpacing: readonly [number, number];
  readonly orientation: readonly number[];
  readonly origin: Vec3;
  /** From slice to slice, LPS mm; along the normal by `spacingMm` if absent. */
  readonly step?: Vec3;
  readonly spacingMm: number;
  /** Voxel value at a point of the patient, LPS mm. */
  readonly field: (p: Vec3) => number;
  /** Attributes that replace the usual ones. */
  readonly attributes?: NaturalDataset;
  /** Turns a value into a stored value. */
  readonly store?: (value: number) => number;
}

/** Orientation of axial slices. */
export const AXIAL = [1, 0, 0, 0, 1, 0];
/** Orientation of sagittal slices. */
export const SAGITTAL = [0, 1, 0, 0, 0, -1];
/** A linear field, so that every right interpolation gives it back. */
export const field = ([x, y, z]: Vec3): number => 20 * x + 3 * y - 5 * z + 100;

/** An axial CT series. */
export const ct: SyntheticSeries = {
  modality: 'CT',
  rows: 24,
  columns: 20,
  slices: 12,
  pixelSpacing: [1, 2],
  orientation: AXIAL,
  origin: [-19, -12, -30],
  spacingMm: 5,
  field,
};
/** A sagittal MR series. */
export const mr: SyntheticSeries = {
  modality: 'MR',
  rows: 30,
  columns: 24,
  slices: 5,
  pixelSpacing: [1, 1],
  orientation: SAGITTAL,
  origin: [8, -12, 15],
  spacingMm: 4,
  field: (p) => field(p) + 1000,
};

/** A series of real Part 10 objects whose voxels follow a field in patient space, for specs. */
export class SyntheticSeriesBuilder {
  readonly instances = new Map<UID, Buffer>();
  readonly headers: InstanceHeader[] = [];

  constructor(readonly series: SyntheticSeries) {
    for (let n = 0; n < series.slices; n++) this.addSlice(n);
  }

  /** Reads as an object store would. */
  readonly readInstance = async (sopInstanceUID: UID): Promise<Buffer> => {
    const bytes = this.instances.get(sopInstanceUID);
    if (bytes === undefined) throw new Error('no such instance');
    return Promise.resolve(bytes);
  };

  /** Centre of the first pixel of slice n, LPS mm. */
  position(n: number): Vec3 {
    const [a, b, c, d, e, f] = this.series.orientation as [number, number, number, number, number, number];
    const step = this.series.step ?? scale(cross([a, b, c], [d, e, f]), this.series.spacingMm);
    return add(this.series.origin, scale(step, n));
  }

  /** Adds the image of slice n (again). */
  addSlice(n: number, name = String(n), attributes: NaturalDataset = {}): void {
    const bytes = encodePart10({ ...this.dataset(n, name), ...attributes });
    const header = readInstanceHeader(readPart10(bytes).dataSet);
    this.instances.set(header.sopInstanceUID, bytes);
    this.headers.push(header);
  }

  /** Stored values of slice n. */
  pixels(n: number): Int16Array {
    const { rows, columns, pixelSpacing, orientation, field, store = Math.round } = this.series;
    const plane = {
      ImagePositionPatient: this.position(n),
      ImageOrientationPatient: orientation,
      PixelSpacing: pixelSpacing,
    };
    const pixels = new Int16Array(rows * columns);
    for (let at = 0; at < pixels.length; at++) {
      pixels[at] = store(field(pixelToLps(plane, at % columns, Math.floor(at / columns))));
    }
    return pixels;
  }

  private dataset(n: number, name: string): NaturalDataset {
    const { modality, rows, columns, pixelSpacing, orientation } = this.series;
    return {
      SOPClassUID: modality === 'CT' ? SopClass.CTImageStorage : SopClass.MRImageStorage,
      SOPInstanceUID: deriveUid('synthetic', 'instance', name),
      StudyInstanceUID: deriveUid('synthetic', 'study'),
      SeriesInstanceUID: deriveUid('synthetic', 'series'),
      FrameOfReferenceUID: deriveUid('synthetic', 'frame'),
      Modality: modality,
      ImageType: ['ORIGINAL', 'PRIMARY', 'OTHER'],
      InstanceNumber: n + 1,
      SamplesPerPixel: 1,
      PhotometricInterpretation: 'MONOCHROME2',
      Rows: rows,
      Columns: columns,
      BitsAllocated: 16,
      BitsStored: 16,
      HighBit: 15,
      PixelRepresentation: 1,
      ...(modality === 'CT' ? { RescaleSlope: 1, RescaleIntercept: 0, RescaleType: 'HU' } : {}),
      PixelSpacing: pixelSpacing,
      ImageOrientationPatient: orientation,
      ImagePositionPatient: this.position(n),
      SliceThickness: this.series.spacingMm,
      PixelData: this.pixels(n),
      ...this.series.attributes,
    };
  }
}

/** The one series of a builder, and its volume. */
export async function volumeOf(builder: SyntheticSeriesBuilder): Promise<{ series: Series; volume: Volume }> {
  const all = groupSeries(builder.headers);
  if (all.length !== 1) throw new Error(`${all.length} series`);
  const series = all[0] as Series;
  return { series, volume: await assembleVolume(series, builder.readInstance) };
}
