import { encodeDataSet, SopClass, Tag, TransferSyntax, type NaturalDataset } from '@endplate/dicom';
import { manyItems } from '../testing/many-items';
import { parseAvailabilityNotification } from './availability-notification';

const SYNTAX = TransferSyntax.ImplicitVRLittleEndian;
const reference = (uid: string, InstanceAvailability?: string): NaturalDataset => ({
  ReferencedSOPClassUID: SopClass.MRImageStorage,
  ReferencedSOPInstanceUID: uid,
  ...(InstanceAvailability === undefined ? {} : { InstanceAvailability }),
  RetrieveAETitle: 'PACS',
});
const notification = (instances: readonly NaturalDataset[]): NaturalDataset => ({
  ReferencedPerformedProcedureStepSequence: [
    { ReferencedSOPClassUID: SopClass.ModalityPerformedProcedureStep, ReferencedSOPInstanceUID: '1.2.9' },
  ],
  StudyInstanceUID: '1.2.3',
  ReferencedSeriesSequence: [{ SeriesInstanceUID: '1.2.3.1', ReferencedSOPSequence: instances }],
});
const parse = (list: NaturalDataset) => parseAvailabilityNotification(encodeDataSet(list, SYNTAX), SYNTAX);
const status = (list: NaturalDataset): number => {
  try {
    parse(list);
    return 0;
  } catch (error) {
    return (error as { status: number }).status;
  }
};

describe('an instance availability notification', () => {
  it('says what is there of a study', () => {
    const list = notification([reference('1.2.3.1.1', 'ONLINE'), reference('1.2.3.1.2', 'UNAVAILABLE')]);
    const one = { seriesInstanceUID: '1.2.3.1', sopClassUID: SopClass.MRImageStorage };
    expect(parse(list)).toEqual({
      studyInstanceUID: '1.2.3',
      instances: [
        { ...one, sopInstanceUID: '1.2.3.1.1', availability: 'ONLINE' },
        { ...one, sopInstanceUID: '1.2.3.1.2', availability: 'UNAVAILABLE' },
      ],
      performedSteps: ['1.2.9'],
    });
  });

  it.each([
    ['no study', { ReferencedSeriesSequence: notification([]).ReferencedSeriesSequence! }, 0x0120],
    ['no series', { StudyInstanceUID: '1.2.3' }, 0x0120],
    ['an empty series', notification([]), 0x0121],
    ['no availability', notification([reference('1.2')]), 0x0120],
    ['an unknown availability', notification([reference('1.2', 'SOMEWHERE')]), 0x0106],
    ['a UID that is none', notification([reference('1.2.03', 'ONLINE')]), 0x0106],
  ])('is refused with %s', (_, list, expected) => {
    expect(status(list)).toBe(expected);
  });

  it('is refused where it names more than 20,000 instances', () => {
    const named = manyItems(Tag.ReferencedSOPSequence, encodeDataSet(reference('1.2', 'ONLINE'), SYNTAX), 20_001);
    const series = Buffer.concat([named, encodeDataSet({ SeriesInstanceUID: '1.2' }, SYNTAX)]);
    const sequence = manyItems(Tag.ReferencedSeriesSequence, series, 1);
    const bytes = Buffer.concat([encodeDataSet({ StudyInstanceUID: '1.2' }, SYNTAX), sequence]);
    expect(() => parseAvailabilityNotification(bytes, SYNTAX)).toThrow(expect.objectContaining({ status: 0x0213 }) as Error); // prettier-ignore
  });

  it('is refused where it is no dataset', () => {
    expect(() => parseAvailabilityNotification(Buffer.alloc(5), SYNTAX)).toThrow(expect.objectContaining({ status: 0x0212 }) as Error); // prettier-ignore
  });
});
