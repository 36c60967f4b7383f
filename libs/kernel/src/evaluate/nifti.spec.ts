import { gzipSync } from 'node:zlib';
import { applyAffine } from '@endplate/dicom';
import { KernelNiftiError } from '../errors';
import { readNiftiLabels } from './nifti';

interface Setting {
  readonly dims?: readonly number[];
  readonly datatype?: number;
  readonly values?: readonly number[];
  readonly littleEndian?: boolean;
  readonly sform?: readonly number[];
  readonly qform?: readonly number[];
  readonly magic?: string;
}

const SFORM = [2, 0, 0, -10, 0, 3, 0, -20, 0, 0, 4, 5];

/** A NIfTI-1 single file: header of 348 bytes, 4 bytes of extension, voxels from 352. */
function nifti(setting: Setting = {}): Buffer {
  const {
    dims = [2, 2, 1],
    datatype = 4,
    values = [0, 1, 2, 3],
    littleEndian = true,
    sform = SFORM,
    magic = 'n+1\0',
  } = setting;
  const size = { 2: 1, 4: 2, 16: 4 }[datatype] ?? 2;
  const file = Buffer.alloc(352 + values.length * size);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const le = littleEndian;
  view.setInt32(0, 348, le);
  view.setInt16(40, dims.length, le);
  dims.forEach((n, axis) => view.setInt16(42 + 2 * axis, n, le));
  view.setInt16(70, datatype, le);
  [1, 2, 3, 4].forEach((mm, axis) => view.setFloat32(76 + 4 * axis, mm, le));
  view.setFloat32(108, 352, le);
  if (setting.qform) {
    view.setInt16(252, 1, le);
    setting.qform.forEach((value, n) => view.setFloat32(256 + 4 * n, value, le));
  } else {
    view.setInt16(254, 1, le);
    sform.forEach((value, n) => view.setFloat32(280 + 4 * n, value, le));
  }
  file.write(magic, 344, 'latin1');
  values.forEach((value, n) => {
    if (datatype === 2) view.setUint8(352 + n, value);
    else if (datatype === 16) view.setFloat32(352 + 4 * n, value, le);
    else view.setInt16(352 + 2 * n, value, le);
  });
  return file;
}

describe('readNiftiLabels', () => {
  it.each([
    ['int16, little endian', {}],
    ['int16, big endian', { littleEndian: false }],
    ['uint8', { datatype: 2 }],
    ['float32', { datatype: 16 }],
  ])('reads %s', (_name, setting) => {
    const volume = readNiftiLabels(nifti(setting));
    expect(volume.dims).toEqual([2, 2, 1]);
    expect([...volume.data]).toEqual([0, 1, 2, 3]);
  });

  it('reads a compressed file', () => {
    expect([...readNiftiLabels(gzipSync(nifti())).data]).toEqual([0, 1, 2, 3]);
  });

  it('turns RAS into LPS', () => {
    expect(applyAffine(readNiftiLabels(nifti()).ijkToLps, [1, 1, 1])).toEqual([8, 17, 9]);
  });

  it('reads the qform where there is no sform', () => {
    // A turn of 90 degrees about z: b = c = 0, d = sin 45; x goes to y, y to -x in RAS.
    const volume = readNiftiLabels(nifti({ qform: [0, 0, Math.SQRT1_2, 7, 8, 9] }));
    applyAffine(volume.ijkToLps, [1, 0, 0]).forEach((value, axis) => expect(value).toBeCloseTo([-7, -10, 9][axis]!, 4));
    applyAffine(volume.ijkToLps, [0, 1, 0]).forEach((value, axis) => expect(value).toBeCloseTo([-4, -8, 9][axis]!, 4));
  });

  const bad: [string, () => Buffer][] = [
    ['an empty file', () => Buffer.alloc(0)],
    ['a file that is something else', () => Buffer.alloc(400, 7)],
    ['a pair of files', () => nifti({ magic: 'ni1\0' })],
    ['a truncated file', () => nifti({ dims: [20, 20, 20] })],
    ['a huge announcement', () => nifti({ dims: [30000, 30000, 30000] })],
    ['a fourth dimension', () => nifti({ dims: [2, 1, 1, 2] })],
    ['a negative size', () => nifti({ dims: [-2, 2, 1] })],
    ['complex numbers', () => nifti({ datatype: 32 })],
    ['negative labels', () => nifti({ values: [0, -1, 2, 3] })],
    ['a broken gzip', () => gzipSync(nifti()).subarray(0, 40)],
    ['a bomb', () => gzipSync(Buffer.alloc(20_000_000))],
  ];
  it.each(bad)('refuses %s', (_name, file) => {
    expect(() => readNiftiLabels(file(), { maxVoxels: 1_000_000 })).toThrow(KernelNiftiError);
  });
});
