import { applyAffine, invertAffine, type Affine, type UID, type Vec3 } from '@endplate/dicom';
import { type InstanceHeader } from '../series/instance-header';

/** The image (and frame) behind one plane of a volume. */
export interface VolumeSlice {
  readonly sopClassUID: UID;
  readonly sopInstanceUID: UID;
  /** Counts from 1; only where the image is multi-frame. */
  readonly frameNumber?: number;
  /** True for a missing slice: the voxels are interpolated, the image named is the nearest. */
  readonly interpolated?: boolean;
}

/** Voxels of one series on its own grid. */
export interface Volume {
  readonly seriesInstanceUID: UID;
  readonly frameOfReferenceUID?: string;
  readonly modality: string;
  /** HU on CT with a rescale, stored values (white high) otherwise. */
  readonly unit: 'HU' | 'signal';
  /** Columns, rows, slices. */
  readonly dims: readonly [ni: number, nj: number, nk: number];
  /** `data[(k * nj + j) * ni + i]`. */
  readonly data: Int16Array | Float32Array;
  /** (column i, row j, slice k), zero-based, voxel centres -\> LPS mm. */
  readonly ijkToLps: Affine;
  /** One per k. */
  readonly slices: readonly VolumeSlice[];
  /** Headers of the series in slice order. */
  readonly headers: readonly InstanceHeader[];
  readonly problems: readonly string[];
}

/** What lies outside the images: air on CT, nothing on MR. */
export function backgroundValue(volume: Pick<Volume, 'unit'>): number {
  return volume.unit === 'HU' ? -1024 : 0;
}

const inverses = new WeakMap<Volume, Affine>();

/** LPS mm -\> fractional (i, j, k) of a volume; computed once per volume. */
export function lpsToIjk(volume: Volume): Affine {
  let inverse = inverses.get(volume);
  if (inverse === undefined) {
    inverse = invertAffine(volume.ijkToLps);
    inverses.set(volume, inverse);
  }
  return inverse;
}

/**
 * Value at a point by trilinear interpolation; `undefined` outside the volume (half a voxel beyond the outer centres).
 *
 * @param p - LPS mm
 */
export function sampleLps(volume: Volume, p: Vec3): number | undefined {
  const [x, y, z] = applyAffine(lpsToIjk(volume), p);
  return sampleIjk(volume, x, y, z);
}

/** Value at fractional voxel indices by trilinear interpolation; `undefined` outside the volume. */
export function sampleIjk(volume: Volume, x: number, y: number, z: number): number | undefined {
  const [ni, nj, nk] = volume.dims;
  if (!(x >= -0.5 && y >= -0.5 && z >= -0.5 && x <= ni - 0.5 && y <= nj - 0.5 && z <= nk - 0.5)) return undefined;
  const { data } = volume;
  const [i, di] = cell(x, ni);
  const [j, dj] = cell(y, nj);
  const [k, dk] = cell(z, nk);
  const i1 = Math.min(i + 1, ni - 1);
  const j1 = Math.min(j + 1, nj - 1);
  const k1 = Math.min(k + 1, nk - 1);
  const row = (jj: number, kk: number): number => {
    const at = (kk * nj + jj) * ni;
    return (data[at + i] as number) * (1 - di) + (data[at + i1] as number) * di;
  };
  const plane = (kk: number): number => row(j, kk) * (1 - dj) + row(j1, kk) * dj;
  return plane(k) * (1 - dk) + plane(k1) * dk;
}

/** Lower neighbour and weight of the upper one, clamped to the centres of the outer voxels. */
function cell(value: number, count: number): [number, number] {
  const clamped = Math.min(Math.max(value, 0), count - 1);
  const lower = Math.min(Math.floor(clamped), Math.max(count - 2, 0));
  return [lower, clamped - lower];
}
