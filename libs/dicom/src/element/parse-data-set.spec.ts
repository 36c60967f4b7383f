import { encodeDataSet, parseDataSet, Tag, TransferSyntax, type NaturalDataset, type UID } from '../index';

const natural: NaturalDataset = {
  ImageType: ['ORIGINAL', 'PRIMARY'],
  StudyDescription: 'one\\two',
  PatientComments: ' a text\\with backslash and blanks ',
  InstanceNumber: 12,
  PixelSpacing: [0.5, 0.25],
  SmallestImagePixelValue: -5,
  PixelRepresentation: 1,
  Rows: 512,
  ReferencedFrameNumber: [1, 2, 3],
  GraphicData: [1.5, -2.5],
  FloatingPointValue: 1 / 3,
  SelectorAttribute: Tag.PixelData,
  StudyTime: null,
  ContentSequence: [{ ValueType: 'CONTAINER', ContentSequence: [{ ValueType: 'TEXT', TextValue: 'deep' }] }, {}],
  ReferencedStudySequence: [],
  PixelData: Uint8Array.from([1, 2, 3, 4]),
};

describe.each<UID>([
  TransferSyntax.ExplicitVRLittleEndian,
  TransferSyntax.ImplicitVRLittleEndian,
  TransferSyntax.DeflatedExplicitVRLittleEndian,
])('what the writer wrote in %s', (syntax) => {
  const dataSet = parseDataSet(encodeDataSet(natural, syntax), syntax);

  test('texts', () => {
    expect(dataSet.strings(Tag.ImageType)).toEqual(['ORIGINAL', 'PRIMARY']);
    expect(dataSet.strings(Tag.StudyDescription)).toEqual(['one', 'two']);
    expect(dataSet.strings(Tag.PatientComments)).toEqual([' a text\\with backslash and blanks']);
    expect(dataSet.has(Tag.StudyTime)).toBe(true);
    expect(dataSet.string(Tag.StudyTime)).toBeUndefined();
    expect(dataSet.has(Tag.StudyDate)).toBe(false);
  });

  test('numbers', () => {
    expect(dataSet.number(Tag.InstanceNumber)).toBe(12);
    expect(dataSet.numbers(Tag.PixelSpacing)).toEqual([0.5, 0.25]);
    expect(dataSet.number(Tag.SmallestImagePixelValue)).toBe(-5);
    expect(dataSet.vr(Tag.SmallestImagePixelValue)).toBe('SS');
    expect(dataSet.numbers(Tag.ReferencedFrameNumber)).toEqual([1, 2, 3]);
    expect(dataSet.numbers(Tag.GraphicData)).toEqual([1.5, -2.5]);
    expect(dataSet.number(Tag.FloatingPointValue)).toBe(1 / 3);
    expect(dataSet.number(Tag.SelectorAttribute)).toBe(Tag.PixelData);
    expect(dataSet.numbers(Tag.ImageType)).toEqual([]);
  });

  test('sequences and pixel data', () => {
    const [container, empty] = dataSet.sequence(Tag.ContentSequence);
    expect(container?.sequence(Tag.ContentSequence)[0]?.string(Tag.TextValue)).toBe('deep');
    expect(empty?.tags).toEqual([]);
    expect(dataSet.sequence(Tag.ReferencedStudySequence)).toEqual([]);
    expect(dataSet.vr(Tag.ReferencedStudySequence)).toBe('SQ');
    expect(dataSet.pixelData()).toMatchObject({ kind: 'native', bytes: Buffer.from([1, 2, 3, 4]) });
  });

  test('stops before a tag', () => {
    const header = parseDataSet(encodeDataSet(natural, syntax), syntax, { untilTag: Tag.PixelData });
    expect(header.has(Tag.PixelData)).toBe(false);
    expect(header.number(Tag.Rows)).toBe(512);
  });
});

const LE = TransferSyntax.ExplicitVRLittleEndian;
const hex = (...parts: string[]): Buffer => Buffer.from(parts.join('').replace(/ /g, ''), 'hex');
const item = 'feff00e0';
const endItem = 'feff0de000000000';
const endSequence = 'feffdde000000000';

describe('by the letter of PS3.5', () => {
  test('big endian', () => {
    const dataSet = parseDataSet(
      hex('0028 0010 5553 0002 0201', '0070 0022 464c 0004 3fc00000'),
      TransferSyntax.ExplicitVRBigEndian,
    );
    expect(dataSet.number(Tag.Rows)).toBe(513);
    expect(dataSet.number(Tag.GraphicData)).toBe(1.5);
  });

  test('UN of undefined length holds implicit items (6.2.2)', () => {
    const inner = '08000001 04000000 41424320'; // Code Value, implicit VR
    const bytes = hex('09000110 554e 0000 ffffffff', item, 'ffffffff', inner, endItem, endSequence);
    expect(parseDataSet(bytes, LE).sequence(0x00091001)[0]?.string(Tag.CodeValue)).toBe('ABC');
  });

  test('a VR of a later edition has the long form', () => {
    const dataSet = parseDataSet(hex('09000110 5858 0000 02000000 4142', '28001000 5553 0200 0400'), LE);
    expect(dataSet.number(Tag.Rows)).toBe(4);
  });

  test('encapsulated pixel data: offset table and fragments', () => {
    const bytes = hex(
      'e07f1000 4f42 0000 ffffffff',
      item,
      '04000000 00000000',
      item,
      '02000000 0102',
      item,
      '02000000 0304',
      endSequence,
    );
    expect(parseDataSet(bytes, TransferSyntax.RLELossless).pixelData()).toEqual({
      kind: 'encapsulated',
      offsetTable: Buffer.alloc(4),
      fragments: [Buffer.from([1, 2]), Buffer.from([3, 4])],
    });
  });

  test.each<[string, Buffer, string]>([
    ['an element twice', hex('28001000 5553 0200 0400', '28001000 5553 0200 0400'), 'DICOM_DATASET_INVALID'],
    ['no VR', hex('28001000 0200 0000 0400'), 'DICOM_DATASET_INVALID'],
    ['an item outside a sequence', hex(item, '00000000'), 'DICOM_DATASET_INVALID'],
    ['an end of sequence outside one', hex(endSequence), 'DICOM_DATASET_INVALID'],
    ['text of undefined length', hex('09000110 5554 0000 ffffffff'), 'DICOM_DATASET_INVALID'],
    ['something else than an item', hex('400030a7 5351 0000 08000000', endItem), 'DICOM_DATASET_INVALID'],
    [
      'an item longer than its sequence',
      hex('400030a7 5351 0000 08000000', item, '10000000', '0000000000000000'),
      'DICOM_DATASET_INVALID',
    ],
    [
      'an element longer than its item',
      hex('400030a7 5351 0000 12000000', item, '0a000000', '28001000 5553 0400 0400', '28001100'),
      'DICOM_DATASET_INVALID',
    ],
    ['a fragment of undefined length', hex('e07f1000 4f42 0000 ffffffff', item, 'ffffffff'), 'DICOM_DATASET_INVALID'],
    ['a sequence that does not end', hex('400030a7 5351 0000 ffffffff'), 'DICOM_DATASET_TRUNCATED'],
    ['an item that does not end', hex('400030a7 5351 0000 ffffffff', item, 'ffffffff'), 'DICOM_DATASET_TRUNCATED'],
    ['half a header', hex('2800'), 'DICOM_DATASET_TRUNCATED'],
  ])('refuses %s', (_, bytes, code) => {
    expect(() => parseDataSet(bytes, LE)).toThrow(expect.objectContaining({ code }) as Error);
  });
});
