import { gzipSync } from 'node:zlib';
import { type LabelMap } from '@endplate/kernel';

/** One file of label values. */
export interface MaskFile {
  readonly name: string;
  readonly bytes: Buffer;
  readonly contentType: string;
}

const HEADER_BYTES = 348;
/** Header, four bytes that say "no extension", voxels. */
const VOXEL_OFFSET = 352;
const UINT8 = 2;
/** Aligned to the scanner's coordinates. */
const SCANNER_ANATOMICAL = 1;
const MILLIMETRES = 2;

/**
 * Label maps as gzipped NIfTI-1: classes and instances of each series on its native grid, cropped as the label map is,
 * and a list that names the instances. One file at a time, so that no two of them are held at once. The same map gives
 * the same bytes.
 */
export function* maskFiles(labelMaps: readonly LabelMap[]): Generator<MaskFile> {
  for (const map of labelMaps) {
    yield niftiFile(`${map.seriesInstanceUID}.classes.nii.gz`, map, map.classes);
    yield niftiFile(`${map.seriesInstanceUID}.instances.nii.gz`, map, map.instances);
    const { seriesInstanceUID, frameOfReferenceUID, dims, offset, ijkToLps, instanceList } = map;
    const list = { seriesInstanceUID, frameOfReferenceUID, dims, offset, ijkToLps, instances: instanceList };
    const bytes = Buffer.from(`${JSON.stringify(list)}\n`);
    yield { name: `${seriesInstanceUID}.instances.json`, bytes, contentType: 'application/json' };
  }
}

function niftiFile(name: string, map: LabelMap, voxels: Uint8Array): MaskFile {
  return { name, bytes: gzipSync(encodeNifti(map, voxels), { level: 6 }), contentType: 'application/gzip' };
}

/** NIfTI-1, single file, uint8; i fastest, as the label map has it. */
function encodeNifti({ dims, ijkToLps }: LabelMap, voxels: Uint8Array): Buffer {
  const bytes = Buffer.alloc(VOXEL_OFFSET + voxels.length);
  bytes.writeInt32LE(HEADER_BYTES, 0);
  [3, ...dims, 1, 1, 1, 1].forEach((size, n) => bytes.writeInt16LE(size, 40 + 2 * n));
  bytes.writeInt16LE(UINT8, 70);
  bytes.writeInt16LE(8, 72); // bits per voxel
  [1, 0, 1, 2].forEach((column, n) => bytes.writeFloatLE(n === 0 ? 1 : columnLength(ijkToLps, column), 76 + 4 * n));
  bytes.writeFloatLE(VOXEL_OFFSET, 108);
  bytes.writeFloatLE(1, 112); // slope
  bytes.writeInt8(MILLIMETRES, 123);
  bytes.writeInt16LE(0, 252); // no quaternion: the affine alone places the voxels
  bytes.writeInt16LE(SCANNER_ANATOMICAL, 254);
  // NIfTI points right, anterior, superior; LPS turns x and y round.
  for (let row = 0; row < 3; row++) {
    const sign = row < 2 ? -1 : 1;
    for (let column = 0; column < 4; column++) {
      bytes.writeFloatLE(sign * ijkToLps[row * 4 + column]!, 280 + 16 * row + 4 * column);
    }
  }
  bytes.write('n+1\0', 344, 'latin1');
  bytes.set(voxels, VOXEL_OFFSET);
  return bytes;
}

function columnLength(affine: readonly number[], column: number): number {
  return Math.hypot(affine[column]!, affine[4 + column]!, affine[8 + column]!);
}
