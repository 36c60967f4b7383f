import { parseDataSet } from '../element/parse-data-set';
import { Tag } from '../element/tag';
import { DicomValueError } from '../errors';
import { TransferSyntax } from '../uid/transfer-syntax';
import { withDefinedLengths } from './defined-lengths';
import { encodeDataSet } from './encode-part10';

const EXPLICIT = { explicitVr: true, littleEndian: true };
const IMPLICIT = { explicitVr: false, littleEndian: true };
const NESTED = {
  PatientID: 'P1',
  ReferencedSeriesSequence: [
    { SeriesInstanceUID: '1.2', ReferencedImageSequence: [{ ReferencedSOPInstanceUID: '1.2.3' }, {}] },
    { SeriesInstanceUID: '1.2.4' },
  ],
  ReferencedPerformedProcedureStepSequence: [],
};

describe('withDefinedLengths', () => {
  // (0008,1115) SQ undefined { item undefined { (0020,000E) UI "1.2" } } (0010,0020) LO "P1"
  const undefinedLengths = Buffer.from(
    '080015115351' + '0000ffffffff' + 'feff00e0ffffffff' + '20000e0055490400312e3200' + 'feff0de000000000' +
      'feffdde000000000' + '100020004c4f02005031',
    'hex',
  ); // prettier-ignore
  const definedLengths = Buffer.from(
    '080015115351' + '000014000000' + 'feff00e00c000000' + '20000e0055490400312e3200' + '100020004c4f02005031',
    'hex',
  ); // prettier-ignore

  it('writes lengths where delimitation items were', () => {
    expect(withDefinedLengths(undefinedLengths, EXPLICIT).toString('hex')).toBe(definedLengths.toString('hex'));
  });

  it('leaves what has lengths as it is', () => {
    expect(withDefinedLengths(definedLengths, EXPLICIT).equals(definedLengths)).toBe(true);
  });

  it.each([
    ['explicit', TransferSyntax.ExplicitVRLittleEndian, EXPLICIT],
    ['implicit', TransferSyntax.ImplicitVRLittleEndian, IMPLICIT],
  ] as const)('keeps nested and empty sequences, %s VR', (_, transferSyntax, encoding) => {
    const bytes = encodeDataSet(NESTED, transferSyntax);
    expect(bytes.includes(Buffer.from('ffffffff', 'hex'))).toBe(false);
    expect(withDefinedLengths(bytes, encoding).equals(bytes)).toBe(true);
    const read = parseDataSet(bytes, transferSyntax);
    const [first, second] = read.sequence(Tag.ReferencedSeriesSequence);
    expect(first!.sequence(Tag.ReferencedImageSequence).map((one) => one.string(Tag.ReferencedSOPInstanceUID))).toEqual(['1.2.3', undefined]); // prettier-ignore
    expect(second!.string(Tag.SeriesInstanceUID)).toBe('1.2.4');
    expect(read.has(Tag.ReferencedPerformedProcedureStepSequence)).toBe(true);
  });

  it.each([
    ['cut', undefinedLengths.subarray(0, 33)],
    ['no item in a sequence', Buffer.from('080015115351' + '0000ffffffff' + '20000e0055490400312e3200', 'hex')], // prettier-ignore
  ])('refuses bytes that are no data set: %s', (_, bytes) => {
    expect(() => withDefinedLengths(bytes, EXPLICIT)).toThrow(DicomValueError);
  });
});
