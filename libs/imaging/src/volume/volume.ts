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
  return lpsSampler(volume)(p);
}

/** {@link sampleLps} of one volume, for many points. */
export function lpsSampler(volume: Volume): (p: Vec3) => number | undefined {
  const inverse = lpsToIjk(volume);
  return (p) => {
    const [x, y, z] = applyAffine(inverse, p);
    return sampleIjk(volume, x, y, z);
  };
}

/** Value at fractional voxel indices by trilinear interpolation; `undefined` outside the volume. */
export function sampleIjk(volume: Volume, x: number, y: number, z: number): number | undefined {
  const { data, dims } = volume;
  const ni = dims[0];
  const nj = dims[1];
  const nk = dims[2];
  if (!(x >= -0.5 && y >= -0.5 && z >= -0.5 && x <= ni - 0.5 && y <= nj - 0.5 && z <= nk - 0.5)) return undefined;
  // Clamped to the centres of the outer voxels.
  const cx = Math.min(Math.max(x, 0), ni - 1);
  const cy = Math.min(Math.max(y, 0), nj - 1);
  const cz = Math.min(Math.max(z, 0), nk - 1);
  const i = Math.min(Math.floor(cx), Math.max(ni - 2, 0));
  const j = Math.min(Math.floor(cy), Math.max(nj - 2, 0));
  const k = Math.min(Math.floor(cz), Math.max(nk - 2, 0));
  const di = cx - i;
  const dj = cy - j;
  const dk = cz - k;
  const right = ni > 1 ? 1 : 0;
  const down = nj > 1 ? ni : 0;
  const near = (k * nj + j) * ni + i;
  const far = near + (nk > 1 ? ni * nj : 0);
  return inPlane(data, near, right, down, di, dj) * (1 - dk) + inPlane(data, far, right, down, di, dj) * dk;
}

function inPlane(data: Volume['data'], at: number, right: number, down: number, di: number, dj: number): number {
  const upper = (data[at] as number) * (1 - di) + (data[at + right] as number) * di;
  const lower = (data[at + down] as number) * (1 - di) + (data[at + down + right] as number) * di;
  return upper * (1 - dj) + lower * dj;
}
