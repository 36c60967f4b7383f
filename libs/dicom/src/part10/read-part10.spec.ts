import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { seededRandom } from '../element/random-data-set.builder';
import {
  DicomError,
  encodeDataSet,
  encodeFileMeta,
  encodePart10,
  PREAMBLE_LENGTH,
  readFileMeta,
  readPart10,
  SopClass,
  Tag,
  TransferSyntax,
} from '../index';

const dataset = {
  SOPClassUID: SopClass.MRImageStorage,
  SOPInstanceUID: '1.2.3',
  PatientID: 'x',
  PixelData: Buffer.alloc(20),
};

describe('file meta information', () => {
  test('comes back as it was written, in front of any data set', () => {
    const meta = {
      sopClassUID: SopClass.CTImageStorage,
      sopInstanceUID: '1.2.3.4',
      transferSyntaxUID: TransferSyntax.ImplicitVRLittleEndian,
      sourceAETitle: 'CT_ROOM_1',
    };
    const file = Buffer.concat([encodeFileMeta(meta), encodeDataSet(dataset, meta.transferSyntaxUID)]);
    const read = readPart10(file);
    expect(read.meta).toMatchObject(meta);
    expect(read.meta.implementationVersionName).toBe('ENDPLATE_0_1');
    expect(read.dataSet.string(Tag.PatientID)).toBe('x');
    expect(file.subarray(read.dataSetOffset).equals(encodeDataSet(dataset, meta.transferSyntaxUID))).toBe(true);
  });

  test('a wrong group length does no harm', () => {
    const file = encodePart10(dataset);
    file.writeUInt32LE(4_000_000_000, PREAMBLE_LENGTH + 8);
    expect(readPart10(file).meta.sopInstanceUID).toBe('1.2.3');
  });

  test.each<[string, Buffer]>([
    ['nothing', Buffer.alloc(0)],
    ['a data set without preamble', encodeDataSet(dataset)],
    ['a preamble alone', Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')])],
    ['a value that reaches behind the end', encodePart10(dataset).subarray(0, 200)],
  ])('refuses %s', (_, bytes) => {
    expect(() => readPart10(bytes)).toThrow(expect.objectContaining({ code: 'DICOM_PART10_INVALID' }) as Error);
  });

  test.each(['', 'x'.repeat(65), 'ünïcode'])('refuses to write the UID %j', (sopInstanceUID) => {
    expect(() => encodeFileMeta({ sopClassUID: '1.2', sopInstanceUID, transferSyntaxUID: '1.2' })).toThrow(
      expect.objectContaining({ code: 'DICOM_PART10_INVALID' }) as Error,
    );
  });
});

function fuzz(bytes: Buffer, cases: number, seed: number): Map<string, number> {
  const random = seededRandom(seed);
  const seen = new Map<string, number>();
  for (let n = 0; n < cases; n++) {
    let broken = Buffer.from(bytes.subarray(0, Math.min(bytes.length, 8192)));
    for (let m = 1 + Math.floor(random() * 8); m > 0; m--) {
      broken[128 + Math.floor(random() * (broken.length - 128))] = random() < 0.5 ? 0xff : Math.floor(random() * 256);
    }
    if (random() < 0.3) broken = broken.subarray(0, Math.floor(random() * broken.length));
    let code = 'ok';
    try {
      const { dataSet } = readPart10(broken);
      for (const tag of dataSet.tags) expect([dataSet.strings(tag), dataSet.numbers(tag)]).toHaveLength(2);
    } catch (error) {
      if (!(error instanceof DicomError)) throw error;
      code = error.code;
    }
    seen.set(code, (seen.get(code) ?? 0) + 1);
  }
  return seen;
}

test('broken files end in a DICOM error or a data set that can be read', () => {
  expect(fuzz(encodePart10(dataset), 3000, 1).size).toBeGreaterThan(2);
});

const shared = path.resolve(__dirname, '../../../../../shared/data');
const withSharedData = existsSync(shared) ? test : test.skip;
if (!existsSync(shared)) console.warn('skipped: no ../shared/data');

withSharedData.each(['ct-j2k', 'real-ct/ct01', 'real-mr/mr03/t2', 'spider-modic/p001'])(
  'real files of %s, whole and broken',
  (folder) => {
    const directory = path.join(shared, folder);
    if (!existsSync(directory)) return;
    const [name] = readdirSync(directory).filter((file) => file.endsWith('.dcm'));
    const bytes = readFileSync(path.join(directory, name as string));
    const { meta, dataSet } = readPart10(bytes);
    expect(dataSet.string(Tag.SOPInstanceUID)).toBe(meta.sopInstanceUID);
    expect(readFileMeta(bytes).meta).toEqual(meta);
    expect(dataSet.numbers(Tag.ImageOrientationPatient)).toHaveLength(6);
    fuzz(bytes, 500, 2);
  },
);
