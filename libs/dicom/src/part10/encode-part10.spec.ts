import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deriveUid, encodePart10, SopClass, TransferSyntax, type NaturalDataset } from '../index';

const hasDcmtk = spawnSync('dcmdump', ['--version']).status === 0;
if (!hasDcmtk) console.warn('skipped: no dcmtk (dcmdump) on this machine');
const withDcmtk = hasDcmtk ? test : test.skip;

const folder = mkdtempSync(path.join(tmpdir(), 'endplate-part10-'));
afterAll(() => rmSync(folder, { recursive: true }));

function dump(bytes: Buffer): string {
  const file = path.join(folder, 'object.dcm');
  writeFileSync(file, bytes);
  return execFileSync('dcmdump', ['+L', '+Un', file], { encoding: 'utf8', maxBuffer: 1 << 26 });
}

function ctSlice(bits: 8 | 16): NaturalDataset {
  const pixels =
    bits === 16 ? Int16Array.from({ length: 16 }, (_, n) => n - 8) : Uint8Array.from({ length: 16 }, (_, n) => n);
  return {
    SOPClassUID: SopClass.CTImageStorage,
    SOPInstanceUID: deriveUid('spec', 'ct', String(bits)),
    StudyDate: '20260102',
    Modality: 'CT',
    PatientName: 'Phantom^One',
    ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
    ImagePositionPatient: [-1 / 3, 12.000000000001, 1e-20],
    PixelSpacing: [0.5, 0.25],
    Rows: 4,
    Columns: 4,
    BitsAllocated: bits,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: bits === 16 ? 1 : 0,
    PixelPaddingValue: bits === 16 ? -8 : 0,
    SamplesPerPixel: 1,
    RescaleIntercept: -1024,
    InstanceNumber: 7,
    StudyTime: null,
    PixelData: pixels,
  };
}

const sr: NaturalDataset = {
  SOPClassUID: SopClass.Comprehensive3DSRStorage,
  SOPInstanceUID: deriveUid('spec', 'sr'),
  PatientName: 'Grün^Jürgen=山田^太郎',
  ContentSequence: [
    {
      RelationshipType: 'CONTAINS',
      ValueType: 'NUM',
      ConceptNameCodeSequence: { CodeValue: '1', CodingSchemeDesignator: '99X', CodeMeaning: 'Höhe' },
      MeasuredValueSequence: [{ NumericValue: 8.123456789012345678, FloatingPointValue: 8.123456789 }],
    },
    {
      ValueType: 'SCOORD',
      GraphicData: [0.5, 1.5, 2.5, 3.5],
      ReferencedFrameNumber: [1, 2],
      ReferencedSOPSequence: [],
    },
  ],
  SelectorAttribute: 0x7fe00010,
};

describe('encodePart10', () => {
  withDcmtk('writes a CT instance that dcmtk reads with the right VRs', () => {
    const text = dump(encodePart10(ctSlice(16)));
    expect(text).toMatch(/\(0002,0010\) UI =LittleEndianExplicit/);
    expect(text).toMatch(/\(0002,0013\) SH \[ENDPLATE_0_1\]/);
    expect(text).toMatch(/\(7fe0,0010\) OW fff8\\fff9\\fffa/);
    expect(text).toMatch(/\(0028,0120\) SS -8/);
    expect(text).toMatch(/\(0020,0032\) DS \[-0\.3333333333333\d*\\12\.000000000001\\1e-20\]/);
    expect(text).toMatch(/\(0008,0008\) CS \[ORIGINAL\\PRIMARY\\AXIAL\]/);
    expect(text).toMatch(/\(0008,0030\) TM \(no value available\)/);
    expect(text).not.toContain('(0008,0005)');
    expect(dump(encodePart10(ctSlice(8)))).toMatch(/\(7fe0,0010\) OB 00\\01\\02/);
  });

  withDcmtk('writes sequences, and text beyond ASCII as ISO_IR 192', () => {
    const text = dump(encodePart10(sr));
    expect(text).toMatch(/\(0008,0005\) CS \[ISO_IR 192\]/);
    expect(text).toContain('[Grün^Jürgen=山田^太郎]');
    expect(text).toContain('[Höhe]');
    expect(text).toMatch(/\(0070,0022\) FL 0\.5\\1\.5\\2\.5\\3\.5/);
    expect(text).toMatch(/\(0040,a30a\) DS \[8\.12345678901235\]/);
    expect(text).toMatch(/\(0040,a161\) FD 8\.123456789/);
    expect(text).toMatch(/\(0072,0026\) AT \(7fe0,0010\)/);
  });

  withDcmtk.each([TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.DeflatedExplicitVRLittleEndian])(
    'writes transfer syntax %s',
    (syntax) => {
      expect(dump(encodePart10(ctSlice(16), syntax))).toMatch(/\(7fe0,0010\) OW fff8\\fff9/);
    },
  );

  withDcmtk('writes encapsulated frames as one fragment each', () => {
    const frames = [Buffer.from([1, 2, 3]), Buffer.from([4, 5])];
    const text = dump(
      encodePart10({ ...ctSlice(16), NumberOfFrames: 2, PixelData: frames }, TransferSyntax.RLELossless),
    );
    expect(text).toMatch(/\(7fe0,0010\) OB \(PixelSequence #=3\)/);
    expect(text).toMatch(/pi 01\\02\\03\\00/);
  });

  test('gives the same bytes for the same input, and depends on nothing else', () => {
    expect(encodePart10(sr).equals(encodePart10({ ...sr }))).toBe(true);
    expect(encodePart10(ctSlice(16)).subarray(128, 132).toString()).toBe('DICM');
  });

  test.each([
    ['an unknown keyword', { ...ctSlice(16), PatientsName: 'x' }],
    ['a missing SOP Instance UID', { SOPClassUID: SopClass.CTImageStorage }],
    ['a decimal string that is no number', { ...ctSlice(16), PixelSpacing: [Number.NaN, 1] }],
    ['an integer string with a fraction', { ...ctSlice(16), InstanceNumber: 1.5 }],
    ['text in a number', { ...ctSlice(16), Rows: 'four' }],
    ['text beyond ASCII in a code string', { ...ctSlice(16), Modality: 'Ä' }],
    ['text where a sequence belongs', { ...sr, ContentSequence: 'x' }],
  ])('refuses %s', (_, dataset) => {
    expect(() => encodePart10(dataset)).toThrow(expect.objectContaining({ code: 'DICOM_VALUE_INVALID' }) as Error);
  });
});
