import { deriveUid, encodePart10, TransferSyntax } from '@endplate/dicom';
import { instanceKey } from '@endplate/store';
import { storedVersion, type StoredVersion } from '../fixture/stored-version';
import { readHeaders } from './read-headers';

let version: StoredVersion;
afterEach(() => version.remove());

const read = async (images: object[]) => {
  version = await storedVersion(images as never);
  return readHeaders(version.store, version.studyInstanceUID, version.manifest.instances);
};
/** More than is read of an ordinary image. */
const LARGE = { Rows: 512, Columns: 512, PixelData: Buffer.alloc(512 * 512 * 2) };

describe('readHeaders', () => {
  it('reads small and large images alike, in the order of the manifest', async () => {
    const { headers, unreadable } = await read([{}, LARGE, {}]);
    expect(headers.map(({ rows, hasPixelData }) => [rows, hasPixelData])).toEqual([
      [16, true],
      [512, true],
      [16, true],
    ]);
    expect(headers.map(({ instanceNumber }) => instanceNumber)).toEqual([1, 2, 3]);
    expect(unreadable.size).toBe(0);
  });

  it('reads on where the header is longer than usual', async () => {
    const long = {
      ...LARGE,
      ImageComments: 'x'.repeat(9000),
      DerivationDescription: 'y',
      RequestAttributesSequence: manyItems(4000),
    };
    const { headers } = await read([long]);
    expect(headers[0]).toMatchObject({ rows: 512, hasPixelData: true });
  });

  it('sees that a large object has no pixels', async () => {
    const { headers } = await read([{ PixelData: undefined, RequestAttributesSequence: manyItems(8000) }]);
    expect(headers[0]!.hasPixelData).toBe(false);
  });

  it('reads deflated images', async () => {
    version = await storedVersion([LARGE] as never);
    const key = instanceKey({ studyInstanceUID: version.studyInstanceUID, ...version.manifest.instances[0]! });
    const noisy = Buffer.from(Array.from({ length: 512 * 512 * 2 }, (_, n) => (n * 2654435761) >>> 24));
    await version.store.put(key, deflated(version.studyInstanceUID, version.manifest.instances[0]!, noisy));
    const { headers, unreadable } = await readHeaders(
      version.store,
      version.studyInstanceUID,
      version.manifest.instances,
    );
    expect([...unreadable]).toEqual([]);
    expect(headers[0]).toMatchObject({ rows: 512, hasPixelData: true });
  });

  it('counts what it cannot read by its code, and what is missing', async () => {
    version = await storedVersion([{}, {}, {}, {}]);
    const key = (n: number) =>
      instanceKey({ studyInstanceUID: version.studyInstanceUID, ...version.manifest.instances[n]! });
    await version.store.put(key(0), Buffer.from('nothing'));
    await version.store.put(key(1), (await version.store.get(key(1))).subarray(0, 500));
    await version.store.delete(key(2));
    const { headers, unreadable } = await readHeaders(
      version.store,
      version.studyInstanceUID,
      version.manifest.instances,
    );
    expect(headers).toHaveLength(1);
    expect([...unreadable]).toEqual([
      ['DICOM_DATASET_TRUNCATED', 1],
      ['DICOM_PART10_INVALID', 1],
      ['STORE_NOT_FOUND', 1],
    ]);
  });

  it('stops when it is told to', async () => {
    version = await storedVersion([{}]);
    const signal = AbortSignal.abort(new Error('shutdown'));
    const { store, studyInstanceUID, manifest } = version;
    await expect(readHeaders(store, studyInstanceUID, manifest.instances, signal)).rejects.toThrow('shutdown');
  });
});

function manyItems(count: number): object[] {
  return Array.from({ length: count }, (_, n) => ({ ScheduledProcedureStepID: String(n).padStart(16, '0') }));
}

function deflated(
  studyInstanceUID: string,
  { seriesInstanceUID, sopInstanceUID }: { seriesInstanceUID: string; sopInstanceUID: string },
  pixels: Buffer,
): Buffer {
  return encodePart10(
    {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
      SOPInstanceUID: sopInstanceUID,
      StudyInstanceUID: studyInstanceUID,
      SeriesInstanceUID: seriesInstanceUID,
      FrameOfReferenceUID: deriveUid('deflated'),
      Modality: 'CT',
      Rows: 512,
      Columns: 512,
      BitsAllocated: 16,
      PixelData: pixels,
    },
    TransferSyntax.DeflatedExplicitVRLittleEndian,
  );
}
