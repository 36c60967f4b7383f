import { gunzipSync } from 'node:zlib';
import { applyAffine, deriveUid } from '@endplate/dicom';
import { type LabelMap, readNiftiLabels } from '@endplate/kernel';
import { maskFiles } from './nifti-mask';

/** Oblique, with three different spacings. */
const ijkToLps = [0, 0, 2.5, -11, 0.4, -0.3, 0, 22, -0.3, -0.4, 0, 33, 0, 0, 0, 1];
const map: LabelMap = {
  seriesInstanceUID: deriveUid('nifti-spec'),
  dims: [3, 4, 5],
  offset: [7, 8, 9],
  ijkToLps,
  classes: Uint8Array.from({ length: 60 }, (_, n) => n % 6),
  instances: Uint8Array.from({ length: 60 }, (_, n) => n % 11),
  instanceList: [{ value: 1, kind: 'body', findingId: 'vertebra-1', voxels: 6 }],
  seriesDims: [20, 30, 40],
  images: [],
  lesions: [],
};

describe('maskFiles', () => {
  const [classes, instances, list] = [...maskFiles([map])];

  it('come back with their voxels in their places', () => {
    for (const [file, voxels] of [
      [classes!, map.classes],
      [instances!, map.instances],
    ] as const) {
      const read = readNiftiLabels(gunzipSync(file.bytes));
      expect(read.dims).toEqual([3, 4, 5]);
      expect(Array.from(read.data)).toEqual(Array.from(voxels));
      for (const voxel of [[0, 0, 0], [2, 0, 0], [0, 3, 0], [1, 2, 4]] as const) {
        const expected = applyAffine(ijkToLps, voxel);
        applyAffine(read.ijkToLps, voxel).forEach((mm, n) => expect(mm).toBeCloseTo(expected[n]!, 4));
      }
    } // prettier-ignore
  });

  it('say which instance is which', () => {
    expect(JSON.parse(list!.bytes.toString())).toMatchObject({ offset: [7, 8, 9], instances: map.instanceList });
  });

  it('have the same bytes each time', () => {
    expect([...maskFiles([map])].map(({ bytes }) => bytes)).toEqual(
      [classes, instances, list].map((one) => one!.bytes),
    );
  });
});
