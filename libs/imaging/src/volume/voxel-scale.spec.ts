import { type FramePixels } from '@endplate/dicom';
import { type InstanceHeader } from '../series/instance-header';
import { voxelScale, writeVoxels } from './voxel-scale';

const ct = (intercept: number): InstanceHeader =>
  ({
    modality: 'CT',
    pixelRepresentation: 0,
    bitsStored: 12,
    photometricInterpretation: 'MONOCHROME2',
    rescale: { slope: 1, intercept, type: 'HU' },
  }) as InstanceHeader;

function written(pixels: FramePixels, intercept: number, offset = 0): Int16Array {
  const header = ct(intercept);
  const target = new Int16Array(pixels.length + offset + 1).fill(99);
  writeVoxels(pixels, header, voxelScale([header]), target, offset);
  return target;
}

describe('writeVoxels of whole HU', () => {
  const stored = Uint16Array.from({ length: 4096 }, (_, n) => (n * 2741) % 4096);
  const words = Uint16Array.from({ length: 65536 }, (_, n) => (n * 40503) % 65536);

  it.each([0, -1, -1024, -1025, -8192, -32768])('adds the intercept %d to every stored value', (intercept) => {
    expect([...written(stored, intercept).subarray(0, 4096)]).toEqual(Array.from(stored, (value) => value + intercept));
  });

  it('writes the same wherever the words lie, and nothing beside them', () => {
    const want = Array.from(stored, (value) => value - 1024);
    const shifted = new Uint16Array(4097);
    shifted.set(stored, 1);
    for (const pixels of [stored, shifted.subarray(1)]) {
      for (const offset of [0, 1, 2]) {
        const target = written(pixels, -1024, offset);
        expect([...target.subarray(offset, offset + 4096)]).toEqual(want);
        expect([target[offset - 1] ?? 99, target[offset + 4096]]).toEqual([99, 99]);
      }
    }
    expect([...written(stored.subarray(0, 7), -1024)]).toEqual([...want.slice(0, 7), 99]);
  });

  it('lets no word run into the next, whatever a decoder has left above the stored bits', () => {
    const target = written(words, -1024);
    expect([...target.subarray(0, words.length)]).toEqual([...Int16Array.from(words, (value) => value - 1024)]);
  });
});
