import { encodeDataSet, SopClass, Tag, TransferSyntax, type NaturalDataset } from '@endplate/dicom';
import { manyItems } from '../testing/many-items';
import { changePerformedStep, parsePerformedStep, type PerformedStep } from './performed-step';

const SYNTAX = TransferSyntax.ExplicitVRLittleEndian;
const begin: NaturalDataset = {
  ScheduledStepAttributesSequence: [{ StudyInstanceUID: '1.2.3' }],
  PerformedProcedureStepID: 'PPS1',
  PerformedStationAETitle: 'CT1',
  PerformedProcedureStepStartDate: '20261124',
  PerformedProcedureStepStartTime: '100000',
  PerformedProcedureStepStatus: 'IN PROGRESS',
  Modality: 'CT',
  PerformedSeriesSequence: [],
};
const image = (uid: string): NaturalDataset => ({ ReferencedSOPClassUID: SopClass.CTImageStorage, ReferencedSOPInstanceUID: uid }); // prettier-ignore
const end = { PerformedProcedureStepEndDate: '20261124', PerformedProcedureStepEndTime: '101500' };
const series = [
  { SeriesInstanceUID: '1.2.3.1', ReferencedImageSequence: [image('1.2.3.1.1'), image('1.2.3.1.2')] },
  {
    SeriesInstanceUID: '1.2.3.2',
    ReferencedNonImageCompositeSOPInstanceSequence: [
      { ReferencedSOPClassUID: SopClass.XRayRadiationDoseSRStorage, ReferencedSOPInstanceUID: '1.2.3.2.1' },
    ],
  },
];

function create(changes: Record<string, unknown> = {}): PerformedStep {
  const list = Object.fromEntries(Object.entries({ ...begin, ...changes }).filter(([, value]) => value !== undefined));
  return parsePerformedStep(encodeDataSet(list as NaturalDataset, SYNTAX), SYNTAX);
}
function set(step: PerformedStep, changes: NaturalDataset): PerformedStep {
  return changePerformedStep(step, encodeDataSet(changes, SYNTAX), SYNTAX);
}
function fails(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('did not fail');
}

describe('a performed procedure step', () => {
  it('begins in progress, with its study and without series', () => {
    expect(create()).toEqual({ status: 'IN PROGRESS', studyInstanceUIDs: ['1.2.3'], ended: false, series: [] });
    expect(create({ ScheduledStepAttributesSequence: [{ StudyInstanceUID: '1.2.3' }, { StudyInstanceUID: '1.2.3' }] }).studyInstanceUIDs).toEqual(['1.2.3']); // prettier-ignore
  });

  it('ends with the images and other objects of each series', () => {
    const completed = set(create(), { ...end, PerformedProcedureStepStatus: 'COMPLETED', PerformedSeriesSequence: series }); // prettier-ignore
    expect(completed).toMatchObject({ status: 'COMPLETED', ended: true });
    expect(completed.series).toEqual([
      {
        seriesInstanceUID: '1.2.3.1',
        instances: [
          { sopClassUID: SopClass.CTImageStorage, sopInstanceUID: '1.2.3.1.1' },
          { sopClassUID: SopClass.CTImageStorage, sopInstanceUID: '1.2.3.1.2' },
        ],
      },
      {
        seriesInstanceUID: '1.2.3.2',
        instances: [{ sopClassUID: SopClass.XRayRadiationDoseSRStorage, sopInstanceUID: '1.2.3.2.1' }],
      },
    ]);
  });

  it('takes what was set before into its final state; a sequence that comes again replaces the one before', () => {
    const half = set(create(), { ...end, PerformedSeriesSequence: series });
    const other = set(half, { PerformedSeriesSequence: [series[1]!] });
    expect(set(other, { PerformedProcedureStepStatus: 'COMPLETED' }).series).toHaveLength(1);
  });

  it('may be broken off without a series', () => {
    expect(set(create(), { PerformedProcedureStepStatus: 'DISCONTINUED' })).toMatchObject({ series: [] });
  });

  it('changes no more once it is over: 0110 with Error ID A710', () => {
    for (const status of ['COMPLETED', 'DISCONTINUED'] as const) {
      expect(fails(() => set({ ...create(), status }, end))).toMatchObject({
        status: 0x0110,
        errorComment: 'Performed Procedure Step Object may no longer be updated',
        detail: { errorID: 0xa710 },
      });
    }
  });

  it.each([
    ['ScheduledStepAttributesSequence', undefined, 0x0120],
    ['ScheduledStepAttributesSequence', [], 0x0121],
    ['ScheduledStepAttributesSequence', [{ StudyID: '7' }], 0x0120],
    ['ScheduledStepAttributesSequence', [{ StudyInstanceUID: '1.02' }], 0x0106],
    ['PerformedProcedureStepID', undefined, 0x0120],
    ['PerformedStationAETitle', '', 0x0121],
    ['Modality', undefined, 0x0120],
    ['PerformedProcedureStepStatus', 'COMPLETED', 0x0106],
    ['PerformedProcedureStepStatus', 'DONE', 0x0106],
    ['PerformedSeriesSequence', [{ ProtocolName: 'x' }], 0x0120],
    ['PerformedSeriesSequence', [{ SeriesInstanceUID: '1.2', ReferencedImageSequence: [{ ReferencedSOPInstanceUID: '1.2' }] }], 0x0120], // prettier-ignore
    ['PerformedSeriesSequence', [{ SeriesInstanceUID: '1.2', ReferencedImageSequence: [image('1..2')] }], 0x0106],
  ])('refuses an N-CREATE with %s %j', (keyword, value, status) => {
    expect(fails(() => create({ [keyword]: value }))).toMatchObject({ code: 'DIMSE_SERVICE_FAILURE', status });
  });

  it('names every attribute that is missing', () => {
    expect(fails(() => create({ Modality: undefined, PerformedProcedureStepID: undefined }))).toMatchObject({
      detail: { attributeIdentifierList: [Tag.PerformedProcedureStepID, Tag.Modality] },
    });
  });

  it('is not completed without end and series', () => {
    const completed = { PerformedProcedureStepStatus: 'COMPLETED' };
    expect(fails(() => set(create(), { ...completed, PerformedSeriesSequence: series }))).toMatchObject({
      status: 0x0120,
      detail: { attributeIdentifierList: [Tag.PerformedProcedureStepEndDate, Tag.PerformedProcedureStepEndTime] },
    });
    expect(fails(() => set(create(), { ...completed, ...end }))).toMatchObject({ status: 0x0120 });
    expect(fails(() => set(create(), { ...completed, ...end, PerformedSeriesSequence: [] }))).toMatchObject({ status: 0x0121 }); // prettier-ignore
  });

  it('stays with its study', () => {
    const again = { ScheduledStepAttributesSequence: [{ StudyInstanceUID: '1.2.3' }] };
    expect(set(create(), again).studyInstanceUIDs).toEqual(['1.2.3']);
    const other = { ScheduledStepAttributesSequence: [{ StudyInstanceUID: '1.2.4' }] };
    expect(fails(() => set(create(), other))).toMatchObject({ status: 0x0105 });
  });

  it('is bounded, and no bytes that are no dataset are taken', () => {
    const implicit = TransferSyntax.ImplicitVRLittleEndian;
    const { PerformedSeriesSequence: _, ...rest } = begin;
    const images = manyItems(Tag.ReferencedImageSequence, encodeDataSet(image('1.2'), implicit), 20_001);
    const made = Buffer.concat([images, encodeDataSet({ SeriesInstanceUID: '1.2' }, implicit)]);
    const bytes = Buffer.concat([encodeDataSet(rest, implicit), manyItems(Tag.PerformedSeriesSequence, made, 1)]);
    expect(fails(() => parsePerformedStep(bytes, implicit))).toMatchObject({ status: 0x0213 });
    expect(fails(() => parsePerformedStep(Buffer.from([1, 2, 3]), SYNTAX))).toMatchObject({ status: 0x0212 });
  });
});
