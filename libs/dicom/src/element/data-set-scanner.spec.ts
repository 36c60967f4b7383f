import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import {
  DataSetScanner,
  DicomError,
  encodeDataSet,
  parseDataSet,
  readFileMeta,
  SopClass,
  Tag,
  TransferSyntax,
  transferSyntaxEncoding,
  type ScannedHeader,
  type UID,
} from '../index';
import { RandomDataSetBuilder, seededRandom } from './random-data-set.builder';

const UIDS = {
  sopClass: SopClass.CTImageStorage,
  sopInstance: '1.2.826.0.1.99',
  study: '1.2.3.45',
  series: '1.2.3.45.6',
};
const SYNTAXES: readonly UID[] = [
  TransferSyntax.ExplicitVRLittleEndian,
  TransferSyntax.ImplicitVRLittleEndian,
  TransferSyntax.ExplicitVRBigEndian,
  TransferSyntax.DeflatedExplicitVRLittleEndian,
  TransferSyntax.JPEG2000,
];

function randomDataSet(syntax: UID, seed: number): { bytes: Buffer; plain: Buffer; offsets: number[] } {
  const encoding = transferSyntaxEncoding(syntax);
  const builder = new RandomDataSetBuilder(encoding, seededRandom(seed));
  const plain = builder.build(UIDS);
  return { plain, bytes: encoding.deflated ? deflateRawSync(plain) : plain, offsets: builder.topLevelOffsets };
}

/** Pushes in chunks of random size, each overwritten after the call as a socket buffer would be. */
function scan(syntax: UID, bytes: Buffer, random: () => number, limits = {}): ScannedHeader {
  const scanner = new DataSetScanner(syntax, limits);
  for (let at = 0; at < bytes.length;) {
    const length = 1 + Math.floor(random() ** 3 * 4000);
    const chunk = Buffer.from(bytes.subarray(at, at + length));
    scanner.push(chunk);
    chunk.fill(0xee);
    at += length;
  }
  return scanner.end();
}

function outcome(work: () => unknown): string {
  try {
    work();
    return 'ok';
  } catch (error) {
    if (!(error instanceof DicomError)) throw error;
    return error.code;
  }
}

describe.each(SYNTAXES)('random data sets in %s', (syntax) => {
  test('scanner and parser agree, however the bytes are cut', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const { bytes } = randomDataSet(syntax, seed);
      const header = scan(syntax, bytes, seededRandom(seed));
      const parsed = parseDataSet(bytes, syntax);
      expect(header).toMatchObject({
        sopClassUID: UIDS.sopClass,
        sopInstanceUID: UIDS.sopInstance,
        studyInstanceUID: UIDS.study,
        seriesInstanceUID: UIDS.series,
        modality: 'CT',
        rows: 16,
        columns: 16,
      });
      expect(header.hasPixelData).toBe(parsed.pixelData() !== undefined);
      expect(parsed.strings(Tag.ImageType)).toEqual(['ORIGINAL', 'PRIMARY']);
    }
  });

  test('cut anywhere: truncated, unless the cut is between two elements', () => {
    const seed = 5;
    const { plain, bytes, offsets } = randomDataSet(syntax, seed);
    const boundaries = new Set([...offsets, plain.length]);
    const deflated = bytes !== plain;
    for (let cut = 0; cut < bytes.length; cut += deflated ? 1 : 7) {
      const part = bytes.subarray(0, cut);
      const result = outcome(() => scan(syntax, part, seededRandom(cut)));
      if (!deflated && boundaries.has(cut)) continue;
      expect(result).toBe('DICOM_DATASET_TRUNCATED');
      expect(outcome(() => parseDataSet(part, syntax))).toBe('DICOM_DATASET_TRUNCATED');
    }
  });

  test('changed bytes: a DICOM error or a data set, the same for every cut', () => {
    const seen = new Map<string, number>();
    for (let seed = 1; seed <= 400; seed++) {
      const random = seededRandom(seed * 31);
      const { bytes } = randomDataSet(syntax, seed);
      const broken = Buffer.from(bytes);
      for (let n = 1 + Math.floor(random() * 4); n > 0; n--) {
        broken[Math.floor(random() * Math.min(broken.length, 900))] =
          random() < 0.4 ? 0xff : Math.floor(random() * 256);
      }
      const whole = outcome(() => scan(syntax, broken, () => 1));
      expect(outcome(() => scan(syntax, broken, seededRandom(seed)))).toBe(whole);
      outcome(() => parseDataSet(broken, syntax));
      seen.set(whole, (seen.get(whole) ?? 0) + 1);
    }
    expect(seen.size).toBeGreaterThan(1);
  });
});

describe('limits', () => {
  const LE = TransferSyntax.ExplicitVRLittleEndian;
  const sequenceStart = Buffer.from('4000' + '30a7' + '5351' + '0000' + 'ffffffff' + 'feff00e0ffffffff', 'hex');

  test('a nesting bomb ends at the depth limit', () => {
    const bomb = Buffer.concat(Array.from({ length: 100_000 }, () => sequenceStart));
    expect(outcome(() => parseDataSet(bomb, LE))).toBe('DICOM_LIMIT_EXCEEDED');
    expect(outcome(() => scan(LE, bomb, () => 0.9))).toBe('DICOM_LIMIT_EXCEEDED');
    expect(outcome(() => scan(LE, bomb.subarray(0, 20 * 10), () => 0.9, { maxDepth: 5 }))).toBe('DICOM_LIMIT_EXCEEDED');
  });

  test('a length of 4 GB allocates nothing', () => {
    const huge = Buffer.from('1000' + '1000' + '554e' + '0000' + 'feffffff' + '41', 'hex');
    const identity = Buffer.from('0800' + '1800' + '554e' + '0000' + 'feffffff' + '31', 'hex');
    expect(outcome(() => parseDataSet(huge, LE))).toBe('DICOM_DATASET_TRUNCATED');
    expect(outcome(() => scan(LE, huge, () => 0.5))).toBe('DICOM_DATASET_TRUNCATED');
    expect(outcome(() => scan(LE, identity, () => 0.5))).toBe('DICOM_LIMIT_EXCEEDED');
  });

  test('a deflate bomb ends at the limit', () => {
    const bomb = deflateRawSync(
      Buffer.concat([Buffer.from('1000' + '1000' + '4f42' + '0000' + '00000004', 'hex'), Buffer.alloc(64 << 20)]),
    );
    const deflated = TransferSyntax.DeflatedExplicitVRLittleEndian;
    expect(outcome(() => parseDataSet(bomb, deflated, { maxInflatedBytes: 1 << 20 }))).toBe('DICOM_LIMIT_EXCEEDED');
    expect(outcome(() => scan(deflated, bomb, () => 1, { maxInflatedBytes: 1 << 20 }))).toBe('DICOM_LIMIT_EXCEEDED');
  });

  test('a million empty items are counted, not collected', () => {
    const items = Buffer.concat([
      sequenceStart.subarray(0, 12),
      ...Array.from({ length: 1000 }, () => Buffer.from('feff00e000000000', 'hex')),
    ]);
    expect(outcome(() => parseDataSet(items, LE, { maxElements: 500 }))).toBe('DICOM_LIMIT_EXCEEDED');
  });

  test.each([
    [
      'missing',
      { SOPClassUID: UIDS.sopClass, SOPInstanceUID: '1.2', StudyInstanceUID: '1.3' },
      'DICOM_DATASET_INVALID',
    ],
    [
      'broken',
      { SOPClassUID: UIDS.sopClass, SOPInstanceUID: '1.02', StudyInstanceUID: '1.3', SeriesInstanceUID: '1.4' },
      'DICOM_UID_INVALID',
    ],
    [
      'a path',
      { SOPClassUID: UIDS.sopClass, SOPInstanceUID: '../../1', StudyInstanceUID: '1.3', SeriesInstanceUID: '1.4' },
      'DICOM_UID_INVALID',
    ],
  ])('a UID that is %s', (_, dataset, code) => {
    expect(outcome(() => scan(LE, encodeDataSet(dataset), () => 1))).toBe(code);
  });

  test('after an error every call throws it again', () => {
    const scanner = new DataSetScanner(LE);
    expect(outcome(() => scanner.push(Buffer.from('feff00e000000000', 'hex')))).toBe('DICOM_DATASET_INVALID');
    expect(outcome(() => scanner.push(Buffer.alloc(10)))).toBe('DICOM_DATASET_INVALID');
    expect(outcome(() => scanner.end())).toBe('DICOM_DATASET_INVALID');
  });

  test('the header is known before the pixel data has gone by', () => {
    const bytes = encodeDataSet({
      ...{ SOPClassUID: UIDS.sopClass, SOPInstanceUID: '1.2', StudyInstanceUID: '1.3', SeriesInstanceUID: '1.4' },
      Rows: 4,
      BitsAllocated: 16,
      PixelData: Buffer.alloc(100_000),
    });
    const scanner = new DataSetScanner(LE);
    scanner.push(bytes.subarray(0, 40));
    expect(scanner.header).toBeUndefined();
    scanner.push(bytes.subarray(40, 1000));
    expect(scanner.header?.seriesInstanceUID).toBe('1.4');
  });
});

const shared = path.resolve(__dirname, '../../../../../shared/data');
const withSharedData = existsSync(shared) ? test : test.skip;
if (!existsSync(shared)) console.warn('skipped: no ../shared/data');

withSharedData.each(['ct-j2k', 'real-ct/ct01', 'real-mr/mr01/t1', 'spider-modic/p001'])(
  'real files of %s',
  (folder) => {
    for (const name of readdirSync(path.join(shared, folder))
      .filter((file) => file.endsWith('.dcm'))
      .slice(0, 5)) {
      const bytes = readFileSync(path.join(shared, folder, name));
      const { meta, dataSetOffset } = readFileMeta(bytes);
      const header = scan(meta.transferSyntaxUID, bytes.subarray(dataSetOffset), seededRandom(3));
      expect(header.sopInstanceUID).toBe(meta.sopInstanceUID);
      expect(header.hasPixelData).toBe(true);
      const cut = bytes.subarray(dataSetOffset, bytes.length - 11);
      expect(outcome(() => scan(meta.transferSyntaxUID, cut, seededRandom(4)))).toBe('DICOM_DATASET_TRUNCATED');
    }
  },
);
