import { type KeySlice } from './key-slice';
import { encodeKeySlices, parseKeySlices } from './key-slice.schema';

const SLICE: KeySlice = {
  kind: 'disc',
  discId: 'disc-1',
  seriesInstanceUID: '1.2.3',
  reference: { sopClassUID: '1.2', sopInstanceUID: '1.2.3.4', frameNumber: 2 },
  sources: [{ sopClassUID: '1.2', sopInstanceUID: '1.2.3.4', frameNumber: 2 }],
  width: 3,
  height: 2,
  grey: Uint8Array.of(0, 1, 127, 128, 254, 255),
  spacingMm: 0.3,
  outlines: [{ kind: 'calcification', findingId: 'disc-1', points: [[0.5, 1.5], [1, 1], [2, 0]] }],
  caption: 'CT, sagittal',
}; // prettier-ignore
const FILE = { studyInstanceUID: '1.2', version: 3, slices: [SLICE] };

describe('key-slices.json', () => {
  it('gives back every byte and every point', () => {
    expect(parseKeySlices(encodeKeySlices(FILE))).toEqual(FILE);
  });

  it.each([
    ['fewer bytes than pixels', { ...SLICE, grey: SLICE.grey.subarray(1) }],
    ['no width', { ...SLICE, width: 0, height: 0, grey: new Uint8Array() }],
    ['a UID that is none', { ...SLICE, seriesInstanceUID: '../etc' }],
  ])('refuses %s', (_, slice) => {
    expect(() => parseKeySlices(encodeKeySlices({ ...FILE, slices: [slice] }))).toThrow();
  });
});
