import { gunzipSync } from 'node:zlib';
import { type Affine } from '@endplate/dicom';
import { KernelNiftiError } from '../errors';

/** A volume of instance labels: one integer per instance, 0 outside; index `(k * nj + j) * ni + i`. */
export interface LabelVolume {
  readonly dims: readonly [number, number, number];
  readonly data: Uint16Array;
  /** (i, j, k), zero-based, -\> LPS mm. */
  readonly ijkToLps: Affine;
}

/** Limits of {@link readNiftiLabels}. */
export interface NiftiLimits {
  /** Most voxels that a file may announce. */
  readonly maxVoxels?: number;
}

const HEADER_BYTES = 348;
const MAX_VOXELS = 512 * 512 * 1200;
const TYPES: Readonly<
  Record<number, readonly [bytes: number, read: (v: DataView, at: number, le: boolean) => number]>
> = {
  2: [1, (v, at) => v.getUint8(at)],
  4: [2, (v, at, le) => v.getInt16(at, le)],
  8: [4, (v, at, le) => v.getInt32(at, le)],
  16: [4, (v, at, le) => v.getFloat32(at, le)],
  64: [8, (v, at, le) => v.getFloat64(at, le)],
  256: [1, (v, at) => v.getInt8(at)],
  512: [2, (v, at, le) => v.getUint16(at, le)],
  768: [4, (v, at, le) => v.getUint32(at, le)],
};

/**
 * Reads a NIfTI-1 single file (.nii, or .nii.gz by its magic bytes) as instance labels and turns its RAS frame into LPS.
 *
 * @throws {@link KernelNiftiError} `KERNEL_NIFTI_INVALID`: not NIfTI-1, too large, truncated, without orientation, or
 * with values that are no labels
 */
export function readNiftiLabels(file: Buffer, limits: NiftiLimits = {}): LabelVolume {
  const maxVoxels = limits.maxVoxels ?? MAX_VOXELS;
  const bytes = inflate(file, maxVoxels);
  if (bytes.length < HEADER_BYTES + 4) throw new KernelNiftiError('The file is shorter than a NIfTI-1 header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const le = view.getInt32(0, true) === HEADER_BYTES;
  // sizeof_hdr at 0 is 348 in the file's byte order; magic at 344 is "n+1\0" for a single file.
  if (!le && view.getInt32(0, false) !== HEADER_BYTES) throw new KernelNiftiError('The file is no NIfTI-1');
  if (bytes.toString('latin1', 344, 347) !== 'n+1')
    throw new KernelNiftiError('Only single-file NIfTI-1 (n+1) is read');
  const dims = readDims(view, le, maxVoxels);
  const type = TYPES[view.getInt16(70, le)];
  if (!type) throw new KernelNiftiError('The data type is no number of one part', { datatype: view.getInt16(70, le) });
  return { dims, data: readVoxels(view, le, dims, type), ijkToLps: readAffine(view, le) };
}

function inflate(file: Buffer, maxVoxels: number): Buffer {
  if (file[0] !== 0x1f || file[1] !== 0x8b) return file;
  try {
    return gunzipSync(file, { maxOutputLength: maxVoxels * 8 + 4096 });
  } catch {
    throw new KernelNiftiError('The compressed file is broken or larger than allowed');
  }
}

function readDims(view: DataView, le: boolean, maxVoxels: number): readonly [number, number, number] {
  // dim[8] at 40: number of dimensions, then sizes.
  const rank = view.getInt16(40, le);
  const size = (axis: number): number => (axis <= rank ? view.getInt16(40 + 2 * axis, le) : 1);
  const dims = [size(1), size(2), size(3)] as const;
  const extra = [4, 5, 6, 7].some((axis) => size(axis) > 1);
  if (rank < 1 || rank > 7 || extra || dims.some((n) => n < 1)) throw new KernelNiftiError('The volume is not 3-D');
  if (dims[0] * dims[1] * dims[2] > maxVoxels) throw new KernelNiftiError('The volume is larger than allowed');
  return dims;
}

function readVoxels(
  view: DataView,
  le: boolean,
  dims: readonly [number, number, number],
  [size, read]: (typeof TYPES)[number] & object,
): Uint16Array {
  const total = dims[0] * dims[1] * dims[2];
  // vox_offset at 108, scl_slope at 112, scl_inter at 116.
  const offset = view.getFloat32(108, le);
  if (!(offset >= HEADER_BYTES) || offset + total * size > view.byteLength) {
    throw new KernelNiftiError('The file ends before its last voxel', { voxels: total });
  }
  const slope = view.getFloat32(112, le) || 1;
  const intercept = Number.isFinite(view.getFloat32(116, le)) ? view.getFloat32(116, le) : 0;
  const data = new Uint16Array(total);
  for (let n = 0; n < total; n++) {
    const value = Math.round(read(view, offset + n * size, le) * slope + intercept);
    if (!(value >= 0 && value <= 65535)) throw new KernelNiftiError('A voxel is no label from 0 to 65535');
    data[n] = value;
  }
  return data;
}

/** The sform where given, else the qform; NIfTI's x and y point to the right and the front, ours to the left and the back. */
function readAffine(view: DataView, le: boolean): Affine {
  const f = (at: number): number => view.getFloat32(at, le);
  // qform_code at 252, sform_code at 254, quatern_b..d at 256, qoffset at 268, srow_x..z at 280, pixdim at 76.
  const rows: number[][] = [];
  if (view.getInt16(254, le) > 0) {
    for (let r = 0; r < 3; r++) rows.push([0, 1, 2, 3].map((c) => f(280 + 16 * r + 4 * c)));
  } else if (view.getInt16(252, le) > 0) {
    const [b, c, d] = [f(256), f(260), f(264)];
    const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
    const [sx, sy, sz] = [f(80), f(84), f(88) * (f(76) < 0 ? -1 : 1)];
    rows.push(
      [(a * a + b * b - c * c - d * d) * sx, 2 * (b * c - a * d) * sy, 2 * (b * d + a * c) * sz, f(268)],
      [2 * (b * c + a * d) * sx, (a * a + c * c - b * b - d * d) * sy, 2 * (c * d - a * b) * sz, f(272)],
      [2 * (b * d - a * c) * sx, 2 * (c * d + a * b) * sy, (a * a + d * d - b * b - c * c) * sz, f(276)],
    );
  } else throw new KernelNiftiError('The file has neither sform nor qform, so its place in space is unknown');
  const affine = rows.flatMap((row, r) => (r < 2 ? row.map((value) => -value) : row));
  if (!affine.every(Number.isFinite)) throw new KernelNiftiError('The orientation holds a value that is no number');
  return [...affine, 0, 0, 0, 1];
}
