import { affineColumn, type Affine } from '@endplate/dicom';
import { gzipSync } from 'node:zlib';

/** A volume of labels: `(k * nj + j) * ni + i`. */
export interface LabelGrid {
  readonly dims: readonly [number, number, number];
  /** (i, j, k), zero-based -\> LPS mm. */
  readonly ijkToLps: Affine;
  readonly data: Uint8Array;
}

const HEADER_BYTES = 352;

/** Writes labels as a gzipped NIfTI-1 file; its world frame is RAS, as the format asks. */
export function encodeNiftiLabels({ dims, ijkToLps, data }: LabelGrid): Buffer {
  const head = Buffer.alloc(HEADER_BYTES);
  const columns = [affineColumn(ijkToLps, 0), affineColumn(ijkToLps, 1), affineColumn(ijkToLps, 2)] as const;
  const origin = affineColumn(ijkToLps, 3);
  head.writeInt32LE(348, 0);
  for (const [n, value] of [3, ...dims, 1, 1, 1, 1].entries()) head.writeInt16LE(value, 40 + 2 * n);
  head.writeInt16LE(2, 70); // datatype: unsigned char
  head.writeInt16LE(8, 72); // bits per voxel
  for (const [n, column] of columns.entries()) head.writeFloatLE(Math.hypot(...column), 80 + 4 * n);
  head.writeFloatLE(1, 76);
  head.writeFloatLE(HEADER_BYTES, 108);
  head.writeFloatLE(1, 112); // slope
  head.writeUInt8(2, 123); // mm
  head.write('endplate phantom', 148, 'latin1');
  head.writeInt16LE(1, 254); // sform: scanner coordinates
  for (let row = 0; row < 3; row++) {
    const sign = row < 2 ? -1 : 1;
    const values = [...columns.map((column) => column[row]!), origin[row]!];
    for (const [n, value] of values.entries()) head.writeFloatLE(sign * value, 280 + 16 * row + 4 * n);
  }
  head.write('n+1\0', 344, 'latin1');
  return gzipSync(Buffer.concat([head, data]), { level: 6 });
}
